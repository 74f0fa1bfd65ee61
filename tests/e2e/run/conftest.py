"""Processes of this folder's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.run.up import Running, Up


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    running: list[Running] = []

    def start(*words: str, **environ: str) -> Running:
        running.append(Running(tmp_path, *words, **environ))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait(10)
