"""Sources are kept running: streams, falls back to polling, says how it is, never dies."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterable, Sequence

import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, Post, Raw, Unreadable
from parvis.core.wall import SourceSpec
from parvis.engine import Health, Write, Written
from parvis.engine.change import DropSource, PutHealth, PutSource
from parvis.flow import lease, listening
from parvis.flow.collect import QUEUE, Collector
from parvis.flow.lease import Leases
from parvis.plug.source import Page, Probe, Source
from tests.flow.conftest import Venue
from tests.posts import NOW_MS, post, source
from tests.waiting import until


def raw(number: int, cursor: str = "") -> Raw:
    return Raw(body=str(number).encode(), cursor=cursor, received_at_ms=NOW_MS + number)


class Scripted(Source):
    """Plays what the test put into it; an exception in the list is raised at its place."""

    def __init__(self, streams: bool = False, polls: bool = False) -> None:
        self.streams, self.polls = streams, polls
        self.script: list[Raw | Exception] = []
        self.pages: list[Page | Exception] = []
        self.cursors: list[str] = []
        self.rechecked: list[str] = []
        self.gone = True
        """Whether what is asked after is no more."""
        self.closed = 0
        self.probed = Probe(ok=True, says="Here.", nearest="squares")
        self.more = asyncio.Event()

    def read(self, raw: Raw) -> Iterable[Arrival]:
        text = raw.body.decode()
        if text.startswith("-"):
            return [Gone(post(int(text[1:])).key)]
        return [post(int(text))] if text.isdecimal() else [Unreadable("line", "no number")]

    async def stream(self, cursor: str) -> AsyncIterator[Raw]:
        self.cursors.append(cursor)
        while True:
            while self.script:
                item = self.script.pop(0)
                if isinstance(item, Exception):
                    raise item
                yield item
            self.more.clear()
            await self.more.wait()

    async def poll(self, cursor: str) -> Page:
        self.cursors.append(cursor)
        while not self.pages:
            self.more.clear()
            await self.more.wait()
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return page

    async def recheck(self, posts: Sequence[Post]) -> AsyncIterator[Raw]:
        self.rechecked += [item.key for item in posts]
        for item in posts:
            number = int(item.key.rpartition(":")[2])
            yield raw(-number if self.gone else number)

    async def probe(self) -> Probe:
        return self.probed

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture
async def collector(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Collecting]:
    monkeypatch.setattr(listening, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(listening, "REFUSED_WAIT_S", 0.001)
    collecting = Collecting(venue)
    yield collecting
    await collecting.collector.stop()


class Collecting:
    """A collector whose one source is scripted."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.source = Scripted()
        self.opened = 0
        self.collector = Collector(
            venue.road,
            venue.engine,
            open_source=self.open,
            clock=venue.clock,
            rng=random.Random(1),
        )

    def open(self, spec: SourceSpec) -> Source:
        self.opened += 1
        return self.source

    async def shown(self, *numbers: int) -> None:
        async def stand() -> bool:
            return sorted(await self.venue.shown()) == sorted(post(n).key for n in numbers)

        await until(stand)

    async def health(self) -> Health:
        return (await self.venue.engine.health("square"))[0]

    async def says(self, words: str, healthy: bool) -> None:
        async def said() -> bool:
            rows = await self.venue.engine.health("square")
            return any(words in row.says and row.healthy is healthy for row in rows)

        await until(said)


async def test_what_streams_is_shown_and_its_cursor_kept(collector: Collecting) -> None:
    collector.source.streams = True
    collector.source.script = [raw(1, "c1"), raw(2, "c2")]
    await collector.collector.start()
    await collector.shown(1, 2)
    assert await collector.venue.engine.cursor("hook") == "c2"
    await collector.says("Listening", True)


async def test_a_cut_is_resumed_from_the_cursor(collector: Collecting) -> None:
    collector.source.streams = True
    collector.source.script = [raw(1, "c1"), Later("cut"), raw(2, "c2")]
    await collector.collector.start()

    async def resumed() -> bool:
        return collector.source.cursors == ["", "c1"]

    await until(resumed)


async def test_after_a_cut_what_is_on_show_is_asked_after(collector: Collecting) -> None:
    collector.source.streams = True
    collector.source.script = [raw(1, "c1"), Later("cut")]
    await collector.collector.start()

    async def withdrawn() -> bool:
        return await collector.venue.state(post(1).key) == "withdrawn"

    await until(withdrawn)
    assert collector.source.rechecked[:1] == [post(1).key]


async def test_a_closed_stream_is_polled_and_says_so(collector: Collecting) -> None:
    collector.source.streams = collector.source.polls = True
    collector.source.script = [Refused("Streaming needs a token.")]
    collector.source.pages = [Page((raw(1),), "p1", again_in_s=0.0)]
    await collector.collector.start()
    await collector.shown(1)
    assert await collector.venue.engine.cursor("hook") == "p1"
    assert collector.source.cursors[:2] == ["", ""]


