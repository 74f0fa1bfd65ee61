"""What is on show is asked after: at its pace, evenly, in turn; no failure takes anything off."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

import msgspec
import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, OptedOut, Post, Raw
from parvis.core.wall import Policy
from parvis.engine.change import DropCard, PutSource, PutWall
from parvis.flow import lease, recheck
from parvis.flow.collect import Collector
from parvis.flow.recheck import Duty, Recheck, Ring, duty_of
from parvis.plug.manifest import read_manifest
from parvis.plug.source import Probe, Source
from parvis.sources import mastodon, webhook
from tests.flow.conftest import Venue
from tests.posts import post, source, wall
from tests.waiting import until

PACE_S = 900.0
DUTY = Duty(PACE_S, 1.0)


class Network(Source):
    """Remembers what it was asked; answers as it was told, else that the post is as it was."""

    def __init__(self, clock: object, at_once: int = 5) -> None:
        self.recheck_at_once = at_once
        self.asked: list[tuple[float, list[str]]] = []
        self.answered: set[str] = set()
        self.answers: dict[str, Arrival] = {}
        self.fails: Exception | None = None
        self.odd: str = ""
        self.stop_after = 0
        self._clock = clock

    def read(self, raw: Raw) -> Iterable[Arrival]:
        kinds: dict[str, type[Arrival]] = {"Gone": Gone, "OptedOut": OptedOut}
        return [msgspec.json.decode(raw.body, type=kinds.get(raw.kind, Post))]

    async def recheck(self, posts: Sequence[Post]) -> AsyncIterator[Raw]:
        keys = [item.key for item in posts]
        self.asked.append((self._clock() / 1000, keys))  # type: ignore[operator]
        if self.fails is not None:
            raise self.fails
        if self.odd in keys:
            raise Later("500")
        for number, item in enumerate(posts, 1):
            now = self.answers.get(item.key, item)
            yield Raw(body=msgspec.json.encode(now), kind=type(now).__name__)
            self.answered.add(item.key)
            if number == self.stop_after:
                raise asyncio.CancelledError

    async def probe(self) -> Probe:
        return Probe(ok=True, says="Here.")

    @property
    def keys(self) -> list[str]:
        return [key for _, keys in self.asked for key in keys]


class Asking:
    """A wall with cards, a network, and the ring between them."""

    def __init__(self, venue: Venue, gap_s: float = 1.0, pace_s: float = PACE_S) -> None:
        self.venue = venue
        self.network = Network(venue.clock)
        self.duty = Duty(pace_s, gap_s)
        self.said: list[str] = []
        self.ring = self.again()

    def again(self) -> Recheck:
        """As after a restart."""
        self.ring = Recheck(
            self.venue.engine,
            self.venue.source,
            self.network,
            self.duty,
            keep=self.keep,
            say=self.say,
            peers=lambda: 1,
            clock=self.venue.clock,
            rng=random.Random(1),
        )
        return self.ring

    async def keep(self, raw: Raw) -> None:
        await self.venue.road.receive(self.venue.source, list(self.network.read(raw)))

    async def say(self, trouble: str) -> None:
        self.said.append(trouble)

    async def show(self, *numbers: int) -> None:
        await self.venue.receive(*(post(number, author=None) for number in numbers))

    async def turn(self) -> list[str]:
        """The cards in the order in which they came up."""
        cards = await self.venue.engine.on_show("square", "hook", above=0, upto=2**62, limit=999)
        return [card.post.key for card in cards]

    async def run(self, seconds: float) -> None:
        """Let so much time go by, step after step as the task does."""
        until_ms = self.venue.clock.now_ms + seconds * 1000
        while True:
            wait_s = await self.ring.step()
            if self.venue.clock.now_ms + wait_s * 1000 > until_ms:
                self.venue.clock.now_ms = round(until_ms)
                return
            self.venue.clock.now_ms += max(round(wait_s * 1000), 1)


@pytest.fixture
def asking(venue: Venue) -> Asking:
    return Asking(venue)


async def test_every_card_is_asked_at_its_pace_evenly_and_in_turn(asking: Asking) -> None:
    await asking.show(*range(1, 101))
    await asking.run(3 * PACE_S)
    times: dict[str, list[float]] = {}
    for at_s, keys in asking.network.asked:
        assert len(keys) == 5
        for key in keys:
            times.setdefault(key, []).append(at_s)
    assert len(times) == 100
    for each in times.values():
        assert len(each) in (2, 3)
        assert all(later - sooner <= PACE_S + 1 for sooner, later in itertools.pairwise(each))
    at = [at_s for at_s, _ in asking.network.asked]
    gaps = [later - sooner for sooner, later in itertools.pairwise(at)]
    assert min(gaps) > 44 and max(gaps) < 46  # 20 requests in 900 s, none in a burst
    assert asking.network.keys[:100] == await asking.turn()


async def test_few_cards_cost_one_request_a_pace(asking: Asking) -> None:
    await asking.show(1, 2, 3)
    await asking.run(2.5 * PACE_S)
    assert [len(keys) for _, keys in asking.network.asked] == [3, 3]


async def test_an_empty_wall_asks_nothing(asking: Asking) -> None:
    await asking.run(PACE_S)
    assert asking.network.asked == []


async def test_the_allowance_is_kept_when_there_is_too_much_to_ask(venue: Venue) -> None:
    asking = Asking(venue, gap_s=10.0, pace_s=60.0)
    await asking.show(*range(1, 101))
    await asking.run(400.0)
    at = [at_s for at_s, _ in asking.network.asked]
    assert all(later - sooner >= 9.99 for sooner, later in itertools.pairwise(at))
    assert sorted(asking.network.keys[:100]) == sorted(post(n).key for n in range(1, 101))


async def test_a_source_that_asks_one_by_one_leaves_as_much_time_between(venue: Venue) -> None:
    asking = Asking(venue, gap_s=2.0, pace_s=60.0)
    asking.network.recheck_at_once = 1
    await asking.show(*range(1, 61))
    await asking.run(200.0)
    at = [at_s for at_s, _ in asking.network.asked]
    assert all(later - sooner >= 1.99 for sooner, later in itertools.pairwise(at))


async def test_a_burst_of_new_cards_is_fitted_into_the_pace(asking: Asking) -> None:
    await asking.show(1, 2)
    await asking.run(10.0)
    await asking.show(*range(3, 203))
    began = asking.venue.clock.now_ms / 1000
    await asking.run(PACE_S + recheck.LOOK_S)
    late = [at_s for at_s, keys in asking.network.asked if post(202).key in keys]
    assert late and late[0] - began <= PACE_S + recheck.LOOK_S
    assert set(asking.network.keys) == {post(number).key for number in range(1, 203)}


async def test_other_sources_and_what_is_not_shown_are_left_alone(asking: Asking) -> None:
    venue = asking.venue
    other = source(id="other")
    await venue.declare(PutSource(other))
    await venue.receive(post(9, author=None), source=other)
    await venue.receive(post(8, text="How rude of the rain", author=None))
    await asking.show(1)
    await venue.declare(DropCard("square", post(7).key))
    await asking.run(2 * PACE_S)
    assert set(asking.network.keys) == {post(1).key}


async def test_a_restart_goes_on_where_the_ring_stood(asking: Asking) -> None:
    await asking.show(*range(1, 41))
    await asking.run(400.0)
    before = list(asking.network.keys)
    assert 0 < len(before) < 40
    asking.again()
    await asking.run(1.0)
    assert len(asking.network.keys) - len(before) <= 5  # no storm
    await asking.run(PACE_S)
    assert asking.network.keys[:40] == await asking.turn()


async def test_after_a_long_stop_the_newest_are_asked_first(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recheck, "NEWEST", 7)
    await asking.show(*range(1, 41))
    await asking.run(100.0)
    done = len(asking.network.asked)
    asking.venue.clock.now_ms += 7200 * 1000
    asking.again()
    await asking.ring.step()
    first, second = (keys for _, keys in asking.network.asked[done:])
    assert first == [post(number).key for number in range(40, 33, -1)]
    assert second[0] == (await asking.turn())[done * 5]


async def test_what_is_gone_leaves_every_wall_and_says_why(asking: Asking) -> None:
    venue = asking.venue
    hall = source(id="hall-hook", wall="hall")
    await venue.declare(PutWall(wall(id="hall", policy=Policy(mode="show_first"))), PutSource(hall))
    await asking.show(1, 2, 3)
    await venue.receive(post(1, author=None), source=hall)
    asking.network.answers = {
        post(1).key: Gone(post(1).key, "Its network no longer shows it."),
        post(2).key: OptedOut(post(2).key, "#nobot"),
    }
    await asking.run(PACE_S)
    assert await venue.shown() == [post(3).key]
    assert await venue.shown("hall") == []
    assert await venue.why(post(1).key) == "Its network no longer shows it."
    assert "asks not to be collected (#nobot)" in await venue.why(post(2).key)
    decision = (await venue.engine.decisions("square", post(1).key))[-1]
    assert (decision.by, decision.state) == ("source:hook", "withdrawn")


async def test_what_was_edited_is_decided_anew(asking: Asking) -> None:
    await asking.show(1, 2)
    mended = post(1, author=None, version="2", text="Mended words of the same post, longer.")
    rude = post(2, author=None, version="2", text="Now it is rude, and long enough.")
    asking.network.answers = {post(1).key: mended, post(2).key: rude}
    await asking.run(PACE_S)
    await asking.venue.road.idle()
    (card,) = await asking.venue.cards()
    assert card.text == mended.text
    assert await asking.venue.state(post(2).key) == "rejected"


async def test_an_unreachable_network_takes_nothing_off_and_is_asked_ever_rarer(
    asking: Asking,
) -> None:
    await asking.show(1, 2, 3)
    asking.network.fails = Later("example.org cannot be reached.")
    await asking.run(3600.0)
    assert len(await asking.venue.shown()) == 3
    at = [at_s for at_s, _ in asking.network.asked]
    gaps = [later - sooner for sooner, later in itertools.pairwise(at)]
    assert len(at) < 45 and gaps[0] < 5 and gaps[-1] > 100
    assert asking.said[-1].endswith("cannot be asked after: example.org cannot be reached.")
    asking.network.fails = None
    await asking.run(recheck.LONGEST_WAIT_S + recheck.LOOK_S)
    assert asking.said[-1] == ""
    said, before = len(asking.said), len(asking.network.asked)
    asking.network.fails = Later("once more")
    await asking.run(PACE_S + recheck.LOOK_S)
    again, soon = (at_s for at_s, _ in asking.network.asked[before : before + 2])
    assert soon - again < 5 and "once more" in asking.said[said]


async def test_one_failure_is_not_said_yet_and_the_network_says_how_long(asking: Asking) -> None:
    await asking.show(1)
    asking.network.fails = Later("Too many requests.", 120.0)
    asking.venue.clock.now_ms += 2 * round(PACE_S * 1000)
    assert await asking.ring.step() < 60  # it is noted when the ring began
    await asking.run(PACE_S + 60)
    assert asking.said == []
    at = [at_s for at_s, _ in asking.network.asked]
    assert len(at) == 1 or at[1] - at[0] >= 120


async def test_a_refusal_is_said_at_once(asking: Asking) -> None:
    await asking.show(1)
    asking.network.fails = Refused("example.org does not accept the token; create a new one.")
    await asking.run(PACE_S + 1)
    assert "does not accept the token" in asking.said[0]
    assert len(await asking.venue.shown()) == 1


@pytest.mark.parametrize("fault", ["odd", "bug"])
@pytest.mark.parametrize("away", [False, True])
async def test_one_odd_post_does_not_keep_the_others_back(
    asking: Asking, fault: str, away: bool
) -> None:
    await asking.show(*range(1, 21))
    turn = await asking.turn()
    if fault == "odd":
        asking.network.odd = turn[2]
    else:
        asking.network.answers[turn[2]] = Gone("\ud800")  # cannot even be encoded
    await asking.run(10.0)
    if away:
        asking.venue.clock.now_ms += 7200 * 1000
    await asking.run(PACE_S + 300.0)
    assert set(turn[5:]) <= asking.network.answered
    assert len(await asking.venue.shown()) == 20


async def test_killed_in_the_middle_of_a_batch_it_is_asked_again(asking: Asking) -> None:
    await asking.show(*range(1, 21))
    for key in (await asking.turn())[1:3]:
        asking.network.answers[key] = Gone(key)
    asking.network.stop_after = 2
    with pytest.raises(asyncio.CancelledError):
        await asking.run(2 * PACE_S)
    assert len(await asking.venue.shown()) == 19
    asking.network.stop_after = 0
    asking.again()
    await asking.run(PACE_S)
    assert len(await asking.venue.shown()) == 18
    kept = await asking.venue.engine.recall(recheck.SCOPE, "hook")
    assert kept is not None
    assert msgspec.json.decode(kept, type=Ring).asked == 5


async def test_what_is_kept_of_the_ring_names_nobody(asking: Asking) -> None:
    await asking.show(1)
    await asking.run(2 * PACE_S)
    kept = await asking.venue.engine.recall(recheck.SCOPE, "hook")
    assert kept is not None and "test" not in kept and len(kept) < 100


def test_the_duty_is_what_the_manifest_says() -> None:
    (folder,) = mastodon.__path__
    duty = duty_of(read_manifest(Path(folder) / "plugin.toml"))
    assert duty is not None
    assert duty.every_s == 900
    assert 300 / duty.gap_s < 280
    (other,) = webhook.__path__
    assert duty_of(read_manifest(Path(other) / "plugin.toml")) is None


# beside the sources that run ----------------------------------------------------------------------
@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recheck, "TICK_S", 0.001)


def collector_of(
    venue: Venue, network: Network, worker: str = "node", duty: Duty = DUTY
) -> Collector:
    return Collector(
        venue.road,
        venue.engine,
        open_source=lambda spec: network,
        clock=venue.clock,
        duty_of=lambda spec: duty,
        worker=worker,
    )


@pytest.mark.usefixtures("quick")
async def test_the_collector_asks_and_health_says_when_it_cannot(venue: Venue) -> None:
    network = Network(venue.clock)
    collector = collector_of(venue, network)
    await collector.start()
    await venue.receive(post(1, author=None), post(2, author=None))

    async def passes(asked: int) -> None:
        def enough() -> bool:
            venue.clock.now_ms += 10_000
            return len(network.asked) >= asked

        await until(enough)

    async def says(words: str, healthy: bool) -> None:
        async def said() -> bool:
            venue.clock.now_ms += 10_000
            rows = await venue.engine.health("square")
            return any(words in row.says and row.healthy is healthy for row in rows)

        await until(said)

    await passes(1)
    network.fails = Later("example.org cannot be reached.")
    await says("Here. Posts on show cannot be asked after: example.org", False)
    assert len(await venue.shown()) == 2
    network.fails = None
    await says("Here.", True)
    network.answers[post(1).key] = Gone(post(1).key)

    async def withdrawn() -> bool:
        venue.clock.now_ms += 10_000
        return await venue.shown() == [post(2).key]

    await until(withdrawn)
    await collector.stop()
    count = len(network.asked)
    venue.clock.now_ms += 10_000_000
    await asyncio.gather(*(asyncio.sleep(0) for _ in range(20)))
    assert len(network.asked) == count


@pytest.mark.usefixtures("quick")
async def test_one_node_asks_and_another_takes_over(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_S", 0.3)
    first, second = Network(venue.clock), Network(venue.clock)
    often = Duty(0.1, 0.01)
    one = collector_of(venue, first, "one", often)
    other = collector_of(venue, second, "other", often)
    await venue.receive(post(1, author=None))
    await one.start()
    await other.start()

    def asked_by(network: Network, times: int) -> bool:
        venue.clock.now_ms += 5  # so slowly that no lease runs out
        return len(network.asked) >= times

    await until(lambda: asked_by(first, 3))
    await one.stop()
    assert not second.asked
    await until(lambda: asked_by(second, 3))
    assert len(first.asked) < 3 + 3
    await other.stop()
