"""A street for every test of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.street import SECRET, Street, open_street


@pytest.fixture
async def street(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Street]:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)
    street = await open_street(tmp_path / "data")
    yield street
    await street.house.stop()
