"""kill -9 while somebody has a post in hand: between claim and decision, and after it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from parvis.engine.open import open_engine
from parvis.engine.store import wall_clock
from tests.posts import post

ROOT = Path(__file__).parents[3]
KEY = post(1).key


def killed_after(folder: Path, *lines: str) -> None:
    """A holder on this store, killed as soon as it has said these lines."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    command = [sys.executable, "-m", "tests.fault.engine.holder", str(folder), lines[-1]]
    process = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": path},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as said:
        for line in lines:
            assert said.readline().strip() == {"decide": "decided"}.get(line, line)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("lines", [("held",), ("held", "decide")])
async def test_the_hold_stands_until_its_time_and_the_decision_is_whole_or_not_there(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    killed_after(tmp_path / "data", *lines)
    ahead_ms = 0
    engine = await open_engine(tmp_path / "data", clock=lambda: wall_clock() + ahead_ms)
    try:
        taken = await engine.take("square", [KEY], by="person:zoe", name="Zoé", for_s=45)
        assert taken == []
        known = (await engine.known("square", [KEY]))[KEY]
        assert known.placement is not None
        acts = await engine.acts("square", "person:mo")
        decided = lines[1:] == ("decide",)
        assert known.placement.state == ("approved" if decided else "new")
        assert [act.state for act in acts] == (["done"] if decided else [])
        ahead_ms = 601_000
        assert await engine.take("square", [KEY], by="person:zoe", name="Zoé", for_s=45) == [KEY]
    finally:
        await engine.close()
