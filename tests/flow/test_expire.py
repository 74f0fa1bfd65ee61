"""What ends by the clock: rights take their cards off, networks their posts, each at its moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from parvis.core.errors import Later
from parvis.core.post import DisplayPolicy
from parvis.core.rights import Right
from parvis.core.wall import Policy
from parvis.core.wire import apply
from parvis.engine.change import EndRights, PutRight, PutSource, PutWall
from parvis.engine.open import open_engine
from parvis.flow import expire
from parvis.flow.expire import Expiry
from parvis.flow.lapse import why_ended
from parvis.flow.publish import messages
from parvis.flow.road import Road
from parvis.plug.testkit import ManualClock
from tests.flow.conftest import CHECKS, Venue, open_venue
from tests.posts import NOW_MS, post, source, wall
from tests.waiting import until

HOUR_MS = 3600 * 1000


def consent(until_ms: int) -> Right:
    return Right("consent", ("wall", "embed"), "form 7", NOW_MS, until_ms)


async def agreed(venue: Venue, number: int, until_ms: int) -> None:
    """The post is shown under a consent that ends."""
    key = post(number).key
    ended = EndRights("square", key, NOW_MS)
    await venue.declare(ended, PutRight("square", key, consent(until_ms)))


async def test_a_right_that_ends_takes_its_card_off_and_says_why(venue: Venue) -> None:
    await venue.receive(post(1), post(2))
    await agreed(venue, 1, NOW_MS + HOUR_MS)
    venue.clock.now_ms = NOW_MS + HOUR_MS - 1
    assert await venue.road.expire() == 0
    assert len(await venue.shown()) == 2
    venue.clock.now_ms += 1
    assert await venue.road.expire() == 1
    assert await venue.shown() == [post(2).key]
    assert await venue.state(post(1).key) == "pending"
    assert await venue.why(post(1).key) == why_ended(consent(NOW_MS + HOUR_MS))
    assert "(consent) ended on 20" in await venue.why(post(1).key)
    journey = await venue.road.trace(post(1).key)
    assert [step.event for step in journey][-3:] == ["post.decided", "right.changed", "card.gone"]
    assert journey[-3].by == "rule:rights"
    assert await venue.engine.rights("square", post(1).key) == []
    assert await venue.road.expire() == 0


async def test_a_person_may_approve_again_what_lost_its_right(venue: Venue) -> None:
    await venue.receive(post())
    await agreed(venue, 1, NOW_MS + HOUR_MS)
    venue.clock.now_ms += HOUR_MS
    await venue.road.expire()
    await venue.road.decide("square", post().key, "approved", by="person:mo", why="asked again")
    assert await venue.shown() == [post().key]
    assert await venue.road.expire() == 0


async def test_another_right_that_lives_keeps_the_card(venue: Venue) -> None:
    await venue.receive(post())
    await venue.declare(PutRight("square", post().key, consent(NOW_MS + HOUR_MS)))
    venue.clock.now_ms += HOUR_MS
    assert await venue.road.expire() == 1
    assert await venue.shown() == [post().key]
    left = await venue.engine.rights("square", post().key)
    assert [right.basis for right in left] == ["platform_terms"]


async def test_the_wall_refills_when_a_right_ends(venue: Venue) -> None:
    await venue.declare(PutWall(wall(capacity=2, policy=Policy(mode="show_first"))))
    await venue.receive(post(1))
    await venue.receive(post(2))
    await venue.receive(post(3))
    await agreed(venue, 3, NOW_MS + HOUR_MS)
    venue.clock.now_ms += HOUR_MS
    await venue.road.expire()
    assert await venue.shown() == [post(2).key, post(1).key]


async def test_many_rights_end_at_once(venue: Venue) -> None:
    many = [post(number, author=None) for number in range(1, 251)]
    await venue.receive(*many)
    for number in range(1, 251):
        await agreed(venue, number, NOW_MS + HOUR_MS)
    venue.clock.now_ms += HOUR_MS
    assert await venue.road.expire() == 250
    assert await venue.shown() == []


async def test_it_happens_by_itself_when_the_moment_comes(venue: Venue) -> None:
    venue.policies["webhook"] = DisplayPolicy(max_age_s=3600)
    await venue.receive(post(1, received_at_ms=NOW_MS))
    assert await venue.shown() == [post(1).key]
    venue.clock.now_ms = NOW_MS + HOUR_MS

    async def gone() -> bool:
        return await venue.shown() == []

    await until(gone)
    await until(lambda: _withdrawn(venue, 1))


async def test_a_right_granted_now_is_minded_at_once(venue: Venue) -> None:
    venue.policies["webhook"] = DisplayPolicy(max_age_s=10)
    await venue.receive(post(1, received_at_ms=NOW_MS))
    assert await venue.shown() == [post(1).key]
    venue.clock.now_ms = NOW_MS + 10_000  # sooner than anybody would have looked again
    await until(lambda: _withdrawn(venue, 1))


async def _withdrawn(venue: Venue, number: int) -> bool:
    return await venue.state(post(number).key) == "withdrawn"


async def test_what_ended_while_parvis_was_off_is_never_served(tmp_path: Path) -> None:
    venue = await open_venue(tmp_path, {})
    await venue.receive(post())
    await agreed(venue, 1, NOW_MS + HOUR_MS)
    await venue.road.stop()
    await venue.engine.close()
    late = ManualClock(NOW_MS + 2 * HOUR_MS)
    engine = await open_engine(tmp_path, clock=late)
    road = Road(engine, clock=late, salt=b"tests", checks=CHECKS, policies={}, formats={})
    await road.start()
    snapshot = await engine.snapshot_of_wall("square")
    assert snapshot is not None
    assert snapshot.cards == ()  # at once, not some time after the start
    await road.stop()
    await engine.close()


async def test_a_stop_in_the_middle_leaves_the_rest_for_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venue = await open_venue(tmp_path, {})
    await venue.receive(*(post(number, author=None) for number in range(1, 6)))
    for number in range(1, 6):
        await agreed(venue, number, NOW_MS + HOUR_MS)
    venue.clock.now_ms += HOUR_MS
    write, written = venue.engine.write, 0

    async def killed(change: object) -> object:
        nonlocal written
        written += 1
        if written == 3:
            raise asyncio.CancelledError
        return await write(change)  # type: ignore[arg-type]

    monkeypatch.setattr(venue.engine, "write", killed)
    with pytest.raises(asyncio.CancelledError):
        await venue.road.expire()
    monkeypatch.undo()
    assert 0 < len(await venue.shown()) < 5
    await venue.road.expire()
    assert await venue.shown() == []
    for number in range(1, 6):
        assert len(await venue.engine.decisions("square", post(number).key)) == 2
    await venue.road.stop()
    await venue.engine.close()


async def test_what_a_network_lets_nobody_keep_is_withdrawn_shown_or_not(venue: Venue) -> None:
    venue.policies["webhook"] = DisplayPolicy(max_age_s=3600)
    await venue.receive(
        post(1, received_at_ms=NOW_MS),
        post(2, received_at_ms=NOW_MS, text="How rude of the rain"),
        post(3, received_at_ms=NOW_MS + HOUR_MS // 2),
    )
    assert await venue.state(post(2).key) == "rejected"
    venue.clock.now_ms = NOW_MS + HOUR_MS - 1
    assert await venue.road.expire() == 0
    venue.clock.now_ms += 1
    assert await venue.road.expire() == 2
    assert await venue.shown() == [post(3).key]
    for number in (1, 2):
        assert await venue.state(post(number).key) == "withdrawn"
        assert "lets nobody keep" in await venue.why(post(number).key)
    assert (await venue.receive(post(1))).refused == 1  # and it does not come in again


async def test_an_edit_counts_the_networks_time_anew(venue: Venue) -> None:
    venue.policies["webhook"] = DisplayPolicy(max_age_s=3600)
    await venue.receive(post(1, received_at_ms=NOW_MS))
    venue.clock.now_ms = NOW_MS + HOUR_MS // 2
    edited = post(1, version="2", text="The same in other words", received_at_ms=0)
    await venue.receive(edited)
    venue.clock.now_ms = NOW_MS + HOUR_MS
    assert await venue.road.expire() == 0
    assert await venue.shown() == [post(1).key]
    venue.clock.now_ms += HOUR_MS // 2
    assert await venue.road.expire() >= 1
    assert await _withdrawn(venue, 1)


async def test_one_wall_is_enough_to_end_the_networks_time_on_all(venue: Venue) -> None:
    hall = source(id="hall-hook", wall="hall", plugin="strict")
    venue.policies["strict"] = DisplayPolicy(max_age_s=3600)
    show = Policy(mode="show_first")
    await venue.declare(PutWall(wall(id="hall", policy=show)), PutSource(hall))
    await venue.receive(post(received_at_ms=NOW_MS), source=hall)
    await venue.receive(post(received_at_ms=NOW_MS))
    assert await venue.shown() == await venue.shown("hall") == [post().key]
    venue.clock.now_ms = NOW_MS + HOUR_MS
    await venue.road.expire()
    assert await venue.shown() == await venue.shown("hall") == []


async def test_a_screen_is_told_of_every_end(venue: Venue) -> None:
    await venue.declare(PutWall(wall(capacity=1, policy=Policy(mode="show_first"))))
    await venue.receive(post(1))
    await venue.receive(post(2))
    await agreed(venue, 2, NOW_MS + HOUR_MS)

    before = await venue.engine.snapshot_of_wall("square")
    assert before is not None
    venue.clock.now_ms += HOUR_MS
    await venue.road.expire()
    facts = await venue.engine.facts_after("square", before.seq)
    for seq, message in await messages(venue.engine, "square", facts):
        before = apply(before, message, seq)
    fresh = await venue.engine.snapshot_of_wall("square")
    assert fresh is not None
    assert [card.post for card in fresh.cards] == [post(1).key]
    assert before.cards == fresh.cards


class Scripted:
    """An ending that plays what the test put into it."""

    at_start = True

    def __init__(self, *script: Exception | int) -> None:
        self.script = list(script)
        self.taken: list[int] = []
        self.clock = ManualClock()

    async def take(self) -> int:
        step = self.script.pop(0) if self.script else 0
        if isinstance(step, Exception):
            raise step
        self.taken.append(self.clock.now_ms)
        return step

    async def next_ms(self) -> int:
        return self.clock.now_ms + 10_000


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expire, "LOOK_S", 0.001)


@pytest.mark.usefixtures("quick")
async def test_nothing_is_taken_before_it_is_due() -> None:
    ending = Scripted()
    expiry = Expiry((ending,), ending.clock)
    await expiry.start()
    ending.clock.now_ms += 9_999
    other = Scripted()
    other.clock = ending.clock
    await asyncio.gather(*(asyncio.sleep(0) for _ in range(50)))
    assert len(ending.taken) == 1
    ending.clock.now_ms += 1
    await until(lambda: len(ending.taken) == 2)
    expiry.mind(ending, ending.clock.now_ms + 5)
    ending.clock.now_ms += 5
    await until(lambda: len(ending.taken) == 3)
    ending.clock.now_ms -= 3_600_000  # the clock is set back
    await until(lambda: len(ending.taken) == 4)
    await expiry.stop()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("error", [Later("away"), OSError("disk"), ValueError("a bug")])
async def test_a_store_that_is_away_or_a_fault_is_tried_again(error: Exception) -> None:
    ending = Scripted(error)
    expiry = Expiry((ending,), ending.clock)
    await expiry.start()
    assert ending.taken == []
    ending.clock.now_ms += expire.LONG_MS
    await until(lambda: bool(ending.taken))
    await expiry.stop()
