"""The PostgreSQL that the tests bring along."""

from __future__ import annotations

import asyncpg
import pytest

from parvis.core.errors import Later
from tests.postgresql import Server


async def test_a_test_gets_an_empty_database_of_its_own(
    postgresql_server: Server, postgresql_database: str
) -> None:
    connection = await asyncpg.connect(postgresql_database)
    try:
        await connection.execute("CREATE TABLE cards (id int)")
        assert await connection.fetchval("SHOW fsync") == "on"
        assert await connection.fetchval("SHOW listen_addresses") == ""
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"
    finally:
        await connection.close()
    other = postgresql_server.create_database()
    assert (
        postgresql_server.sql("SELECT count(*) FROM pg_tables WHERE tablename='cards'", other)
        == "0"
    )
    postgresql_server.drop_database(other)
    assert other not in postgresql_server.sql("SELECT datname FROM pg_database")


async def test_the_shared_url_opens(postgresql_url: str) -> None:
    connection = await asyncpg.connect(postgresql_url)
    try:
        assert await connection.fetchval("SELECT 1") == 1
    finally:
        await connection.close()


@pytest.mark.postgresql
def test_a_server_leaves_nothing_behind() -> None:
    with Server() as server:
        folder = server.folder
        assert folder.is_dir()
    assert not folder.exists()


def test_a_wrong_statement_says_why(postgresql_server: Server) -> None:
    with pytest.raises(Later, match="psql failed: ERROR:"):
        postgresql_server.sql("SELECT nonsense")
