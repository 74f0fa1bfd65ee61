"""kill -9 in full flow, again and again on one store: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from parvis.core.event import CardShown, PostDecided, PostSeen
from parvis.engine import Engine
from tests.engines import KINDS, Place, place_of
from tests.fault.engine.writer import TASKS, write_of
from tests.posts import post
from tests.waiting import until

SOAK = os.environ.get("PARVIS_SOAK") == "1"
ROUNDS = 500 if SOAK else 20
SEED = int(os.environ.get("PARVIS_SEED", "20261124"))


class Child:
    """The writing process and what it has put on record."""

    def __init__(self, place: Place, folder: Path, start: int) -> None:
        self._folder = folder
        for log in folder.glob("log*"):
            log.unlink()
        command = [sys.executable, "-m", "tests.fault.engine.writer", place.address, str(folder)]
        root = Path(__file__).parents[3]
        path = os.pathsep.join([str(root), str(root / "src")])
        self._process = subprocess.Popen(
            [*command, str(start)], env={**os.environ, "PYTHONPATH": path}, cwd=root
        )

    def numbers(self, word: str) -> set[int]:
        """Those sent, or those done."""
        found = set()
        for log in self._folder.glob("log*"):
            for line in log.read_text().splitlines():
                said, _, number = line.partition(" ")
                if said == word and number:
                    found.add(int(number))
        return found

    async def killed_after(self, count: int) -> None:
        """Kill -9 when `count` writes were acknowledged."""

        def enough() -> bool:
            assert self._process.poll() is None, "the writer stopped by itself"
            return len(self.numbers("done")) >= count

        try:
            await until(enough, within_s=60)
        finally:
            self._process.send_signal(signal.SIGKILL)
            assert self._process.wait() == -signal.SIGKILL


async def stands(engine: Engine, numbers: Sequence[int]) -> set[int]:
    """Which of these posts are stored, each one wholly: row, decision, card."""
    stored = set()
    for wall in ("square", "tower"):
        mine = [n for n in numbers if (n % 3 > 0) == (wall == "square")]
        known = await engine.known(wall, [post(n).key for n in mine])
        cards = await engine.cards(wall, [post(n).key for n in mine])
        for number in mine:
            row = known.get(post(number).key)
            if row is not None:
                assert row.placement is not None
                assert row.placement.state == "approved"
            assert (row is None) == (post(number).key not in cards)
            if row is not None:
                stored.add(number)
    return stored


async def journal(engine: Engine, wall: str, after: int) -> tuple[int, list[str]]:
    """The head and the posts told of since `after`; sequences must be contiguous."""
    head, keys = after, []
    while facts := await engine.facts_after(wall, head):
        for fact in facts:
            head += 1
            assert fact.seq == head
            if isinstance(fact.event, PostSeen):
                keys.append(fact.event.post)
            else:
                assert isinstance(fact.event, PostDecided | CardShown)
    assert await engine.head(wall) == head
    return head, keys


@pytest.mark.timeout(6000 if SOAK else 240)
@pytest.mark.parametrize("kind", KINDS)
async def test_killed_in_full_flow(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    place = place_of(kind, request, tmp_path)
    rng = random.Random(SEED)
    start, in_flight, landed = 1, 0, 0
    heads = {"square": 0, "tower": 0}
    for _ in range(ROUNDS):
        child = Child(place, tmp_path, start)
        await child.killed_after(rng.randint(1, 80))
        sent, done = child.numbers("sent"), child.numbers("done")
        await place.settled()
        engine = await place.open()
        stored = await stands(engine, sorted(sent))
        assert done <= stored, "an acknowledged write is lost"
        told: list[str] = []
        for wall in heads:
            heads[wall], keys = await journal(engine, wall, heads[wall])
            told += keys
        assert sorted(told) == sorted(post(n).key for n in stored), "a write is doubled or halved"
        in_flight += bool(sent - done)
        landed += len(stored - done)
        unsure = sorted(sent - done)
        again = await asyncio.gather(*[engine.write(write_of(number)) for number in unsure])
        assert [one.again for one in again] == [number in stored for number in unsure]
        for wall in heads:
            heads[wall], _ = await journal(engine, wall, heads[wall])
        await engine.close()
        place.check()
        start = max(sent) + TASKS + 1
    assert in_flight >= ROUNDS * 0.9, "the kills met no write in flight"
    print(f"{kind}: {ROUNDS} kills, {in_flight} in flight, {landed} landed unacknowledged")
