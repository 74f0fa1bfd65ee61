"""A store without room: what is kept stays, reading goes on, and it heals by itself."""

from __future__ import annotations

import contextlib
import logging
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from parvis.core.errors import Later
from parvis.engine import Write
from parvis.engine.change import ErasePost
from parvis.engine.embedded import ballast
from parvis.engine.embedded.engine import Embedded
from parvis.engine.open import open_engine
from tests.engines import decided, put_wall, seen
from tests.posts import post

SIZE = 2 << 20


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path | None]:
    """A disk of 2 MiB, where this user may mount one."""
    with _disk(tmp_path / "small", SIZE) as folder:
        yield folder


@pytest.fixture
def larger(tmp_path: Path) -> Iterator[Path | None]:
    """One that has room for a ballast."""
    with _disk(tmp_path / "larger", 3 * ballast.SIZE) as folder:
        yield folder


@contextlib.contextmanager
def _disk(folder: Path, size: int) -> Iterator[Path | None]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "parvis-test", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield folder if mounted else None
    if mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_full_disk_says_so_and_heals(
    small: Path | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "parvis.engine")
    folder = (small or tmp_path) / "data"
    engine = cast(Embedded, await open_engine(folder))
    await engine.write(put_wall())
    ballast = folder / "ballast"
    if small is None:  # no right to mount: the file may not grow instead
        await engine._act(lambda conn: conn.exec_driver_sql("pragma max_page_count=100"))
    else:
        ballast.write_bytes(bytes(SIZE // 4))
    kept = 0
    with pytest.raises(Later, match="full"):
        while True:
            await engine.write(seen(post(kept + 1, text="x" * 20_000)))
            kept += 1
    assert kept
    for _ in range(3):
        with pytest.raises(Later, match="free some space") as refused:
            await engine.write(seen(post(kept + 1, text="x" * 400_000)))
        assert refused.value.retry_after_s > 0
    assert await engine.counts("square") == {"new": kept}
    assert await engine.snapshot_of_wall("square") is not None
    if small is None:
        await engine._act(lambda conn: conn.exec_driver_sql("pragma max_page_count=100000"))
    else:
        ballast.unlink()
    await engine.write(seen(post(kept + 1)))
    assert await engine.head("square") == kept + 1
    assert [record.message for record in caplog.records] == ["store.full", "store.healed"]
    await engine.close()


async def test_what_people_do_goes_through_on_a_full_disk(
    larger: Path | None, caplog: pytest.LogCaptureFixture
) -> None:
    if larger is None:
        pytest.fail("this test mounts a small disk: run it as root")
    caplog.set_level(logging.INFO, "parvis.engine")
    engine = cast(Embedded, await open_engine(larger / "data"))
    assert (larger / "data" / "ballast").stat().st_size == ballast.SIZE
    await engine.write(put_wall())
    for number in (1, 2):
        await engine.write(seen(post(number)))
    fill = larger / "fill"
    _fill(fill)
    with pytest.raises(Later, match="full"):
        for number in range(3, 999):
            await engine.write(seen(post(number, text="x" * 4_000)))
    _fill(fill)
    for rev in range(200):  # a moderator who changes their mind
        await engine.write(decided(post(1), "approved" if rev % 2 else "rejected", rev))
        with pytest.raises(Later, match="full"):
            await engine.write(seen(post(1000 + rev)))
    await engine.write(put_wall(panic=True))
    await engine.write(Write((ErasePost(post(2).key, "h" * 64),)))
    assert not (larger / "data" / "ballast").exists()
    fill.unlink()
    engine._writer._ballast._next = 0.0
    await engine.write(seen(post(3000)))
    assert (larger / "data" / "ballast").exists()
    assert [record.message for record in caplog.records] == ["store.full", "store.healed"]
    await engine.close()


def _fill(file: Path) -> None:
    """Until nothing fits any more."""
    with file.open("ab", buffering=0) as out, contextlib.suppress(OSError):
        while True:
            out.write(bytes(4096))


async def test_a_full_disk_keeps_no_half_file(small: Path | None, tmp_path: Path) -> None:
    if small is None:
        pytest.fail("this test mounts a small disk: run it as root")
    engine = await open_engine(tmp_path / "data", blobs_dir=small)
    with pytest.raises(Later, match="full"):
        await engine.blobs.put(bytes(SIZE + 1), "image/png")
    assert [path for path in small.rglob("*") if path.is_file()] == []
    sha256 = await engine.blobs.put(b"small", "image/png")
    assert await engine.blobs.open(sha256) == b"small"
    await engine.close()
