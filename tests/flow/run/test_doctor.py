"""What the doctor finds, told of a folder that nobody serves."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from datetime import datetime
from pathlib import Path

import pytest

from parvis.engine import Write
from parvis.engine.change import PutHealth
from parvis.run.commands import doctor
from parvis.run.settings import load
from parvis.run.wire_up import open_house
from parvis.web import room
from tests.receiver import BRIDGE
from tests.street import EVENT, KEY, SECRET

PEM = Path(__file__).parents[2] / "contract" / "web" / "fixtures" / "localhost.pem"


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
    assert "ok    square, source hook" in said and "since" not in said


def test_what_is_broken_says_since_when(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_WEBHOOK_SECRET", raising=False)
    declare(tmp_path, EVENT)

    async def broke() -> None:
        house = await open_house(load({"data": str(tmp_path), "key": KEY}, {}))
        health = PutHealth("signed", "square", False, "It is empty.", 1_790_000_000_000)
        await house.engine.write(Write((health,)))
        await house.close()

    asyncio.run(broke())
    status, said = examine(tmp_path, capsys)
    at = datetime.fromtimestamp(1_790_000_000).isoformat(" ", "minutes")
    (line,) = [line for line in said.splitlines() if " signed: " in line]
    assert status == 1 and line.endswith(f"start it again. (since {at})")


@pytest.mark.parametrize(
    ("written", "only_here"),
    [
        ("", True),
        ('host = "::1"', True),
        ('host = "localhost"', True),
        ('host = "0.0.0.0"', False),
        ('public_url = "https://wall.example"', False),
    ],
)
def test_a_wall_that_no_phone_can_open_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], written: str, only_here: bool
) -> None:
    (tmp_path / "parvis.toml").write_text(written)
    status, said = examine(tmp_path, capsys)
    assert status == 0
    assert ("note  Only this machine can open these pages, so" in said) is only_here


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


def test_a_certificate_that_was_given_is_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARVIS_TLS_CERT", str(PEM))
    assert f"ok    The certificate {PEM} can be used until 2" in examine(tmp_path, capsys)[1]
    monkeypatch.setattr(doctor, "wall_clock", lambda: 2**45)
    status, said = examine(tmp_path, capsys)
    assert status == 1 and f"MEND  The certificate {PEM} ended on 2" in said
    monkeypatch.setenv("PARVIS_TLS_CERT", str(tmp_path / "none.pem"))
    status, said = examine(tmp_path, capsys)
    assert status == 1 and "MEND  tls_cert is" in said and "cannot be read" in said


def test_a_notice_without_anybody_responsible_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, said = examine(tmp_path, capsys)
    assert status == 0 and "note  No contact is set" in said
    monkeypatch.setenv("PARVIS_CONTACT", "Maud, maud@port.example")
    assert "No contact" not in examine(tmp_path, capsys)[1]
