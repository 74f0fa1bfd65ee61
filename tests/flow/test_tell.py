"""Bridges are kept telling: in order, from a cursor, whatever the receiver does."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from parvis.core.errors import Later, Refused
from parvis.core.event import CardGone, CardShown, Fact
from parvis.core.post import DisplayPolicy
from parvis.core.wall import BridgeSpec
from parvis.engine import BridgeHealth, Engine
from parvis.engine.change import DropBridge, MoveBridge, PutBridge
from parvis.engine.open import open_engine
from parvis.flow import deliver, lease, tell
from parvis.flow.tell import Teller
from parvis.plug.bridge import Bridge, News
from tests.flow.conftest import Venue
from tests.posts import post
from tests.waiting import until

Answer = Exception | Callable[[], Any] | None


class Scripted(Bridge):
    """Answers as the test says, once each; then takes everything."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.tried: list[str] = []
        self.told: list[News] = []
        self.closed = 0

    def wants(self, fact: Fact) -> bool:
        return isinstance(fact.event, CardShown | CardGone)

    async def tell(self, news: News) -> None:
        self.tried.append(news.id)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            await answer()
        self.told.append(news)

    async def close(self) -> None:
        self.closed += 1

    def posts(self) -> list[tuple[str, str]]:
        """What was told, as the receiver understands it: the tag and the post."""
        named = [news.fact.event for news in self.told]
        return [(type(e).__name__, e.post) for e in named if isinstance(e, CardShown | CardGone)]


