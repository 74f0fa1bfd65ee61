"""kill -9 while posts are asked after: nothing is forgotten, and nothing is withdrawn twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from parvis.engine.open import open_engine
from parvis.sim.mastodon import World
from parvis.sources.mastodon.read import NOT_SHOWN
from tests.contract.sources.mastodon_square import Square, opened
from tests.waiting import until

ROOT = Path(__file__).parents[3]
POSTS = 40
KILLS = 6


class Life:
    """One run of the child."""

    def __init__(self, folder: Path, url: str, start_s: float) -> None:
        command = [sys.executable, "-m", "tests.fault.flow.asker", str(folder), url, str(start_s)]
        path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        self._process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, cwd=ROOT)

    async def killed_when(self, so: Callable[[], bool]) -> None:
        """Kill -9 as soon as it is so."""

        def comes() -> bool:
            assert self._process.poll() is None, "it stopped by itself"
            return so()

        try:
            await until(comes, within_s=60)
        finally:
            self._process.send_signal(signal.SIGKILL)
            assert await asyncio.to_thread(self._process.wait) == -signal.SIGKILL


def asked(square: Square) -> int:
    return sum(path.startswith("/api/v1/statuses?") for path in square.world.asked)


def withdrawn(folder: Path) -> list[str]:
    """Why, of each withdrawal."""
    database = folder / "parvis.sqlite3"
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as db:
        rows = db.execute("select why from decision where state = 'withdrawn'").fetchall()
    db.close()
    return [why for (why,) in rows]


@pytest.mark.timeout(240)
async def test_killed_while_it_asks(tmp_path: Path) -> None:
    rng = random.Random(20261124)
    start_s = time.time()
    async with opened(World(beat_s=1.0, limit=1_000_000)) as square:
        ids = [square.post(f"post {n} #parvis", author=f"guest{n}") for n in range(POSTS)]
        gone: set[str] = set()
        for life in range(KILLS):
            before = asked(square)
            wanted = before + rng.randint(1, 4)
            child = Life(tmp_path, square.url, start_s)
            if life:
                for id_ in rng.sample(sorted(set(ids) - gone), 4):
                    gone.add(id_)
                    square.world.statuses.pop(id_)
            await child.killed_when(lambda wanted=wanted: asked(square) >= wanted)  # type: ignore[misc]
        assert gone
        last = Life(tmp_path, square.url, start_s)
        await last.killed_when(lambda: len(withdrawn(tmp_path)) >= len(gone))
    engine = await open_engine(tmp_path)
    snapshot = await engine.snapshot_of_wall("square")
    assert snapshot is not None
    shown = {card.post.rpartition(":")[2] for card in snapshot.cards}
    assert shown == set(ids) - gone
    await engine.close()
    assert withdrawn(tmp_path) == [NOT_SHOWN] * len(gone), "each was withdrawn once"
