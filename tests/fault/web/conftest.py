"""Houses on both engines, whose store goes away and comes back when a test says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from parvis.core.errors import Later
from tests.engines import KINDS, place_of, store_database
from tests.street import SECRET, Street, open_street
from tests.waiting import until

__all__ = ["store_database"]


@dataclass
class Shaky:
    """A house, and a switch for its store."""

    street: Street
    monkeypatch: pytest.MonkeyPatch

    def breaks(self, *, reads: bool = True) -> None:
        """From now on nothing can be written, and nothing read either unless `reads` is False."""
        engine = self.street.house.engine

        async def away(*_: Any, **__: Any) -> Any:
            raise Later("The store is away.", 1.0)

        for verb in ("write_all", "_act", *(("_read",) if reads else ())):
            self.monkeypatch.setattr(engine, verb, away)

    async def heals(self) -> None:
        """As before; and the house has found out."""
        self.monkeypatch.undo()
        monkeypatch_env(self.monkeypatch)
        await until(self._back)

    async def _back(self) -> bool:
        await self.street.get("/w/square")
        return self.street.house.room.away.here


def monkeypatch_env(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)


@pytest.fixture(params=KINDS)
async def shaky(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shaky]:
    patch = pytest.MonkeyPatch()
    monkeypatch_env(patch)
    place = place_of(request.param, request, tmp_path)
    store = place.address if request.param == "postgresql" else ""
    street = await open_street(tmp_path / "house", store)
    made = Shaky(street, patch)
    yield made
    patch.undo()
    await street.house.stop()