class Telling:
    """A venue with a teller whose bridges are scripted."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.bridges: dict[str, Scripted] = {"out": Scripted()}
        self.opened: list[str] = []
        self.tellers: list[Teller] = []

    @property
    def out(self) -> Scripted:
        return self.bridges["out"]

    def open(self, spec: BridgeSpec) -> Bridge:
        self.opened.append(spec.id)
        if spec.plugin == "none":
            raise Refused("There is no bridge called none; install it.")
        return self.bridges.setdefault(spec.id, Scripted())

    def policy(self, plugin: str) -> DisplayPolicy:
        return self.venue.policies.get(plugin, DisplayPolicy())

    async def start(self, engine: Engine | None = None) -> Teller:
        """One more teller, as after a restart or on another node."""
        teller = Teller(
            engine or self.venue.engine,
            open_bridge=self.open,
            policy_of=self.policy,
            hash_of=self.venue.road.post_hash,
            clock=self.venue.clock,
            worker=f"node {len(self.tellers)}",
            rng=random.Random(1),
        )
        self.tellers.append(teller)
        await teller.start()
        return teller

    async def told(self, count: int, bridge: str = "out") -> list[News]:
        await until(lambda: len(self.bridges[bridge].told) >= count)
        return self.bridges[bridge].told

    async def health(self, bridge: str = "out") -> BridgeHealth:
        rows = await self.venue.engine.bridge_health("square")
        return next(row for row in rows if row.bridge == bridge)

    async def says(self, words: str, healthy: bool, bridge: str = "out") -> BridgeHealth:
        async def said() -> BridgeHealth | None:
            rows = await self.venue.engine.bridge_health("square")
            found = [row for row in rows if row.bridge == bridge]
            return found[0] if found and words in found[0].says else None

        row = await until(said)
        assert row is not None
        assert row.healthy is healthy, row.says
        return row

    async def cursor(self) -> int:
        return await self.venue.engine.bridge_cursor("out")

    async def reached(self, seq: int) -> None:
        """The cursor follows what was told."""

        async def there() -> bool:
            return await self.cursor() == seq

        await until(there)


def spec(**more: Any) -> BridgeSpec:
    return BridgeSpec(**{"id": "out", "wall": "square", "plugin": "scripted", **more})


@pytest.fixture
async def telling(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Telling]:
    monkeypatch.setattr(deliver, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(deliver, "LONGEST_WAIT_S", 0.002)
    monkeypatch.setattr(lease, "LEASE_S", 0.06)
    await venue.declare(PutBridge(spec()))
    telling = Telling(venue)
    yield telling
    for teller in telling.tellers:
        await teller.stop()


async def test_what_is_shown_is_told_with_its_card_in_order(telling: Telling) -> None:
    await telling.start()
    await telling.says("Waits for something", True)
    for number in (1, 2, 3):
        await telling.venue.receive(post(number, author=None))
    told = await telling.told(3)
    assert [news.card.text for news in told if news.card] == [post(n).text for n in (1, 2, 3)]
    assert telling.out.tried == [f"square.{news.fact.seq}" for news in told]
    assert len({news.ref for news in told}) == 3
    await telling.says("Telling.", True)
    await telling.reached(told[-1].fact.seq)


async def test_a_stop_and_a_start_lose_nothing_and_double_nothing(telling: Telling) -> None:
    teller = await telling.start()
    await telling.venue.receive(post(1))
    await telling.told(1)
    await teller.stop()
    await telling.venue.receive(post(2))
    assert len(telling.out.told) == 1
    await telling.start()
    await telling.told(2)
    assert [key for _, key in telling.out.posts()] == [post(1).key, post(2).key]


async def test_what_was_taken_but_not_written_down_is_told_again_under_its_id(
    telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, lost = telling.venue.engine.write, asyncio.Event()

    async def dies(asked: Any) -> Any:
        if not lost.is_set() and any(isinstance(each, MoveBridge) for each in asked.changes):
            lost.set()
            raise OSError("the disk is gone")
        return await write(asked)

    monkeypatch.setattr(telling.venue.engine, "write", dies)
    await telling.start()
    await telling.venue.receive(post(1))
    told = await telling.told(2)
    assert lost.is_set()
    assert told[0].id == told[1].id


async def test_an_unreachable_receiver_costs_nobody_else(telling: Telling) -> None:
    await telling.venue.declare(PutBridge(spec(id="other")))
    back = asyncio.Event()
    telling.out.answers = [Later("There is nobody."), Later("Still nobody."), back.wait]
    await telling.start()
    for number in (1, 2, 3):
        await telling.venue.receive(post(number, author=None))
    assert len(await telling.venue.shown()) == 3
    await telling.told(3, "other")
    broken = await telling.says("Still nobody", False)
    assert (broken.told_seq, telling.out.told) == (0, [])
    back.set()
    await telling.told(3)
    await telling.says("Telling.", True)
    assert [key for _, key in telling.out.posts()] == [post(n).key for n in (1, 2, 3)]


async def test_a_break_and_its_end_are_logged_once_each(
    telling: Telling, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    telling.out.answers = [Later(f"Nobody, time {n % 2}.") for n in range(8)]
    await telling.start()
    await telling.venue.receive(post(1))
    await telling.says("Telling.", True)
    said = [r.message for r in caplog.records if r.name == deliver.log.name]
    assert said == ["bridge.broken", "bridge.healed"]


async def test_one_lost_connection_is_no_news(
    telling: Telling, caplog: pytest.LogCaptureFixture
) -> None:
    telling.out.answers = [Later("A hiccup.")]
    await telling.start()
    await telling.venue.receive(post(1))
    await telling.says("Telling.", True)
    assert [r for r in caplog.records if r.name == deliver.log.name] == []


async def test_a_receivers_own_pace_is_kept(
    telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    sleep = asyncio.sleep

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        await sleep(min(seconds, 0.01))

    telling.out.answers = [Later("Slow down.", 37.0)]
    await telling.start()
    monkeypatch.setattr(asyncio, "sleep", pause)
    await telling.venue.receive(post(1))
    await telling.told(1)
    assert 37.0 in waits


async def test_what_is_refused_is_set_aside_and_the_next_goes_on(telling: Telling) -> None:
    telling.out.answers = [Refused("The receiver forbids this (403).")]
    await telling.start()
    await telling.venue.receive(post(1))
    await telling.says("forbids this", False)
    await telling.venue.receive(post(2, author=None))
    await telling.told(1)
    assert [key for _, key in telling.out.posts()] == [post(2).key]
    row = await telling.says("Telling.", True)
    assert (row.aside, row.last_aside) == (1, "The receiver forbids this (403).")
    [aside] = await telling.venue.engine.set_aside("out")
    assert telling.out.tried[0] == f"square.{aside.seq}"


async def test_a_fault_in_a_bridge_costs_that_fact_alone(telling: Telling) -> None:
    telling.out.answers = [ValueError("a bug")] * deliver.FAULTS
    await telling.start()
    for number in (1, 2):
        await telling.venue.receive(post(number, author=None))
    await telling.told(1)
    assert [key for _, key in telling.out.posts()] == [post(2).key]
    [aside] = await telling.venue.engine.set_aside("out")
    assert "A fault in the bridge stopped it (ValueError)" in aside.because


async def test_a_fact_that_is_never_taken_does_not_hold_back_the_others_for_ever(
    telling: Telling,
) -> None:
    async def a_day_later() -> None:
        telling.venue.clock.now_ms += deliver.GIVE_UP_AFTER_MS
        raise Later("Not this one (422).")

    telling.out.answers = [Later("Not this one (422).")] * 3 + [a_day_later]
    await telling.start()
    for number in (1, 2):
        await telling.venue.receive(post(number, author=None))
    await telling.told(1)
    assert [key for _, key in telling.out.posts()] == [post(2).key]
    assert len(await telling.venue.engine.set_aside("out")) == 1


async def test_a_bridge_that_hangs_is_tried_again(
    telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "DEADLINE_S", 0.01)
    telling.out.answers = [asyncio.Event().wait, asyncio.Event().wait]
    await telling.start()
    await telling.venue.receive(post(1))
    await telling.told(1)
    assert len(telling.out.tried) == 3


async def test_what_went_meanwhile_is_told_as_gone_without_a_word(telling: Telling) -> None:
    teller = await telling.start()
    await teller.stop()
    for number in (1, 2):
        await telling.venue.receive(post(number, author=None))
    await telling.venue.road.withdraw(post(1).key, by="person:owner", why="asked")
    await telling.start()
    told = await telling.told(3)
    one, two = post(1).key, post(2).key
    expected = [("CardGone", one), ("CardShown", two), ("CardGone", one)]
    assert telling.out.posts() == expected
    assert [news.card is None for news in told] == [True, False, True]


async def test_what_is_taken_off_between_two_tries_does_not_leave(telling: Telling) -> None:
    async def withdrawn() -> None:
        await telling.venue.road.withdraw(post(1).key, by="person:owner", why="asked")
        raise Later("There is nobody.")

    telling.out.answers = [withdrawn]
    await telling.start()
    await telling.venue.receive(post(1))
    told = await telling.told(2)
    assert telling.out.posts() == [("CardGone", post(1).key)] * 2
    assert [news.card for news in told] == [None, None]


async def test_an_erased_post_is_told_by_the_name_that_is_left_of_it(telling: Telling) -> None:
    teller = await telling.start()
    await telling.venue.receive(post(1))
    [shown] = await telling.told(1)
    await teller.stop()
    await telling.venue.road.withdraw(post(1).key, by="person:owner", why="asked")
    telling.venue.clock.now_ms += 60_000
    assert await telling.venue.road.erase_due() == 1
    await telling.start()
    gone = (await telling.told(2))[1]
    assert isinstance(gone.fact.event, CardGone)
    assert gone.ref == shown.ref == telling.venue.road.post_hash(post(1).key)
    assert post(1).key not in repr(gone)


async def test_what_was_erased_before_it_was_told_is_never_told_as_shown(telling: Telling) -> None:
    await telling.venue.receive(post(1))
    await telling.venue.road.withdraw(post(1).key, by="person:owner", why="asked")
    telling.venue.clock.now_ms += 60_000
    assert await telling.venue.road.erase_due() == 1
    await telling.start()
    await telling.told(2)
    assert telling.out.posts() == [("CardGone", telling.venue.road.post_hash(post(1).key))] * 2


@pytest.mark.parametrize("redistribute", ["full", "ids_only", "none"])
async def test_nothing_leaves_that_a_network_keeps(telling: Telling, redistribute: Any) -> None:
    telling.venue.policies["webhook"] = DisplayPolicy(redistribute=redistribute)
    await telling.start()
    item = post(1, permalink="https://example.org/1")
    await telling.venue.receive(item)
    [news] = await telling.told(1)
    said = repr(news)
    assert (item.text in said) is (redistribute == "full")
    assert ("Ada" in said) is (redistribute == "full")
    assert (item.key in said) is (redistribute != "none")
    assert (item.permalink in said) is (redistribute != "none")
    assert news.ref == telling.venue.road.post_hash(item.key)
    await telling.venue.road.withdraw(item.key, by="person:owner", why="asked")
    gone = (await telling.told(2))[1]
    assert gone.ref == news.ref
    assert (item.key in repr(gone)) is (redistribute != "none")


async def test_a_covered_wall_gives_no_words_away(telling: Telling) -> None:
    await telling.venue.road.panic("square", True, by="person:owner")
    await telling.start()
    await telling.venue.receive(post(1))
    [news] = await telling.told(1)
    assert isinstance(news.fact.event, CardShown)
    assert news.card is None


async def test_what_nobody_wants_moves_the_cursor_at_last(telling: Telling) -> None:
    class Deaf(Scripted):
        def wants(self, fact: Fact) -> bool:
            return False

    telling.bridges["out"] = Deaf()
    teller = await telling.start()
    await telling.venue.receive(post(1))
    head = await telling.venue.engine.head("square")

    async def stopped_at() -> int:
        await teller.refresh()
        return teller._open_ones["out"]._passed

    await until(stopped_at)
    await teller.stop()
    assert await telling.cursor() == head
    assert telling.out.tried == []


async def test_a_changed_declaration_opens_anew_and_a_dropped_one_ends(telling: Telling) -> None:
    teller = await telling.start()
    await teller.refresh()
    assert telling.opened == ["out"]
    await telling.venue.receive(post(1))
    await telling.told(1)
    await telling.venue.declare(PutBridge(spec(settings={"a": 1})))
    await teller.refresh()
    assert (telling.opened, telling.out.closed) == (["out", "out"], 1)
    await telling.venue.receive(post(2, author=None))
    await telling.told(2)
    await telling.venue.declare(PutBridge(spec(enabled=False)))
    await teller.refresh()
    assert telling.out.closed == 2
    await telling.venue.receive(post(3, author=None))
    await telling.venue.declare(PutBridge(spec()))
    await teller.refresh()
    await telling.told(3)
    assert [key for _, key in telling.out.posts()] == [post(n).key for n in (1, 2, 3)]
    await telling.venue.declare(DropBridge("out"))
    await teller.refresh()
    assert telling.out.closed == 3
    assert await telling.venue.engine.claim(tell.QUEUE, worker="anybody") == []


async def test_a_bridge_that_cannot_be_opened_says_why_once(telling: Telling) -> None:
    await telling.venue.declare(PutBridge(spec(id="bad", plugin="none")))
    teller = await telling.start()
    row = await telling.says("no bridge called none", False, "bad")
    await teller.refresh()
    await teller.refresh()
    assert telling.opened.count("bad") == 1
    await telling.venue.receive(post(1))
    await telling.told(1)
    await telling.venue.declare(PutBridge(spec(id="bad", plugin="scripted")))
    await teller.refresh()
    await telling.told(1, "bad")
    await telling.says("Telling.", True, "bad")
    assert row.healthy is False


async def test_one_node_tells_and_another_takes_over(telling: Telling) -> None:
    first = await telling.start()
    second = await telling.start()
    await telling.venue.receive(post(1))
    await telling.told(1)
    assert [bool(each._tasks) for each in (first, second)] == [True, False]
    await first.stop()
    await telling.venue.receive(post(2, author=None))
    await telling.told(2)
    assert [key for _, key in telling.out.posts()] == [post(1).key, post(2).key]


async def test_a_node_that_lost_its_lease_falls_silent(telling: Telling) -> None:
    first = await telling.start()
    await telling.told(0)
    telling.venue.clock.now_ms += 60_000  # the lease ran out while it was away
    [job] = await telling.venue.engine.claim(tell.QUEUE, worker="thief", lease_s=lease.LEASE_S)
    await until(lambda: not first._tasks)
    await telling.venue.receive(post(1))
    assert telling.out.tried == []
    await telling.venue.engine.retry(job, in_s=0.0, because="")
    await telling.told(1)


async def test_a_node_hears_of_what_another_declared(telling: Telling) -> None:
    await telling.start()
    await telling.venue.declare(PutBridge(spec(id="late")))
    await until(lambda: "late" in telling.bridges)
    await telling.venue.receive(post(1))
    await telling.told(1, "late")
    await telling.venue.declare(DropBridge("late"))
    await until(lambda: telling.bridges["late"].closed)


async def test_a_store_that_was_closed_and_opened_goes_on(tmp_path: Path) -> None:
    """The lease of a process that was killed is given back when its folder is opened again."""
    from tests.flow.conftest import open_venue

    venue = await open_venue(tmp_path, {})
    await venue.declare(PutBridge(spec()))
    telling = Telling(venue)
    killed = await telling.start()
    await venue.receive(post(1))
    await telling.told(1)
    for task in (*killed._tasks.values(), killed._keeping):
        assert task is not None
        task.cancel()
    await venue.road.stop()
    await venue.engine.close()
    telling.tellers.clear()
    engine = await open_engine(tmp_path, clock=venue.clock)
    teller = await telling.start(engine)
    assert list(teller._tasks) == ["out"]
    await teller.stop()
    await engine.close()
