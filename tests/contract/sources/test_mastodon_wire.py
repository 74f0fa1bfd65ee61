"""The Mastodon source against its simulator, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from parvis.core.errors import Forbidden, Later, Refused
from parvis.core.post import Gone, OptedOut, Post, Unreadable
from parvis.sim import serving
from parvis.sim.mastodon import World, serve
from parvis.sim.mastodon.status import Draft
from parvis.sim.mastodon.world import Refusal
from tests.contract.sources.listening import Listening
from tests.contract.sources.mastodon_square import Square, opened
from tests.waiting import until


@pytest.fixture
async def square() -> AsyncIterator[Square]:
    async with opened(World(beat_s=0.05)) as found:
        yield found


async def test_a_post_its_edit_and_its_deletion_are_seen_at_once(square: Square) -> None:
    listening = square.listen()
    await square.listened()
    id_ = square.post("Hello #parvis")
    square.post("Not for us #other")
    await until(lambda: listening.texts() == ["Hello #parvis"])
    (post,) = listening.wall.values()
    square.world.edit(id_, "Hello again #parvis", square.url)
    await until(lambda: listening.texts() == ["Hello again #parvis"])
    (edited,) = listening.wall.values()
    assert edited.key == post.key and edited.version != post.version
    square.world.delete(id_)
    await until(lambda: not listening.wall)
    assert listening.ended is None


async def test_what_is_already_there_comes_first_and_up_to_the_limit(square: Square) -> None:
    for number in range(5):
        square.post(f"{number} #parvis")
    listening = square.listen(square.source(limit=3))
    await until(lambda: len(listening.wall) == 3)
    assert [post.text[0] for post in listening.arrivals if isinstance(post, Post)] == [
        "2",
        "3",
        "4",
    ]
    assert not any(raw.gap_fill for raw in listening.raws)


async def test_a_cut_anywhere_in_a_frame_loses_and_doubles_nothing(square: Square) -> None:
    listening = Listening(square.source())
    status = square.world.post(Draft("how long is a frame #parvis"), square.url)
    length = len(f"event: update\ndata: {msgspec.json.encode(status).decode()}\n\n")
    square.world.delete(status["id"])
    places = [*range(40), *range(40, length - 20, 37), *range(length - 20, length + 1)]
    sent: list[str] = []
    for after in places:
        task = asyncio.create_task(listening.follow())
        await square.listened()
        square.world.cut(after)
        sent.append(f"cut after {after:04d} bytes #parvis")
        square.post(sent[-1])
        await task
        assert isinstance(listening.ended, Later)
        await until(lambda: not square.world.listeners)
    task = asyncio.create_task(listening.follow())
    await until(lambda: len(listening.wall) == len(sent))
    task.cancel()
    assert listening.texts() == sorted(sent)
    assert not any(isinstance(arrival, Unreadable) for arrival in listening.arrivals)


async def test_what_happens_while_we_are_away_is_repaired_page_by_page(square: Square) -> None:
    listening = Listening(square.source())
    first = asyncio.create_task(listening.follow())
    await square.listened()
    square.post("before #parvis")
    await until(lambda: listening.texts() == ["before #parvis"])
    square.world.cut()
    await first
    wanted = ["before #parvis", *(f"{number} #parvis" for number in range(130))]
    for text in wanted[1:]:
        square.post(text)
    again = asyncio.create_task(listening.follow())
    await square.listened()
    live = square.post("live #parvis")
    await until(lambda: len(listening.wall) >= 132)
    assert listening.texts() == sorted([*wanted, "live #parvis"])
    asked = [path for path in square.world.asked if "min_id" in path]
    assert 3 <= len(asked) <= 5
    repaired = [raw for raw in listening.raws if raw.gap_fill]
    assert len(repaired) >= 4
    order = [
        arrival.text
        for raw in repaired
        for arrival in square.source().read(raw)
        if isinstance(arrival, Post)
    ]
    assert order.index("0 #parvis") < order.index("129 #parvis")
    assert live in listening.cursor
    again.cancel()


async def test_deletions_missed_while_away_are_found_by_asking_again(square: Square) -> None:
    listening = Listening(square.source())
    task = asyncio.create_task(listening.follow())
    await square.listened()
    gone, _, edited = (square.post(f"{word} #parvis") for word in ("gone", "kept", "edited"))
    remote = square.post("elsewhere #parvis", author="bo@harbour.example")
    await until(lambda: len(listening.wall) == 4)
    square.world.cut()
    await task
    shown = list(listening.wall.values())
    square.world.delete(gone)
    square.world.delete(remote)
    square.world.edit(edited, "mended #parvis", square.url)
    names = set()
    async for raw in listening.source.recheck(shown):
        for arrival in listening.source.read(raw):
            names.add(type(arrival).__name__ + ":" + getattr(arrival, "text", ""))
            if isinstance(arrival, Gone):
                # the name that a deletion uses is the key, or the post's alias
                names.add(
                    next(p.text for p in shown if arrival.key in (p.key, p.extra.get("alias")))
                )
    assert names == {
        "Gone:",
        "Post:kept #parvis",
        "Post:mended #parvis",
        "gone #parvis",
        "elsewhere #parvis",
    }


async def test_silence_longer_than_two_heartbeats_is_a_cut(square: Square) -> None:
    listening = square.listen(square.source(silence_s=0.3))
    await square.listened()
    square.world.silence()
    square.post("said to nobody #parvis")
    await until(lambda: listening.connected >= 2 and len(listening.wall) == 1)
    assert isinstance(listening.ended, Later)


async def test_heartbeats_alone_keep_the_connection(square: Square) -> None:
    listening = square.listen(square.source(silence_s=0.5))
    await square.listened()
    (listener,) = square.world.listeners
    await until(lambda: listener.beats > 15)  # half as long again as silence would be borne
    assert listener in square.world.listeners and listening.connected == 1


async def test_garbage_costs_itself_and_no_connection(square: Square) -> None:
    listening = square.listen()
    await square.listened()
    for line in (
        b"data: {\n\n",
        b"\n\n\n",
        b"event\n",
        b":thump\n:\n",
        b"\xff\xfe\x00\n",
        b"retry: x\n",
    ):
        square.world.shout(line)
    square.world.say("update", '{"id": "5", "content": "x"}')
    square.world.say("update", "{" * 3000)
    square.world.say("filters_changed", "undefined")
    square.world.say("announcement", "{}")
    square.world.shout(b"data: " + b"x" * 1_200_000 + b"\n\n")
    square.post("Still here #parvis")
    await until(lambda: listening.texts() == ["Still here #parvis"])
    assert listening.connected == 1
    assert sum(isinstance(arrival, Unreadable) for arrival in listening.arrivals) == 2


async def test_several_tags_are_one_stream_and_filters_hold(square: Square) -> None:
    listening = square.listen(square.source(tags=["one", "two"], all=["live"], none=["ad"]))
    await square.listened(2)
    ad = square.post("buy #one #live #ad")
    square.post("no #one")
    square.post("first #one #live")
    square.post("second #two #live")
    square.post("both #one #two #live")
    await until(lambda: len(listening.wall) == 3)
    assert listening.texts() == ["both #one #two #live", "first #one #live", "second #two #live"]
    square.world.edit(ad, "buy more #one #live", square.url)
    square.post("third #one #live")
    await until(lambda: "third #one #live" in listening.texts())
    assert len(listening.wall) == 4
    cursor = msgspec.json.decode(listening.cursor, type=dict[str, str])
    assert set(cursor) == {"tag:one", "tag:two"}


async def test_one_torn_stream_of_several_is_repaired(square: Square) -> None:
    listening = square.listen(square.source(tags=["one", "two"]))
    await square.listened(2)
    first = next(iter(square.world.listeners))
    first.due.put_nowait(None)
    await until(lambda: isinstance(listening.ended, Later))
    square.post("one #one")
    square.post("two #two")
    await until(lambda: listening.texts() == ["one #one", "two #two"])


async def test_private_posts_and_opted_out_people_are_left_out(square: Square) -> None:
    listening = square.listen()
    await square.listened()
    square.post("secret #parvis", visibility="unlisted")
    square.world.say(
        "update", msgspec.json.encode(next(iter(square.world.statuses.values()))).decode()
    )
    square.post("leave me #parvis", author="eun", note="#nobot")
    square.post("hello #parvis")
    await until(lambda: listening.texts() == ["hello #parvis"])
    flags = {arrival.flag for arrival in listening.arrivals if isinstance(arrival, OptedOut)}
    assert flags == {"visibility: unlisted", "#nobot"}


async def test_closed_streams_are_polled_and_the_sentence_says_how_to_open_them(
    square: Square,
) -> None:
    square.world.stream_open = False
    listening = Listening(square.source())
    await listening.follow()
    assert isinstance(listening.ended, Refused)
    assert f"create one at {square.url}/settings/applications" in str(listening.ended)
    square.post("polled #parvis")
    page = await listening.poll()
    assert listening.texts() == ["polled #parvis"] and 5 <= page.again_in_s <= 15
    with_token = square.listen(square.source(token="sim-token"))
    await square.listened()
    square.post("streamed #parvis")
    await until(lambda: len(with_token.wall) == 2)


async def test_polls_see_edits_deletions_and_gaps(square: Square) -> None:
    listening = Listening(square.source())
    first, second = square.post("first #parvis"), square.post("second #parvis")
    await listening.poll()
    square.world.edit(first, "first, mended #parvis", square.url)
    square.world.delete(second)
    await listening.poll()
    assert listening.texts() == ["first, mended #parvis"]
    page = await listening.poll()
    assert page.raws == () and page.again_in_s > 5
    for number in range(100):
        square.post(f"{number} #parvis")
    page = await listening.poll()
    assert len(listening.wall) == 101 and not page.more


async def test_a_long_gap_is_polled_in_several_goes(square: Square) -> None:
    listening = Listening(square.source())
    square.post("first #parvis")
    await listening.poll()
    for number in range(500):
        square.post(f"{number} #parvis")
    goes = 1
    while (await listening.poll()).more:
        goes += 1
    assert len(listening.wall) == 501 and goes == 2


async def test_accounts_are_polled_for_their_own_posts(square: Square) -> None:
    source = square.source(accounts=["@ada"], tags=["parvis"])
    assert not source.streams
    listening = Listening(source)
    square.post("no tag at all")
    square.post("somebody else", author="chidi")
    square.post("tagged #parvis", author="chidi")
    await listening.poll()
    assert listening.texts() == ["no tag at all", "tagged #parvis"]
    with pytest.raises(Refused, match="knows no account nobody"):
        await square.source(accounts=["nobody"]).poll("")


async def test_a_429_storm_waits_as_long_as_the_server_says(square: Square) -> None:
    square.world.limit = 3
    listening = Listening(square.source())
    with pytest.raises(Later) as raised:
        for _ in range(10):
            await listening.poll()
    assert raised.value.retry_after_s > 0
    assert len(square.world.asked) <= 4


async def test_polls_spread_out_when_the_allowance_runs_out(square: Square) -> None:
    source = square.source()
    now_ms = 1_790_000_000_000
    square.world.clock = lambda: now_ms
    square.world.limit, square.world.window_s = 10, 400
    page = await source.poll("")
    assert page.again_in_s > 15


@pytest.mark.parametrize("status", [401, 403])
async def test_closed_hashtags_say_where_to_make_a_token(square: Square, status: int) -> None:
    square.world.refusals.append(Refusal("hashtags", status, -1))
    with pytest.raises(
        Refused, match=r"create a token at http://127.0.0.1:\d+/settings/applications"
    ):
        await square.source().poll("")
    with pytest.raises(Refused, match="does not accept the token"):
        await square.source(token="sim-token").poll("")


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (
            422,
            '{"error": "Tag is not allowed."}',
            "application/json",
            "#parvis: Tag is not allowed;",
        ),
        (404, "<html>not here</html>", "text/html", "is it a Mastodon server"),
        (200, "<!doctype html><p>Welcome to the hotel", "text/html", "web page"),
        (200, '{"hello": "world"}', "application/json", "answered no list of posts"),
    ],
)
async def test_wrong_answers_are_one_sentence(
    square: Square, status: int, body: str, kind: str, says: str
) -> None:
    square.world.refusals.append(Refusal("rest", status, -1, body, kind))
    with pytest.raises(Refused, match=says):
        await square.source().poll("")


@pytest.mark.parametrize(
    ("status", "body"), [(500, ""), (502, "<html>"), (200, '[{"id": "1", "cont')]
)
async def test_a_bad_moment_of_the_server_is_tried_again(
    square: Square, status: int, body: str
) -> None:
    square.world.refusals.append(Refusal("hashtags", status, 1, body))
    square.post("there #parvis")
    with pytest.raises(Later):
        await square.source().poll("")
    listening = Listening(square.source())
    await listening.poll()
    assert listening.texts() == ["there #parvis"]


async def test_streams_on_another_host_are_found() -> None:
    elsewhere = World(beat_s=0.05)
    async with serving(serve(elsewhere)) as streaming_url:
        elsewhere.streaming_url, elsewhere.streams_here = streaming_url, False
        async with opened(elsewhere) as square:
            listening = square.listen()
            await square.listened()
            square.post("over there #parvis")
            await until(lambda: listening.texts() == ["over there #parvis"])


async def test_a_redirect_to_another_stream_host_keeps_the_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, far = World(beat_s=0.05), World(beat_s=0.05, stream_open=False)
    async with serving(serve(far)) as streaming_url, opened(world) as square:
        world.streaming_url, world.streams_here = streaming_url, False
        world.streaming_redirects = True
        source = square.source(token="sim-token")

        async def says_nothing_of_streams() -> dict[str, Any]:
            return {}

        monkeypatch.setattr(source._rest, "instance", says_nothing_of_streams)
        listening = square.listen(source)
        await until(lambda: bool(far.listeners))
        far.post(Draft("by redirect #parvis"), streaming_url)
        await until(lambda: listening.texts() == ["by redirect #parvis"])


async def test_probe_tells_what_there_is(square: Square) -> None:
    square.post("hello #parvis")
    probe = await square.source().probe()
    assert probe.ok and probe.found == 1 and "1 post of #parvis, the latest of " in probe.says
    assert "Simulated square 4.6.4" in probe.says


async def test_probe_says_at_least_where_a_page_is_full(square: Square) -> None:
    for number in range(3):
        square.post(f"{number} #parvis")
    says = (await square.source(limit=3).probe()).says
    assert "has at least 3 posts of #parvis" in says
    assert " has 3 posts of #parvis" in (await square.source(limit=4).probe()).says


async def test_the_guards_refusal_is_not_taken_for_a_lack_of_a_token(square: Square) -> None:
    source = square.source()
    source._asking = source._streams._asking = source._rest._asking = source._asking._replace(
        base="http://127.0.0.1:9", host="127.0.0.1:9"
    )
    with pytest.raises(Forbidden, match="PARVIS_ALLOW_PRIVATE") as refused:
        async for _ in source.stream(""):
            pass
    assert (await source.probe()).says == str(refused.value)


async def test_probe_says_nothing_is_there_since_when_and_what_is_near(square: Square) -> None:
    square.post("hello #parvis2026")
    square.post("hello #bread")
    probe = await square.source().probe()
    assert probe.ok and probe.found == 0 and probe.nearest == "parvis2026"
    assert "no post of #parvis among all that it has kept" in probe.says
    assert "the nearest hashtag it knows is #parvis2026" in probe.says
    assert "we listen since 20" in probe.says and probe.since_ms > 0
    square.world.hashtag_feeds = "disabled"
    assert "switched hashtag lists off" in (await square.source().probe()).says


async def test_probe_says_what_is_wrong_and_never_raises(square: Square) -> None:
    square.world.refusals.append(Refusal("rest", 404, -1, "<html>", "text/html"))
    probe = await square.source().probe()
    assert not probe.ok and "is no Mastodon server" in probe.says
    square.world.refusals[0] = Refusal("rest", 401, -1)
    assert "create a token at" in (await square.source().probe()).says
    square.url = "http://127.0.0.1:9"
    closed = await square.source().probe()
    assert not closed.ok and "127.0.0.1 cannot be reached" in closed.says
