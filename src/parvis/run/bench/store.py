"""The store beside the bare driver: the same rows, the same schema, the same pragmas, batches of
fifty posts in one transaction each.
"""

from __future__ import annotations

import asyncio
import math
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from parvis.core.post import Author, Post
from parvis.core.wall import SourceSpec, Wall
from parvis.engine import Engine, Write
from parvis.engine.change import PutSource, PutWall
from parvis.engine.open import open_engine
from parvis.engine.tables import metadata
from parvis.flow.keep import Hashed, first_sight
from parvis.run.bench.postgresql import Server
from parvis.run.bench.process import Absent
from parvis.run.bench.row import Row, median

POSTS = 5_000
BATCH = 50
NOW_MS = 1_764_000_000_000
SOURCE = SourceSpec(id="bench-in", wall="bench", plugin="webhook")
NOTE = "the bare driver inserts the very rows that the store wrote, without reading or counting"

Table = tuple[str, tuple[str, ...], list[tuple[Any, ...]]]


def posts() -> list[Post]:
    """Posts of about one kilobyte, by a thousand authors."""
    made = []
    for number in range(POSTS):
        name = f"ada{number % 1000}"
        author = Author(f"test:example.org:{name}", f"@{name}@example.org", name)
        text = " ".join(f"word{number}x{place}" for place in range(70))
        made.append(
            Post(
                key=f"test:example.org:{number}", network="test", text=text, author=author,
                created_at_ms=NOW_MS + number, received_at_ms=NOW_MS + number, version="1",
                permalink=f"https://example.org/@{name}/{number}",
            )
        )  # fmt: skip
    return made


async def through_the_store(engine: Engine) -> float:
    """Posts a second through `Engine.write`, fifty at a time; each is a write of its own."""
    await engine.write(Write((PutWall(Wall(id="bench", title="Bench")), PutSource(SOURCE))))
    writes = [first_sight(Hashed(post, post.key), SOURCE, NOW_MS) for post in posts()]
    began = time.perf_counter()
    for start in range(0, POSTS, BATCH):
        await engine.write_all(writes[start : start + BATCH])
    took = time.perf_counter() - began
    head = await engine.head("bench")
    if head != POSTS:
        raise RuntimeError(f"{POSTS} posts were sent and the journal has {head} events")
    return POSTS / took


def in_batches(tables: list[Table], insert: Callable[[Table, list[tuple[Any, ...]]], None]) -> None:
    """Each table's rows in as many parts as there are batches of posts."""
    count = math.ceil(POSTS / BATCH)
    for number in range(count):
        for table in tables:
            size = math.ceil(len(table[2]) / count)
            rows = table[2][number * size : (number + 1) * size]
            if rows:
                insert(table, rows)
        insert(("", (), []), [])  # the end of a batch


def sqlite(rounds: int, tell: Callable[[float], None]) -> Row:
    """The embedded store beside sqlite3."""
    figures: list[tuple[float, float]] = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory(prefix="parvis-bench-") as folder:
            figures.append(asyncio.run(_sqlite(Path(folder))))
        tell((number + 1) / rounds)
    return _row("store sqlite", figures, "sqlite3", "≥ 0.5")


async def _sqlite(folder: Path) -> tuple[float, float]:
    engine = await open_engine(folder / "product")
    ours = await through_the_store(engine)
    await engine.close()
    empty = await open_engine(folder / "bare")
    await empty.close()
    file = next((folder / "product").glob("*.sqlite3")).name
    with closing(sqlite3.connect(folder / "product" / file)) as connection:
        tables = _read(lambda query: connection.execute(query).fetchall())
    return ours, await asyncio.to_thread(_bare_sqlite, folder / "bare" / file, tables)


def _bare_sqlite(file: Path, tables: list[Table]) -> float:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        pragmas = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "cache_size=-16384")
        for pragma in pragmas:
            connection.execute(f"pragma {pragma}")
        open_now = False

        def insert(table: Table, rows: list[tuple[Any, ...]]) -> None:
            nonlocal open_now
            if not rows:
                connection.execute("commit")
                open_now = False
                return
            if not open_now:
                connection.execute("begin immediate")
                open_now = True
            marks = ", ".join("?" for _ in table[1])
            connection.executemany(f"{_into(table)} values ({marks})", rows)

        began = time.perf_counter()
        in_batches(tables, insert)
        return POSTS / (time.perf_counter() - began)


def postgresql(rounds: int, tell: Callable[[float], None]) -> Row:
    """The store on PostgreSQL beside asyncpg. Raises `Absent`."""
    try:
        import asyncpg  # noqa: F401 - only asked whether it is there
    except ImportError:
        raise Absent("asyncpg is not installed") from None
    figures: list[tuple[float, float]] = []
    with Server() as server:
        for number in range(rounds):
            figures.append(asyncio.run(_postgresql(server, number)))
            tell((number + 1) / rounds)
    return _row("store postgresql", figures, "asyncpg", "≥ 0.6")


async def _postgresql(server: Server, number: int) -> tuple[float, float]:
    import asyncpg

    product, bare = server.create(f"product_{number}"), server.create(f"bare_{number}")
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as folder:
        engine = await open_engine(product, blobs_dir=Path(folder))
        ours = await through_the_store(engine)
        await engine.close()
        await (await open_engine(bare, blobs_dir=Path(folder))).close()
    connection = await asyncpg.connect(product)
    tables = [
        (name, columns, [tuple(row) for row in await connection.fetch(query)])
        for name, columns, query in _queries()
    ]
    await connection.close()
    connection = await asyncpg.connect(bare)
    parts: list[list[tuple[Table, list[tuple[Any, ...]]]]] = [[]]

    def collect(table: Table, rows: list[tuple[Any, ...]]) -> None:
        parts[-1].append((table, rows)) if rows else parts.append([])

    in_batches([table for table in tables if table[2]], collect)
    began = time.perf_counter()
    for part in parts:
        async with connection.transaction():
            for table, rows in part:
                marks = ", ".join(f"${place + 1}" for place in range(len(table[1])))
                await connection.executemany(f"{_into(table)} values ({marks})", rows)
    took = time.perf_counter() - began
    await connection.close()
    return ours, POSTS / took


def _row(name: str, figures: list[tuple[float, float]], against: str, wanted: str) -> Row:
    ratios = [ours / bare for ours, bare in figures]
    spread = f"ratios {', '.join(f'{ratio:.2f}' for ratio in ratios)}"
    return Row(
        name, median([ours for ours, _bare in figures]), "posts/s", against, median(ratios), wanted,
        f"{spread}; {NOTE}",
    )  # fmt: skip


def _queries() -> list[tuple[str, tuple[str, ...], str]]:
    found = []
    for table in metadata.sorted_tables:
        columns = tuple(column.name for column in table.columns)
        found.append((table.name, columns, str(sa.select(table))))
    return found


def _read(fetch: Callable[[str], list[tuple[Any, ...]]]) -> list[Table]:
    """Every table that has rows; those the migration fills are left out."""
    tables = [(name, columns, fetch(query)) for name, columns, query in _queries()]
    return [table for table in tables if table[2]]


def _into(table: Table) -> str:
    columns = ", ".join(f'"{column}"' for column in table[1])
    return f'insert into "{table[0]}" ({columns})'
