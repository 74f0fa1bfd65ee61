"""Engines for tests: both kinds behind one door, and the writes that tests make of them."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from parvis.core.event import CardShown, PostDecided, PostSeen
from parvis.core.post import Post
from parvis.core.verdict import Decision, State
from parvis.core.wire import Card
from parvis.engine import Engine, Write
from parvis.engine.change import Decide, PutCard, PutPlacement, PutPost, PutWall, Told
from parvis.engine.open import open_engine
from parvis.engine.tables import metadata
from parvis.plug.testkit import ManualClock
from tests.postgresql import Server
from tests.posts import NOW_MS, post, wall
from tests.waiting import until

KINDS = ("embedded", "postgresql")
LATER = (
    *("act", "blob", "claim", "featured", "pass", "person", "pinned", "screen", "session"),
    "tally",
)
BEFORE_ENDS = (
    "drop index rights_by_end",
    "alter table rights drop column until_ms",
    *(f"drop table if exists {name}" for name in LATER),
)
"""What makes of a store one that stands before the revision 0003."""


@dataclass
class Place:
    """Where a store lies; it can be opened again, or as another node."""

    kind: str
    address: str
    blobs: Path
    clock: ManualClock = field(default_factory=ManualClock)
    opened: list[Engine] = field(default_factory=list)
    server: Server | None = None

    async def open(self) -> Engine:
        """One more engine on this store (PostgreSQL), or the one (embedded)."""
        engine = await open_engine(self.address, clock=self.clock, blobs_dir=self.blobs)
        self.opened.append(engine)
        return engine

    async def close(self) -> None:
        """Close every engine that was opened here."""
        for engine in self.opened:
            await engine.close()

    async def settled(self) -> None:
        """Until what a killed node had under way is done or undone: a server finishes the statement
        of a client that is gone.
        """
        server = self.server
        if server is None:
            return
        database = self.address.partition("@/")[2].partition("?")[0]
        others = (
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        await until(lambda: server.sql(others, database).strip() == "0", within_s=60)

    def everything(self) -> str:
        """All that the closed store holds, as one text: to look for what must not be there."""
        if self.server is None:
            folder = Path(self.address)
            files = [path for path in folder.iterdir() if path.is_file()]
            return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files)
        database = self.address.partition("@/")[2].partition("?")[0]
        table = 'select t::text from "{}" t'
        asked = (table.format(name) for name in metadata.tables)
        return "\n".join(self.server.sql(statement, database) for statement in asked)

    def check(self) -> None:
        """The closed file is whole (PostgreSQL keeps its own checks)."""
        if self.server is None:
            with sqlite3.connect(Path(self.address) / "parvis.sqlite3") as db:
                assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
            db.close()


@pytest.fixture(scope="session")
def store_database(postgresql_server: Server) -> Iterator[tuple[Server, str]]:
    """One database for many tests: making and migrating one takes longer than most of them."""
    name = postgresql_server.create_database()
    yield postgresql_server, name
    postgresql_server.drop_database(name)


def emptied(server: Server, name: str) -> str:
    """The database's address, with empty tables if it has any."""
    truncate = """
        do $$ declare tables text := (
            select string_agg(quote_ident(tablename), ',') from pg_tables
            where schemaname = 'public' and tablename <> 'alembic_version');
        begin if tables is not null then execute 'truncate ' || tables; end if; end $$
    """
    server.sql(truncate, name)
    return server.url(name)


def place_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> Place:
    """An empty store of this kind."""
    if kind == "embedded":
        return Place(kind, str(folder / "data"), folder / "data" / "blobs")
    server, name = request.getfixturevalue("store_database")
    return Place(kind, emptied(server, name), folder / "blobs", server=server)


def put_wall(id: str = "square", **more: Any) -> Write:
    return Write((PutWall(wall(**{"id": id, "title": "The square", **more})),))


def seen(
    item: Post, on: str = "square", *, print_: str = "", source: str = "hook", key: str = ""
) -> Write:
    """A new post on a wall, with its event."""
    author = item.author.key if item.author else ""
    placement = PutPlacement(on, item.key, source, item.received_at_ms, print_, author)
    told = Told(on, PostSeen(item.key, source))
    return Write((PutPost(item, print_), placement), (told,), key=key)


def decided(
    item: Post,
    state: State = "approved",
    rev: int = 0,
    *,
    on: str = "square",
    by: str = "rule:test",
    why: str = "Because.",
) -> Write:
    """A decision on a post, with its event."""
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{on}/{item.key}/{rev}/{state}").hex
    decision = Decision(state, by, why, NOW_MS + rev)
    told = Told(on, PostDecided(item.key, state, name))
    return Write((Decide(on, item.key, decision, rev, name),), (told,))


def card_of(item: Post) -> Card:
    return Card(item.key, item.network, item.text, 0, NOW_MS, item.created_at_ms)


def shown(item: Post, on: str = "square") -> Write:
    """The post's card on the wall, with its event."""
    return Write((PutCard(on, card_of(item)),), (Told(on, CardShown(item.key)),))


def both(*writes: Write, key: str = "") -> Write:
    """The writes as one."""
    return Write(
        tuple(change for write in writes for change in write.changes),
        tuple(told for write in writes for told in write.events),
        key=key,
    )


async def fill(engine: Engine, count: int, on: str = "square") -> Sequence[Post]:
    """A wall with `count` new posts."""
    await engine.write(put_wall(on))
    posts = [post(number) for number in range(1, count + 1)]
    for item in posts:
        await engine.write(seen(item, on))
    return posts


def with_order(card: Card, order: int) -> Card:
    return msgspec.structs.replace(card, order=order)
