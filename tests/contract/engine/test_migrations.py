from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from parvis.core.errors import Refused
from parvis.engine import migrate
from parvis.engine.cluster.engine import Cluster
from parvis.engine.embedded.engine import Embedded
from parvis.engine.store import Store
from parvis.engine.tables import metadata
from tests.engines import BEFORE_ENDS, Place, fill


async def act(engine: object, statement: str) -> None:
    assert isinstance(engine, Store)
    await engine._act(lambda conn: conn.exec_driver_sql(statement))


async def test_the_migrated_schema_is_the_tables(place: Place) -> None:
    engine = await place.open()

    def differences(conn: sa.Connection) -> list[object]:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    assert isinstance(engine, Embedded | Cluster)
    assert await engine._read(differences) == []


async def test_a_store_that_stands_is_opened_as_it_is(place: Place) -> None:
    engine = await place.open()
    await fill(engine, 2)
    await engine.close()
    assert await (await place.open()).counts("square") == {"new": 2}


FIRST = {
    *("author", "card", "decision", "feed", "format", "format_state", "job", "memory"),
    *("placement", "placement_count", "post", "rights", "source", "source_arrival"),
    *("source_cursor", "source_health", "tombstone", "wall", "wall_head", "write_key"),
}
"""The tables of the first release."""


async def test_a_store_of_the_first_release_learns_the_rest(place: Place) -> None:
    engine = await place.open()
    await fill(engine, 2)
    for table in sorted(metadata.tables.keys() - FIRST):
        await act(engine, f"drop table {table}")
    for statement in BEFORE_ENDS:
        await act(engine, statement)
    await act(engine, "update alembic_version set version_num = '0001'")
    await engine.close()
    engine = await place.open()
    assert await engine.counts("square") == {"new": 2}
    assert await engine.every_bridge() == []
    assert await engine.acts("square", "person:a") == []


async def test_a_store_of_a_newer_release_is_refused(place: Place) -> None:
    engine = await place.open()
    await act(engine, "update alembic_version set version_num = '9999'")
    await engine.close()
    try:
        with pytest.raises(Refused, match=r"newer parvis \(its schema is 9999\)"):
            await place.open()
    finally:
        if place.server is not None:
            name = place.address.partition("@/")[2].partition("?")[0]
            back = "update alembic_version set version_num = '{}'"
            place.server.sql(back.format(migrate.NEWEST), name)


def test_the_newest_revision_is_the_last_script() -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert scripts.get_heads() == [migrate.NEWEST]


def test_every_row_knows_its_organisation() -> None:
    assert [table.name for table in metadata.sorted_tables if "org" not in table.c] == []
