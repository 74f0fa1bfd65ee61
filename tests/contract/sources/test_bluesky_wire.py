"""The Bluesky source against its simulator, over real sockets, in both versions of the stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import Gone, OptedOut, Post, Unreadable
from parvis.plug.testkit import ManualClock
from parvis.sim.bluesky import World
from parvis.sim.bluesky.world import did_of
from parvis.sim.crowd import utterance
from parvis.sim.steer import Refusal
from parvis.sources.bluesky import YOUNG_MS
from tests.contract.sources.bluesky_network import Network, opened
from tests.contract.sources.listening import Listening
from tests.waiting import until

ADA, BO = "ada.square.example", "bo.harbour.example"


@pytest.fixture(params=[(1, 2), (1,)], ids=["version 2", "version 1"])
async def network(request: pytest.FixtureRequest) -> AsyncIterator[Network]:
    async with opened(World(speaks=request.param)) as found:
        yield found


async def test_a_post_its_edit_and_its_deletion_are_seen_at_once(network: Network) -> None:
    listening = network.listen()
    await network.listened()
    uri = network.post("Hello #Parvis", name="Ada Marsh")
    network.post("Not for us #other")
    await until(lambda: listening.texts() == ["Hello #Parvis"])
    (post,) = listening.wall.values()
    assert post.author is not None and post.author.name == "Ada Marsh"
    network.world.edit(uri, "Hello again #parvis")
    await until(lambda: listening.texts() == ["Hello again #parvis"])
    (edited,) = listening.wall.values()
    assert edited.key == post.key and edited.version != post.version
    network.world.delete(uri)
    await until(lambda: not listening.wall)
    assert listening.ended is None


async def test_an_account_that_leaves_takes_its_posts_along(network: Network) -> None:
    listening = network.listen()
    await network.listened()
    network.post("mine #parvis", author=ADA)
    network.post("theirs #parvis", author=BO)
    await until(lambda: len(listening.wall) == 2)
    network.world.leave(did_of(BO), "suspended")
    await until(lambda: listening.texts() == ["mine #parvis"])


async def test_what_was_there_before_is_taken_as_far_back_as_was_asked(network: Network) -> None:
    network.post("before #parvis")
    listening = network.listen()
    await until(lambda: listening.texts() == ["before #parvis"])
    now = network.listen(network.source(lookback_minutes=0))
    await network.listened(2)
    network.post("now #parvis")
    await until(lambda: "now #parvis" in now.texts())


async def test_a_cut_anywhere_in_a_frame_loses_and_doubles_nothing(network: Network) -> None:
    listening = Listening(network.source())
    network.post("how long is a frame #parvis")
    length = len(network.world.events[-1].v2()) + 4
    places = [*range(12), *range(12, length - 8, 61), *range(length - 8, length)]
    sent = ["how long is a frame #parvis"]
    for after in places:
        task = asyncio.create_task(listening.follow())
        await network.listened()
        await until(lambda: len(listening.wall) == len(sent))
        network.world.cut(after)
        sent.append(f"cut after {after:04d} bytes #parvis")
        network.post(sent[-1])
        await task
        assert isinstance(listening.ended, Later)
        await until(lambda: not network.world.listeners)
    task = asyncio.create_task(listening.follow())
    await until(lambda: len(listening.wall) == len(sent))
    task.cancel()
    assert listening.texts() == sorted(sent)
    assert not any(isinstance(arrival, Unreadable) for arrival in listening.arrivals)


async def test_it_goes_on_where_it_stopped(network: Network) -> None:
    listening = Listening(network.source())
    first = asyncio.create_task(listening.follow())
    await network.listened()
    network.post("before #parvis")
    await until(lambda: len(listening.wall) == 1)
    network.world.cut()
    await first
    for number in range(130):
        network.world.noise(number)
        network.post(f"{number} #parvis", author=f"p{number % 7}.square.example")
    again = asyncio.create_task(listening.follow())
    await until(lambda: len(listening.wall) == 131)
    again.cancel()
    missed = [raw for raw in listening.raws if raw.gap_fill]
    if network.world.speaks == (1, 2):  # by number: only the one it stopped at comes twice
        assert len(missed) == 131
    assert len(network.asked("getProfiles")) < 20, "authors are asked after together"


async def test_the_place_is_kept_though_nothing_was_for_us() -> None:
    clock = ManualClock()
    async with opened(World(clock_us=lambda: clock() * 1000)) as network:
        source = network.source()
        source._clock = clock
        listening = network.listen(source)
        await network.listened()
        clock.advance(20)
        network.world.noise(1)
        await until(lambda: listening.cursor)
        assert not listening.arrivals
        seq, at_us = listening.cursor.split()[1:]
        assert (seq, int(at_us) // 1000) == ("1", network.world.events[0].at_us // 1000)


async def test_a_number_that_is_too_old_becomes_a_time() -> None:
    async with opened(World()) as network:
        network.post("kept #parvis")
        listening = Listening(network.source())
        listening.cursor = f"{network.url.partition('://')[2]} 1 {network.world.events[0].at_us}"
        network.world.floor = 7
        task = asyncio.create_task(listening.follow())
        await until(lambda: listening.texts() == ["kept #parvis"])
        task.cancel()
        cursors = [
            int(parse_qs(urlsplit(path).query)["cursor"][0])
            for path in network.asked("subscribeEvents")
        ]
        assert cursors[0] == 1 and cursors[1] > 10**15


async def test_accounts_alone_are_all_that_is_sent(network: Network) -> None:
    network.world.account(ADA)
    listening = network.listen(network.source(tags=[], accounts=[f"@{ADA}"]))
    await network.listened()
    network.post("of a passer-by", author=BO)
    network.post("of Ada", author=ADA)
    await until(lambda: listening.texts() == ["of Ada"])
    asked = [parse_qs(urlsplit(path).query) for path in network.world.asked if "ollections" in path]
    name = "dids" if 2 in network.world.speaks else "wantedDids"
    assert asked[-1][name] == [did_of(ADA)]


async def test_mentions_and_replies(network: Network) -> None:
    network.world.account(ADA)
    listening = network.listen(network.source(tags=["parvis"], mentions=[ADA], replies=False))
    await network.listened()
    first = network.post(f"look here @{ADA}", author=BO)
    network.post("yes #parvis", author=BO, reply_to=first)
    network.post("the last #parvis", author=BO)
    await until(lambda: len(listening.wall) == 2)
    assert listening.texts() == [f"look here @{ADA}", "the last #parvis"]


async def test_who_asks_not_to_be_shown_to_strangers_is_not(network: Network) -> None:
    network.world.account(BO, labels=("!no-unauthenticated",))
    listening = network.listen()
    await network.listened()
    network.post("inside #parvis", author=BO)
    await until(lambda: listening.arrivals)
    (arrival,) = listening.arrivals
    assert isinstance(arrival, OptedOut) and arrival.flag == "!no-unauthenticated"


async def test_nothing_is_lost_while_nobody_says_who_somebody_is(network: Network) -> None:
    network.world.refusals.put(Refusal("getProfiles", 503, 2))
    listening = network.listen()
    await network.listened()
    network.post("patience #parvis")
    await until(lambda: listening.texts() == ["patience #parvis"])
    assert isinstance(listening.ended, Later)


async def test_a_stranger_for_good_costs_their_post_alone(network: Network) -> None:
    listening = network.listen()
    await network.listened()
    network.post("of nobody #parvis", author=BO)
    del network.world.profiles[did_of(BO)]
    network.post("of somebody #parvis", author=ADA)
    await until(lambda: listening.texts() == ["of somebody #parvis"])
    assert listening.connected == 3


async def test_silence_is_a_cut_and_odd_frames_are_not(network: Network) -> None:
    listening = network.listen(network.source(silence_s=0.4))
    await network.listened()
    for frame in (b"", b"null", b"[]", b"{", b'{"#parvis": "app.bsky.feed.post"}', b"\xf0\x9f"):
        network.world.shout(frame)
    network.post("after all that #parvis")
    await until(lambda: listening.texts() == ["after all that #parvis"])
    network.world.silence()
    network.post("said to nobody #parvis")
    await until(lambda: listening.connected >= 2 and len(listening.wall) == 2)
    assert isinstance(listening.ended, Later)


async def test_a_server_that_will_not_stream_says_so(network: Network) -> None:
    network.world.speaks = ()
    listening = network.listen()
    await until(lambda: isinstance(listening.ended, Refused))
    probe = await network.source().probe()
    assert not probe.ok and "404" in probe.says


async def test_the_probe_names_an_account_that_nobody_has(network: Network) -> None:
    probe = await network.source(accounts=["nobody.example"]).probe()
    assert not probe.ok and "@nobody.example" in probe.says
    good = await network.source().probe()
    assert good.ok and "#parvis" in good.says
    version = 2 if 2 in network.world.speaks else 1
    assert f"version {version}" in good.says


async def test_deletions_missed_while_away_are_found_by_asking_again(network: Network) -> None:
    source = network.source()
    listening = network.listen(source)
    await network.listened()
    uris = [network.post(f"{word} #parvis") for word in ("gone", "kept", "edited")]
    await until(lambda: len(listening.wall) == 3)
    shown = list(listening.wall.values())
    network.world.delete(uris[0])
    await until(lambda: len(listening.wall) == 2)
    network.world.edit(uris[2], "mended #parvis")
    young = [arrival async for raw in source.recheck(shown) for arrival in source.read(raw)]
    assert not any(isinstance(each, Gone) for each in young), "the reading side may lag"
    old = [
        msgspec.structs.replace(post, received_at_ms=post.received_at_ms - YOUNG_MS - 1)
        for post in shown
    ]
    found = [arrival async for raw in source.recheck(old) for arrival in source.read(raw)]
    texts = sorted(each.text for each in found if isinstance(each, Post))
    assert texts == ["kept #parvis", "mended #parvis"]
    (gone,) = [each for each in found if isinstance(each, Gone)]
    assert gone.key == next(post.key for post in shown if post.text == "gone #parvis")


async def test_a_crowd_is_read_in_every_language(network: Network) -> None:
    listening = network.listen()
    await network.listened()
    for number in range(26):
        network.world.say(utterance(number, "parvis"))
    await until(lambda: len(listening.wall) == 26)
    assert {post.dir for post in listening.wall.values()} == {"ltr", "rtl"}
    for post in listening.wall.values():
        (tag,) = [each for each in post.entities if each.type == "tag"]
        assert tag.text == "#parvis" == post.text[tag.start : tag.end]
