"""Asking a Mastodon server after posts on show: twenty at a time, believing only what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, OptedOut, Post
from parvis.sim.mastodon import World
from parvis.sim.mastodon.world import Refusal
from parvis.sources.mastodon import Mastodon
from parvis.sources.mastodon.read import NOT_SHOWN
from tests.contract.sources.listening import Listening
from tests.contract.sources.mastodon_square import Square, opened


@pytest.fixture
async def square() -> AsyncIterator[Square]:
    async with opened(World(beat_s=0.05)) as square:
        yield square


async def on_show(square: Square, count: int) -> tuple[Listening[Mastodon], list[str]]:
    """So many posts that a source has read, and their ids."""
    ids = [square.post(f"post number {number} #parvis") for number in range(count)]
    listening = Listening(square.source())
    await listening.poll()
    square.world.asked.clear()
    return listening, ids


async def asked_after(source: Mastodon, posts: list[Post]) -> list[Arrival]:
    return [each async for raw in source.recheck(posts) for each in source.read(raw)]


async def test_twenty_are_asked_after_in_one_request(square: Square) -> None:
    listening, ids = await on_show(square, 40)
    found = await asked_after(listening.source, list(listening.wall.values()))
    assert sorted(post.text for post in found if isinstance(post, Post)) == listening.texts()
    queries = [parse_qs(urlsplit(path).query)["id[]"] for path in square.world.asked]
    assert [len(query) for query in queries] == [20, 20]
    assert sorted(queries[0] + queries[1]) == sorted(ids)
    assert listening.source.recheck_at_once == 20


async def test_what_is_left_out_is_asked_after_by_itself(square: Square) -> None:
    listening, ids = await on_show(square, 5)
    square.world.delete(ids[1])
    square.world.statuses[ids[2]]["visibility"] = "private"
    square.world.statuses[ids[3]]["account"]["note"] = "<p>Please, #nobot</p>"
    square.world.statuses[ids[4]]["visibility"] = "unlisted"
    square.world.edit(ids[0], "mended #parvis", square.url)
    found = await asked_after(listening.source, list(listening.wall.values()))
    gone = {each.key: each.because for each in found if isinstance(each, Gone)}
    assert set(gone) == {listening.source._reader.local_key(ids[n]) for n in (1, 2)}
    assert set(gone.values()) == {NOT_SHOWN}
    flags = {each.flag for each in found if isinstance(each, OptedOut)}
    assert flags == {"#nobot", "visibility: unlisted"}
    (edited,) = (each for each in found if isinstance(each, Post))
    assert edited.text == "mended #parvis" and edited.version
    assert len(square.world.asked) == 3


async def test_an_answer_that_forgets_some_is_not_believed(square: Square) -> None:
    listening, _ = await on_show(square, 4)
    square.world.refusals.append(Refusal("rest", 200, 1, "[]"))
    found = await asked_after(listening.source, list(listening.wall.values()))
    assert len(found) == 4 and all(isinstance(each, Post) for each in found)


async def test_a_server_before_4_3_is_asked_one_by_one(square: Square) -> None:
    square.world.several = False
    listening, ids = await on_show(square, 3)
    square.world.delete(ids[0])
    for requests in (4, 3):  # one to learn it
        square.world.asked.clear()
        found = await asked_after(listening.source, list(listening.wall.values()))
        assert sorted(type(each).__name__ for each in found) == ["Gone", "Post", "Post"]
        assert len(square.world.asked) == requests
    assert listening.source.recheck_at_once == 1


@pytest.mark.parametrize(
    ("refusal", "raised"),
    [
        (Refusal("rest", 404, -1, "<title>Parked</title>", "text/html"), Later),
        (Refusal("rest", 410, -1, "<p>Moved", "text/html"), Later),
        (Refusal("rest", 503, -1), Later),
        (Refusal("rest", 429, -1), Later),
        (Refusal("rest", 200, -1, "<html>", "text/html"), Refused),
        (Refusal("rest", 401, -1), Refused),
        (Refusal("rest", 403, -1), Refused),
    ],
)
async def test_trouble_is_no_deletion(
    square: Square, refusal: Refusal, raised: type[Exception]
) -> None:
    listening, _ = await on_show(square, 3)
    square.world.refusals.append(refusal)
    found: list[Arrival] = []
    with pytest.raises(raised):
        async for raw in listening.source.recheck(list(listening.wall.values())):
            found += listening.source.read(raw)
    assert found == [] and listening.source.recheck_at_once == 20


async def test_posts_of_another_servers_source_are_left_to_it(square: Square) -> None:
    listening, _ = await on_show(square, 1)
    (post,) = listening.wall.values()
    other = Post("mastodon:else.example:5", "mastodon", post.text, post.created_at_ms)
    assert await asked_after(listening.source, [other]) == []
    assert square.world.asked == []
