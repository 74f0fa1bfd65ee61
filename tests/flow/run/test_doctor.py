"""What the doctor finds, told of a folder that nobody serves."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from pathlib import Path

import pytest

from parvis.run.commands import doctor
from parvis.run.settings import load
from parvis.run.wire_up import open_house
from parvis.web import room
from tests.receiver import BRIDGE
from tests.street import EVENT, KEY, SECRET


def examine(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit status and what is printed."""
    status = doctor.run(Namespace(data=str(folder)))
    return status, capsys.readouterr().out


def declare(folder: Path, event: str, **settings: object) -> None:
    async def apply() -> None:
        house = await open_house(load({"data": str(folder), "key": KEY, **settings}, {}))
        await house.declaring.apply(event)
        await house.close()

    asyncio.run(apply())


def test_a_folder_that_is_not_there_yet_is_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = examine(tmp_path / "data", capsys)
    assert status == 0 and "does not exist yet" in said and "MEND" not in said
    assert not (tmp_path / "data").exists(), "the doctor looks and leaves"


def test_each_source_says_how_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)
    folder = tmp_path / "data"
    declare(folder, EVENT)
    status, said = examine(folder, capsys)
    assert status == 0, said
    assert "ok    square, source hook: Waits to be called." in said
    assert "ok    square, source signed: Waits to be called." in said
    assert "The store is sound" in said and "GB are free" in said
    monkeypatch.delenv("TEST_WEBHOOK_SECRET")
    status, said = examine(folder, capsys)
    assert status == 1
    assert "MEND  square, source signed: The credential secret is empty; set the " in said
    assert "ok    square, source hook" in said


def test_a_source_that_is_switched_off_is_not_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    declare(tmp_path, EVENT.replace('id = "signed"\n', 'id = "signed"\nenabled = false\n'))
    status, said = examine(tmp_path, capsys)
    assert status == 0 and "signed" not in said


def test_each_bridge_says_how_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)
    declare(tmp_path, EVENT + BRIDGE.format(url="https://other.example/hook"))
    status, said = examine(tmp_path, capsys)
    assert status == 0 and "it can be opened, and has told nothing yet" in said
    monkeypatch.delenv("TEST_WEBHOOK_SECRET")
    status, said = examine(tmp_path, capsys)
    assert status == 1 and "MEND  square, bridge " in said


def test_what_a_person_can_mend_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "static_folder", lambda: tmp_path / "nowhere")
    monkeypatch.setattr(doctor, "DISK_BYTES", 2**62)
    monkeypatch.setattr(doctor, "STANDS_ON", ("uvicorn", "never-made"))
    status, said = examine(tmp_path, capsys)
    assert status == 1
    for mend in ("front end is not built", "make room", "never-made is not installed"):
        assert mend in said
    assert room.static_folder() != tmp_path


def test_settings_that_are_wrong_are_all_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "parvis.toml").write_text("port = 'x'\n")
    status, said = examine(tmp_path, capsys)
    assert status == 1 and said.startswith("MEND") and said.count("\n") == 1


def test_a_public_address_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "parvis.toml").write_text('public_url = "https://wall.example"\n')
    status, said = examine(tmp_path, capsys)
    assert status == 0 and "come to https://wall.example" in said
