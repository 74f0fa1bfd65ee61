"""Picks the engine by its address."""

from __future__ import annotations

from pathlib import Path

from parvis.core.errors import Refused
from parvis.core.ports import Clock
from parvis.engine import Engine
from parvis.engine.store import wall_clock


async def open_engine(
    address: str | Path, *, clock: Clock = wall_clock, blobs_dir: Path | None = None
) -> Engine:
    """A folder opens the embedded engine, `postgresql://…` the store on PostgreSQL.

    `blobs_dir` is where media lie (default: in the data folder; PostgreSQL needs it). Raises
    `Refused` with one sentence when the store cannot be opened, `Later` when it does not answer.
    """
    text = str(address)
    if text.startswith(("postgresql://", "postgres://", "postgresql+asyncpg://")):
        from parvis.engine.cluster.engine import open_cluster

        return await open_cluster(text, clock=clock, blobs_dir=blobs_dir)
    if "://" in text:
        scheme = text.split("://", 1)[0]
        raise Refused(f"No engine is known for {scheme}://: give a data folder or postgresql://…")
    from parvis.engine.embedded.engine import open_embedded

    return await open_embedded(Path(address), clock=clock, blobs_dir=blobs_dir)
