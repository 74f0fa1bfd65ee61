"""What differs on systems that the tests do not run on, asked under the system's name."""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from parvis.engine import whole_file
from parvis.run.commands import up
from parvis.run.settings import Settings
from parvis.web.live.hub import Hub
from parvis.web.live.server import SOCKET_NAME, Server
from tests.memory_wall import MemoryWall


@pytest.mark.parametrize(("system", "sentences"), [("win32", 1), ("linux", 0), ("darwin", 0)])
def test_windows_is_told_what_does_not_work_there(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    system: str,
    sentences: int,
) -> None:
    async def serve(*_: object, **__: object) -> int:
        return 0

    monkeypatch.setattr(up.Serving, "serve", serve)
    monkeypatch.setattr(sys, "setswitchinterval", lambda _: None)
    monkeypatch.setattr(sys, "platform", system)
    words = {"event": None, "data": str(tmp_path), "host": None, "port": 0, "public_url": None}
    status = up.run(argparse.Namespace(**words, demo=False, dry_run=False, recipe=None))
    said = capsys.readouterr().err
    assert (status, said.count("\n")) == (0, sentences)
    assert ("no local socket" in said) is bool(sentences)


@pytest.mark.parametrize(("system", "there"), [("win32", False), ("linux", True)])
async def test_where_there_are_no_local_sockets_it_serves_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: str, there: bool
) -> None:
    def nobody(*_: object) -> NoReturn:
        raise AssertionError("nothing is asked")

    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    hub = Hub(MemoryWall().engine())
    server = Server(nobody, hub, nobody, data=tmp_path, ready=ready.set_result, signals=False)
    monkeypatch.setattr("parvis.web.live.server.sys.platform", system)
    serving = asyncio.create_task(server.serve())
    assert (await asyncio.wait_for(ready, 10)).startswith("http://")
    assert (tmp_path / SOCKET_NAME).exists() is there
    server.stop()
    await serving
    assert not (tmp_path / SOCKET_NAME).exists()


def failing(*_: object) -> None:
    raise OSError


@pytest.mark.parametrize(
    ("system", "full", "asked"),
    [
        ("linux", None, ["fsync"]),
        ("darwin", lambda *_: None, []),
        ("darwin", failing, ["fsync"]),
    ],
)
def test_a_file_goes_to_the_disk_and_not_to_its_cache(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    system: str,
    full: Callable[..., None] | None,
    asked: list[str],
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append("fsync"))
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    if full is not None:
        monkeypatch.setattr(fcntl, "fcntl", full)
    with (tmp_path / "file").open("wb") as file, monkeypatch.context() as patch:
        patch.setattr(sys, "platform", system)
        whole_file._sync(file.fileno())
    assert synced == asked


def test_a_second_signal_does_not_wait_for_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended(Exception):
        pass

    def end(status: int) -> None:
        assert status == 130
        raise Ended

    monkeypatch.setattr(os, "_exit", end)
    serving = up.Serving(Settings())
    busy = asyncio.new_event_loop()
    serving._heard(busy)
    with pytest.raises(Ended):
        serving._heard(busy)
    busy.close()
    up.Serving(Settings())._heard(busy)
