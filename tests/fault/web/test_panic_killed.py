"""Panic while the store is away, then kill -9: the next start covers the screens all the same."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from parvis.core.errors import Later
from parvis.run.settings import load
from parvis.run.wire_up import House, open_house
from parvis.web.presses import Pressed, Presses
from tests.fault.web.conftest import Shaky, monkeypatch_env
from tests.street import KEY, SECRET, Street, open_street
from tests.studio import value
from tests.waiting import until

WALL = "/api/walls/square/panic"
ROOT = Path(__file__).parents[3]


async def killed(folder: Path, *words: str) -> None:
    """A process in which panic was pressed so, killed once it had answered."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.fault.web.presser", str(folder), *words),
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
            "TEST_WEBHOOK_SECRET": SECRET,
        },
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"pressed\n"
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def opened(folder: Path, *, writes: bool = True) -> AsyncIterator[Street]:
    """The next start on that folder; without `writes` its store still takes nothing."""
    house: House = await open_house(load({"data": str(folder), "key": KEY}, {}))
    patch = pytest.MonkeyPatch()

    async def away(*_: Any, **__: Any) -> Any:
        raise Later("The store is away.", 1.0)

    if not writes:
        patch.setattr(house.engine, "write_all", away)
    await house.room.panics.take_up()
    try:
        yield Street(house)
    finally:
        patch.undo()
        house.room.panics.stop()
        await house.close()


async def covered(street: Street) -> bool:
    held = await street.house.room.snapshots.of("square")
    assert held is not None
    return held.snapshot.wall.panic


async def stored(street: Street, on: bool) -> bool:
    row = await street.house.engine.wall("square")
    return row is not None and row.panic is on and not (folder_of(street) / "panic.json").exists()


def folder_of(street: Street) -> Path:
    return street.house.settings.folder


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch_env(monkeypatch)


async def test_a_press_outlives_kill_and_a_second_start_without_the_store(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    await killed(folder, "on")
    async with opened(folder, writes=False) as street:
        assert await covered(street), "before anything is served"
        state = value(await street.get(WALL, key=True))
        assert (state["on"], state["stored"]) == (True, False) and state["since_ms"] > 0
        since = state["since_ms"]
    street = await open_street(folder)
    assert await covered(street)
    await until(lambda: stored(street, True))
    state = value(await street.get(WALL, key=True))
    assert (state["on"], state["stored"], state["since_ms"]) == (True, True, since)
    assert value(await street.post(WALL, {"on": False}))["stored"] is True
    await street.house.stop()
    street = await open_street(folder)
    assert not await covered(street), "what was stored is not taken up twice"
    await street.house.stop()


async def test_the_last_press_is_the_one_that_counts(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    street = await open_street(folder)
    value(await street.post(WALL, {"on": True}))
    await street.house.stop()
    await killed(folder, "off", "on", "off")
    async with opened(folder, writes=False) as street:
        assert not await covered(street)
    async with opened(folder) as street:
        await until(lambda: stored(street, False))


async def test_a_later_press_in_the_store_wins(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    await killed(folder, "on")
    left = (folder / "panic.json").read_bytes()
    async with opened(folder) as street:
        await until(lambda: stored(street, True))
        value(await street.post(WALL, {"on": False}))
    (folder / "panic.json").write_bytes(left)  # as if another node had pressed since
    async with opened(folder) as street:
        assert not await covered(street) and not (folder / "panic.json").exists()


@pytest.mark.parametrize(
    "left", [b"", b"{", b'{"square":1}', b'{"nowhere":{"on":true,"by":"x","since_ms":9}}']
)
async def test_a_file_that_says_nothing_true_covers_nothing(tmp_path: Path, left: bytes) -> None:
    folder = tmp_path / "house"
    street = await open_street(folder)
    await street.house.stop()
    (folder / "panic.json").write_bytes(left)
    async with opened(folder) as street:
        assert not await covered(street)
        assert value(await street.post(WALL, {"on": True}))["stored"] is True


async def test_a_folder_that_takes_nothing_delays_no_panic(
    shaky: Shaky, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "parvis.web")
    street = shaky.street

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    shaky.breaks()
    with monkeypatch.context() as patch:
        patch.setattr(Presses, "write", full)
        for on in (True, False, True):
            assert value(await street.post(WALL, {"on": on}), 202)["stored"] is False
        assert await covered(street)
    value(await street.post(WALL, {"on": True}), 202)
    kept = json.loads((folder_of(street) / "panic.json").read_bytes())
    assert kept["square"]["on"] is True
    said = [each.message for each in caplog.records if each.message.startswith("panic.")]
    assert [each for each in said if "kept" in each] == ["panic.unkept", "panic.kept"]
    await shaky.heals()
    await until(lambda: stored(street, True))


def test_a_write_that_breaks_off_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    presses = Presses(tmp_path)
    (tmp_path / "panic.json").write_bytes(b"{}")

    def breaks(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", breaks)
    with pytest.raises(OSError, match="Input/output"):
        presses.write({"square": Pressed(True, "person:owner", 1)})
    assert [path.name for path in tmp_path.iterdir()] == ["panic.json"]
    assert presses.read() == {}
