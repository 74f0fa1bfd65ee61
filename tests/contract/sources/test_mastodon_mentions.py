"""Mentions of the token's account: by REST and by its own stream, and what a token may not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import msgspec
import pytest

from parvis.core.errors import Refused
from parvis.core.post import Gone, Post
from parvis.sim.mastodon import World
from parvis.sources.mastodon import Mastodon
from tests.contract.sources.listening import Listening
from tests.contract.sources.mastodon_square import Square, opened
from tests.waiting import until


@pytest.fixture
async def square() -> AsyncIterator[Square]:
    async with opened(World(beat_s=0.05)) as square:
        yield square


def of_mentions(square: Square, **more: object) -> Mastodon:
    settings = {"tags": [], "mentions": True, **more}
    return square.source(token="sim-token", **settings)  # type: ignore[arg-type]


async def test_mentions_stream_and_posts_of_the_followed_do_not(square: Square) -> None:
    square.world.follows = frozenset(("chidi", "ada"))
    early = square.post("@parvis said before we came")
    listening = square.listen(of_mentions(square))
    await square.listened()
    square.post("nothing to do with us", author="chidi")
    followed = square.post("nothing either", author="chidi")
    square.world.edit(followed, "still nothing", square.url)
    id_ = square.post("@parvis hello from the square", author="ada")
    square.post("@someone else")
    square.world.notify("favourite", id_)
    square.post("@parvis good evening", author="bo@harbour.example")
    wanted = [
        "@parvis good evening",
        "@parvis hello from the square",
        "@parvis said before we came",
    ]
    await until(lambda: listening.texts() == wanted)
    assert {post.key for post in listening.arrivals if isinstance(post, Post)} == set(
        listening.wall
    )
    square.world.edit(id_, "@parvis hello again", square.url)
    await until(lambda: "@parvis hello again" in listening.texts())
    square.world.edit(early, "@parvis said before, and mended", square.url)
    await until(lambda: "@parvis said before, and mended" in listening.texts())
    square.world.delete(id_)
    await until(lambda: len(listening.wall) == 2)
    assert set(msgspec.json.decode(listening.cursor)) == {"mentions"}


async def test_mentions_missed_while_away_are_repaired_page_by_page(square: Square) -> None:
    listening = Listening(of_mentions(square))
    first = asyncio.create_task(listening.follow())
    await square.listened()
    square.post("@parvis before")
    await until(lambda: len(listening.wall) == 1)
    square.world.cut()
    await first
    for number in range(100):
        square.post(f"@parvis {number}")
    again = asyncio.create_task(listening.follow())
    await until(lambda: len(listening.wall) == 101)
    again.cancel()
    asked = [path for path in square.world.asked if path.startswith("/api/v1/notifications")]
    assert all("types%5B%5D=mention" in path for path in asked)
    assert any("min_id=" in path for path in asked)


async def test_polls_see_mentions_their_edits_and_deletions(square: Square) -> None:
    source = of_mentions(square, tags=["parvis"], accounts=["ada"])
    assert not source.streams  # for an account has no stream
    square.post("first #parvis", author="ada")
    listening = Listening(source)
    one, two = square.post("@parvis one", author="bo"), square.post("@parvis two", author="bo")
    square.post("@parvis both #parvis", author="bo")
    await listening.poll()
    assert listening.texts() == [
        "@parvis both #parvis",
        "@parvis one",
        "@parvis two",
        "first #parvis",
    ]
    square.world.edit(one, "@parvis one, mended", square.url)
    square.world.delete(two)
    await listening.poll()
    assert "@parvis one, mended" in listening.texts()
    assert "@parvis two" not in listening.texts()
    assert any(isinstance(each, Gone) for each in listening.arrivals)
    page = await listening.poll()
    assert page.raws == ()


async def test_what_was_said_in_private_stays_private(square: Square) -> None:
    listening = square.listen(of_mentions(square))
    await square.listened()
    square.post("@parvis between us", visibility="direct")
    square.post("@parvis among friends", visibility="private")
    square.post("@parvis in the open")
    await until(lambda: listening.texts() == ["@parvis in the open"])
    assert len(listening.arrivals) == 1


async def test_a_scope_that_is_missing_is_one_sentence(square: Square) -> None:
    square.world.scopes = ("read:statuses",)
    says = (
        r"127\.0\.0\.1:\d+ does not let the token read notifications, so mentions cannot be"
        r" collected; create one at http://127\.0\.0\.1:\d+/settings/applications \(scope read"
    )
    probe = await of_mentions(square).probe()
    assert not probe.ok
    assert re.match(says, probe.says)
    with pytest.raises(Refused, match=says):
        await of_mentions(square).poll("")
    listening = Listening(of_mentions(square))
    await listening.follow()
    assert isinstance(listening.ended, Refused)
    square.world.scopes = ("read:statuses", "read:notifications")
    square.post("@parvis hello")
    probe = await of_mentions(square, tags=["parvis"]).probe()
    assert probe.ok and "1 mentions of the token's account, the latest of" in probe.says


async def test_without_mentions_the_probe_says_so(square: Square) -> None:
    probe = await of_mentions(square).probe()
    assert probe.ok and "has no mentions of the token's account; we listen since" in probe.says


async def test_mentions_need_a_token(square: Square) -> None:
    with pytest.raises(Refused, match="setting mentions needs an account of 127"):
        square.source(tags=[], mentions=True)
    with pytest.raises(Refused, match="does not accept the token"):
        await square.source(tags=[], mentions=True, token="revoked").poll("")