async def test_a_refusal_is_said_and_healed(collector: Collecting) -> None:
    collector.source.polls = True
    collector.source.pages = [Refused("The key was revoked; make a new one.")]
    await collector.collector.start()
    await collector.says("revoked", False)
    collector.source.pages = [Page((raw(1),), "p", again_in_s=1000.0)]
    collector.source.more.set()
    await collector.says("Asked every", True)
    await collector.shown(1)


async def test_a_fault_in_a_source_costs_that_source_a_moment(collector: Collecting) -> None:
    collector.source.polls = True
    collector.source.pages = [ValueError("a bug"), Page((raw(1),), "p", again_in_s=1000.0)]
    await collector.collector.start()
    await collector.shown(1)


async def test_what_was_found_is_said_until_a_post_arrives(collector: Collecting) -> None:
    source = collector.source
    source.streams = True
    source.probed = Probe(ok=True, says="No post of #sqare.", nearest="square")
    source.script = [Raw(body=b"no post", received_at_ms=NOW_MS)]
    await collector.collector.start()
    await collector.says("No post of #sqare. Listening.", True)
    assert (await collector.health()).nearest == "square"
    source.script = [Later("cut"), Later("The network is away.")]
    source.more.set()
    await collector.says("The network is away.", False)
    broken = await collector.health()
    assert (broken.says, broken.nearest) == ("The network is away.", "square")
    source.script = [Raw(body=b"no post", received_at_ms=NOW_MS)]
    source.more.set()
    await collector.says("No post of #sqare. Listening.", True)
    source.script = [raw(1)]
    source.more.set()

    async def heard() -> bool:
        row = await collector.health()
        return (row.says, row.nearest) == ("Listening.", "")

    await until(heard)


async def test_a_post_that_comes_in_by_a_door_ends_it_too(collector: Collecting) -> None:
    await collector.collector.start()
    await collector.says("Here.", True)
    await collector.collector.receive_raws("hook", [raw(1)])
    row = await collector.health()
    assert (row.says, row.nearest) == ("Here.", "")


async def test_what_is_on_show_already_is_no_post_that_arrived(collector: Collecting) -> None:
    collector.source.streams, collector.source.gone = True, False
    collector.source.script = [raw(1, "c1")]
    await collector.collector.start()
    await collector.shown(1)
    await collector.venue.declare(PutSource(source(settings={"tag": "other"})))
    await collector.collector.refresh("square")
    collector.source.script = [Later("cut"), Raw(body=b"no post", received_at_ms=NOW_MS)]
    collector.source.more.set()
    await until(lambda: collector.source.rechecked == [post(1).key])
    await collector.says("Here. Listening.", True)
    assert (await collector.health()).nearest == "squares"


async def test_a_network_that_was_away_at_first_is_asked_what_it_has_once_it_is_back(
    collector: Collecting,
) -> None:
    source = collector.source
    source.streams = True
    source.probed = Probe(ok=False, says="The network is away.")
    source.script = [Later("away")]
    await collector.collector.start()
    await collector.says("The network is away.", False)
    source.probed = Probe(ok=True, says="No post of #sqare.", nearest="square")
    source.script = [Later("away"), Raw(body=b"no post", received_at_ms=NOW_MS)]
    source.more.set()
    await collector.says("No post of #sqare. Listening.", True)
    assert (await collector.health()).nearest == "square"


async def test_nothing_heals_before_it_was_well(
    collector: Collecting, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "parvis")
    refused = Refused("The town is not on the public internet.")
    source = collector.source
    source.streams = source.polls = True
    source.probed = Probe(ok=False, says=str(refused))
    source.script = [refused]
    source.pages = [refused, refused]
    await collector.collector.start()
    await until(lambda: len(source.cursors) == 4)
    said = [row.message for row in caplog.records if row.message.startswith("source.")]
    assert said == ["source.broken", "source.polls"]
    assert (await collector.health()).says == str(refused)
    source.pages = [Page((), "p", again_in_s=1000.0)]
    source.more.set()
    await collector.says(f"{refused} Asked every 1000 s.", True)
    assert caplog.records[-1].message == "source.healed"


async def test_it_is_asking_until_it_says_how_it_is(collector: Collecting) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def probe() -> Probe:
        asked.set()
        await answer.wait()
        return Probe(ok=True, says="Here.")

    collector.source.probe = probe  # type: ignore[method-assign]
    assert not collector.collector.is_asking("hook")
    await collector.collector.start()
    await asked.wait()
    assert collector.collector.is_asking("hook")
    answer.set()
    await until(lambda: not collector.collector.is_asking("hook"))
    assert (await collector.health()).says == "Here."


