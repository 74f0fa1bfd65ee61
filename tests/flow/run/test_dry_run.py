"""--dry-run says what would change and changes nothing: not a byte, not a folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from parvis.core.errors import Refused
from parvis.run import cli
from parvis.run.dry_run import dry_run
from parvis.run.settings import load
from parvis.run.wire_up import open_house
from tests.street import EVENT


def files(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
    }


async def test_a_folder_that_is_not_there_stays_so(tmp_path: Path) -> None:
    settings = load({"data": str(tmp_path / "data")}, {})
    applied = await dry_run(settings, EVENT, "event.toml")
    assert applied.said[0] == "wall square: made" and applied.dry
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_is_there_keeps_every_byte(tmp_path: Path) -> None:
    settings = load({"data": str(tmp_path / "data")}, {})
    house = await open_house(settings)
    await house.declaring.apply(EVENT)
    await house.close()
    before = files(tmp_path)
    assert "data/parvis.sqlite3" in before
    assert (await dry_run(settings, EVENT, "event.toml")).said == ()
    other = EVENT.replace("The <square>", "Other")
    assert (await dry_run(settings, other, "event.toml")).said == ("wall square: changed (title)",)
    assert files(tmp_path) == before


async def test_what_is_still_in_the_log_of_the_store_counts(tmp_path: Path) -> None:
    settings = load({"data": str(tmp_path / "data")}, {})
    house = await open_house(settings)
    await house.declaring.apply(EVENT)
    assert (tmp_path / "data" / "parvis.sqlite3-wal").stat().st_size > 0
    assert (await dry_run(settings, EVENT, "event.toml")).said == ()
    await house.close()


async def test_what_applying_refuses_it_refuses(tmp_path: Path) -> None:
    (tmp_path / "parvis.sqlite3").mkdir()
    with pytest.raises(Refused, match="cannot be read"):
        await dry_run(load({"data": str(tmp_path)}, {}), EVENT, "event.toml")
    with pytest.raises(Refused, match="declares no wall"):
        await dry_run(load({"data": str(tmp_path / "data")}, {}), "", "event.toml")


def test_the_command_leaves_no_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "event.toml").write_text(EVENT)
    monkeypatch.chdir(tmp_path)
    before = files(tmp_path)
    assert cli.main(["up", "event.toml", "--dry-run"]) == 0
    assert "event.toml: would change\n  wall square: made\n" in capsys.readouterr().out
    assert files(tmp_path) == before
