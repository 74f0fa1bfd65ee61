"""A migration that is killed half-way never happened, and is finished at the next open."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines import place_of, put_wall

STOPPED_HALF_WAY = """
import asyncio, os, signal, sys
from pathlib import Path
from alembic.operations import Operations
from parvis.engine.open import open_engine

make, made = Operations.create_table, []

def counted(self, *args, **kw):
    made.append(1)
    if len(made) == 9:
        os.kill(os.getpid(), signal.SIGKILL)
    return make(self, *args, **kw)

Operations.create_table = counted
import alembic.op
alembic.op.create_table = lambda *a, **k: counted(alembic.op._proxy, *a, **k)
asyncio.run(open_engine(sys.argv[1], blobs_dir=Path(sys.argv[2])))
"""


@pytest.mark.parametrize("kind", ["embedded", "postgresql"])
async def test_a_killed_migration_finishes_at_the_next_open(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    place = place_of(kind, request, tmp_path)
    if kind == "postgresql":
        place.address = request.getfixturevalue("postgresql_database")
    root = Path(__file__).parents[3]
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", STOPPED_HALF_WAY, place.address, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    engine = await place.open()
    await engine.write(put_wall())
    assert [wall.id for wall in await engine.walls()] == ["square"]
    await place.close()
    place.check()