async def test_other_settings_begin_a_new_since(collector: Collecting) -> None:
    await collector.collector.start()
    await collector.says("Here.", True)
    before_ms = (await collector.health()).since_ms
    collector.venue.clock.now_ms += 60_000
    await collector.venue.declare(PutSource(source(settings={"tag": "other"})))
    await collector.collector.refresh("square")
    await collector.says("Here.", True)
    assert (await collector.health()).since_ms >= before_ms + 60_000


async def test_a_bad_line_costs_one_line(collector: Collecting) -> None:
    collector.source.streams = True
    bad = Raw(body=b"not a number", received_at_ms=NOW_MS)
    collector.source.script = [raw(1), bad, raw(2)]
    await collector.collector.start()
    await collector.shown(1, 2)


async def test_a_source_that_waits_to_be_called_is_probed(collector: Collecting) -> None:
    await collector.collector.start()
    await collector.says("Here.", True)
    assert (await collector.health()).nearest == "squares"


async def test_a_door_hands_over_what_it_got(collector: Collecting) -> None:
    await collector.collector.start()
    receipt = await collector.collector.receive_raws("hook", [raw(1), raw(2)])
    assert receipt.new == 2
    with pytest.raises(Refused):
        await collector.collector.receive_raws("nobody", [raw(1)])


async def test_a_changed_declaration_opens_anew_and_a_dropped_one_closes(
    collector: Collecting,
) -> None:
    await collector.collector.start()
    await collector.collector.refresh("square")
    assert collector.opened == 1
    await collector.venue.declare(PutSource(source(settings={"tag": "other"})))
    await collector.collector.refresh("square")
    assert (collector.opened, collector.source.closed) == (2, 1)
    await collector.venue.declare(DropSource("hook"))
    await collector.collector.refresh("square")
    assert collector.source.closed == 2
    assert collector.collector.source("hook") is None


async def test_a_source_that_cannot_be_opened_says_why(collector: Collecting) -> None:
    def refuse(spec: SourceSpec) -> Source:
        raise Refused("The setting server is missing.")

    collector.collector._open = refuse
    await collector.collector.start()
    await collector.says("setting server", False)


async def test_one_node_listens_and_another_takes_over(
    collector: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_S", 0.06)
    collector.source.streams = True
    await collector.collector.start()
    await until(lambda: len(collector.source.cursors) == 1)
    other = Collecting(collector.venue)
    other.source.streams = True
    await other.collector.start()
    assert other.collector.source("hook") is other.source  # open for its doors
    await collector.collector.stop()
    await until(lambda: len(other.source.cursors) == 1)
    await other.collector.stop()


async def test_a_node_hears_of_what_another_declared(
    collector: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_S", 0.06)
    await collector.venue.declare(DropSource("hook"))
    await collector.collector.start()
    assert collector.opened == 0
    await collector.venue.declare(PutSource(source()))
    await until(lambda: collector.collector.source("hook") is not None)
    await collector.venue.declare(DropSource("hook"))
    await until(lambda: collector.source.closed == 1)


async def test_a_lease_of_what_nobody_declares_ends(collector: Collecting) -> None:
    await Leases(collector.venue.engine, QUEUE, "gone").offer("forgotten", "main")
    await collector.collector.start()
    later_ms = collector.venue.clock.now_ms + 10 * 60_000
    collector.venue.clock.now_ms = later_ms
    claimed = await collector.venue.engine.claim(QUEUE, worker="other", limit=10)
    assert "forgotten" not in [job.key for job in claimed]


async def test_a_source_that_opens_nowhere_is_offered_to_other_nodes(collector: Collecting) -> None:
    def refuse(spec: SourceSpec) -> Source:
        raise Refused("The credential token is not set on this machine.")

    await Leases(collector.venue.engine, QUEUE, "gone").offer("hook", "main")
    collector.collector._open = refuse
    await collector.collector.start()
    collector.venue.clock.now_ms += 60_000
    claimed = await collector.venue.engine.claim(QUEUE, worker="other", limit=10)
    assert [job.key for job in claimed] == ["hook"]


async def test_a_store_that_is_away_ends_no_source(
    collector: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector.source.streams = True
    inner = collector.venue.engine.write
    away = [Later("The store's disk is full."), OSError("no space")]

    async def full(write: Write) -> Written:
        if away and isinstance(write.changes[0], PutHealth):
            raise away.pop()
        return await inner(write)

    monkeypatch.setattr(collector.venue.engine, "write", full)
    collector.source.script = [Later("Cut."), Later("Cut again."), raw(1)]
    await collector.collector.start()
    await collector.shown(1)
    await collector.says("Listening.", True)
    assert not away


async def test_a_probe_that_breaks_ends_no_source(
    collector: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> Probe:
        raise KeyError("title")

    monkeypatch.setattr(collector.source, "probe", broken)
    collector.source.polls = True
    collector.source.pages = [Page((raw(1),), "c", 0.001)]
    await collector.collector.start()
    await collector.shown(1)
