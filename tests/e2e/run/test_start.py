"""A start is quick because it imports little; which modules those are is asked of Python itself."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

EVENT = """
[[wall]]
id = "square"
title = "The square"
[[wall.source]]
id = "hook"
plugin = "webhook"
"""
HEAVY = (
    "alembic",  # a store that stands at the newest revision is opened by one read
    "aiohttp",  # until something goes out
    "yarl",
    "asyncpg",
    "sqlalchemy.dialects.postgresql",
    "feedparser",
    "parvis.sim",
    "parvis.run.demo",
    "parvis.run.bench",
)
IMPORTED = re.compile(r"^import time: +\d+ \| +\d+ \| +([\w.]+)$", re.MULTILINE)


def imported(folder: Path, *words: str) -> set[str]:
    """All that one run imports, from its start over its ready line to its end."""
    log = folder / "imports.txt"
    with log.open("wb") as err:
        started = subprocess.Popen(
            [*(sys.executable, "-X", "importtime", "-m", "parvis", "up"), *words],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        )
        assert started.stdout is not None
        ready = started.stdout.readline()
        started.send_signal(signal.SIGTERM)
        started.communicate(timeout=30)
    assert ready.startswith("ready http://"), log.read_text()
    assert started.returncode == 0
    return set(IMPORTED.findall(log.read_text()))


def heavy(names: set[str]) -> set[str]:
    return {each for each in HEAVY if any(f"{name}.".startswith(f"{each}.") for name in names)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "event.toml").write_text(EVENT)
    return tmp_path


def test_a_start_imports_nothing_it_does_not_use(folder: Path) -> None:
    first = imported(folder, "event.toml", "--data", "data", "--port", "0")
    assert "alembic" in heavy(first), "a new store is migrated"
    assert "aiohttp" not in first
    again = imported(folder, "--data", "data", "--port", "0")
    assert "parvis.engine.embedded.engine" in again
    assert heavy(again) == set()


def test_the_demo_imports_what_it_plays_with(folder: Path) -> None:
    """So that this way of looking is able to see."""
    assert {"aiohttp", "parvis.sim", "parvis.run.demo"} <= heavy(
        imported(folder, "--demo", "--data", "data", "--port", "0")
    )
