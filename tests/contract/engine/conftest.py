"""Every test of this folder runs on both engines, unless it asks for `nodes` (PostgreSQL)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from parvis.engine import Engine
from parvis.plug.testkit import ManualClock
from tests.engines import KINDS, Place, place_of, store_database

__all__ = ["store_database"]


@pytest.fixture(params=KINDS)
async def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Place]:
    monkeypatch.setenv("PARVIS_DEBUG", "1")
    here = place_of(request.param, request, tmp_path)
    yield here
    await here.close()
    here.check()


@pytest.fixture
async def engine(place: Place) -> Engine:
    return await place.open()


@pytest.fixture
def clock(place: Place) -> ManualClock:
    return place.clock


@pytest.fixture
async def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A PostgreSQL store that several nodes may open."""
    here = place_of("postgresql", request, tmp_path)
    yield here
    await here.close()
