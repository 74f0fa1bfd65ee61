"""The data folder: its owner, its file, its blobs, and what opening says when it cannot."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa

from parvis.core.errors import Later, Refused
from parvis.engine.blobs import FolderBlobs
from parvis.engine.embedded.engine import Embedded
from parvis.engine.embedded.owner import Owner, owner_of
from parvis.engine.open import open_engine
from tests.engines import fill, put_wall

HOLD = """
import sys
from pathlib import Path
from parvis.engine.embedded.owner import Owner
owner = Owner(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


async def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    engine = await open_engine(tmp_path)
    with pytest.raises(Refused) as refused:
        await open_engine(tmp_path)
    assert str(refused.value) == (
        f"{tmp_path} is already used by parvis (process {os.getpid()}). "
        "Stop it, or give another folder with --data."
    )
    await fill(engine, 1)
    await engine.close()
    await (await open_engine(tmp_path)).close()


def test_a_killed_owner_leaves_the_folder_free(tmp_path: Path) -> None:
    src = str(Path(__file__).parents[3] / "src")
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": src},
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(Refused, match=rf"\(process {child.pid}\)"):
            Owner(tmp_path)
        child.kill()
    owner = Owner(tmp_path)
    assert owner_of(tmp_path) == os.getpid()
    owner.release()
    owner.release()


def test_a_folder_that_was_never_owned(tmp_path: Path) -> None:
    assert owner_of(tmp_path) == 0
    (tmp_path / "owner.lock").write_text("nonsense")
    assert owner_of(tmp_path) == 0


async def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "parvis.sqlite3").write_bytes(b"no store at all " * 512)
    with pytest.raises(Refused, match="damaged or no store of parvis"):
        await open_engine(tmp_path)
    (tmp_path / "parvis.sqlite3").unlink()
    await (await open_engine(tmp_path)).close()


async def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(Refused, match="cannot be used"):
        await open_engine(tmp_path / "data")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("mysql://host/db", "No engine is known for mysql://"),
        ("postgresql://h:notaport/db", "cannot be read"),
        ("postgresql://host/db", "media need a folder"),
    ],
)
async def test_an_address_that_opens_nothing(address: str, says: str, tmp_path: Path) -> None:
    blobs = None if "media" in says else tmp_path
    with pytest.raises(Refused, match=says):
        await open_engine(address, blobs_dir=blobs)


async def test_a_server_that_is_not_there_is_later(tmp_path: Path) -> None:
    with pytest.raises(Later, match="does not answer") as later:
        await open_engine(f"postgresql://me:secret@/db?host={tmp_path}", blobs_dir=tmp_path)
    assert "secret" not in str(later.value)


async def test_a_database_that_is_not_there_is_named(postgresql_url: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no database nothing_here"):
        await open_engine(
            postgresql_url.replace("/postgres?", "/nothing_here?"), blobs_dir=tmp_path
        )


async def test_without_its_driver_postgresql_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Refused, match=r"pip install 'parvis\[postgresql\]'"):
        await open_engine("postgresql://host/db", blobs_dir=tmp_path)


async def test_a_store_call_on_the_loop_is_refused_when_debugging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARVIS_DEBUG", "1")
    engine = cast(Embedded, await open_engine(tmp_path))
    await engine.write(put_wall())
    for sync in (engine._writing, engine._reading):
        with (
            pytest.raises(RuntimeError, match="on the event loop"),
            sync.connect() as conn,
        ):
            conn.execute(sa.text("select 1"))
    await engine.close()


async def test_a_reader_cannot_write(tmp_path: Path) -> None:
    engine = cast(Embedded, await open_engine(tmp_path))
    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        await engine._read(lambda conn: conn.execute(sa.text("delete from wall")))
    await engine.close()


async def test_blobs_are_kept_once_by_content(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    body = b"\x89PNG" * 100
    names = await asyncio.gather(*[blobs.put(body, "image/png") for _ in range(20)])
    sha256 = hashlib.sha256(body).hexdigest()
    assert set(names) == {sha256}
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [tmp_path / sha256[:2] / sha256]
    assert await blobs.open(sha256) == body
    await blobs.drop(sha256)
    await blobs.drop(sha256)
    with pytest.raises(Refused, match="no file"):
        await blobs.open(sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "AB" * 32, "a" * 63, "/" * 64])
async def test_a_blob_is_named_by_its_hash_alone(name: str, tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    for asked in (blobs.open(name), blobs.drop(name)):
        with pytest.raises(Refused, match="sha256"):
            await asked


async def test_a_store_without_its_version_is_refused(tmp_path: Path) -> None:
    await (await open_engine(tmp_path)).close()
    with sqlite3.connect(tmp_path / "parvis.sqlite3") as file:
        file.execute("delete from alembic_version")
    with pytest.raises(Refused, match="damaged or no store of parvis"):
        await open_engine(tmp_path)


async def test_a_folder_in_the_stores_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "parvis.sqlite3").mkdir()
    with pytest.raises(Refused, match="damaged or no store of parvis"):
        await open_engine(tmp_path)


async def test_a_store_that_breaks_under_way_is_told_as_passing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = await open_engine(tmp_path)
    await engine.write(put_wall())
    for file in tmp_path.glob("parvis.sqlite3*"):
        with file.open("r+b") as broken:
            broken.write(b"\xff" * file.stat().st_size)
    for _ in range(2):
        with pytest.raises(Later, match="damaged"):
            await engine.write(put_wall(title="Other"))
    with pytest.raises(Later):
        await engine.walls()
    await engine.close()
    assert [record.message for record in caplog.records] == ["store.damaged"]


async def test_what_a_crash_left_half_written_is_removed_once_it_is_old(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    kept = await blobs.put(b"whole", "image/jpeg")
    half = tmp_path / kept[:2] / ".half"
    half.write_bytes(b"wh")
    written_ms = int(half.stat().st_mtime * 1000)
    assert await blobs.tidy(written_ms - 1_000) == 0
    assert await blobs.tidy(written_ms + 1_000) == 1
    assert not half.exists()
    assert await blobs.open(kept) == b"whole"
