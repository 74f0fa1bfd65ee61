"""No read walks through a table: each one finds its rows by an index, whatever the store holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from parvis.engine import batch, bridges, duties, erase, journal, tally, work
from parvis.engine.embedded.database import write_engine
from parvis.engine.migrate import migrate
from parvis.engine.reads import declared, placed, posts, shown, tallied

Statement = sa.Select[Any] | sa.Update | sa.Delete | sa.CompoundSelect[Any]
SMALL = {"_WALLS", "_ABANDONED", "_EVERY"}
"""All walls of an organisation; all leases, once, when a folder is opened; all bridges."""


def statements(module: ModuleType) -> Iterator[tuple[str, Statement]]:
    for name, value in vars(module).items():
        if isinstance(value, sa.Select | sa.Update | sa.Delete | sa.CompoundSelect):
            yield name, value


READS = (declared, placed, posts, shown, tallied)
FOUND = [
    pytest.param(statement, id=f"{module.__name__.rpartition('.')[2]}.{name}")
    for module in (batch, *READS, journal, work, erase, bridges, duties, tally)
    for name, statement in statements(module)
    if not (name in SMALL and module in (*READS, work, bridges))
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    made = write_engine(tmp_path_factory.mktemp("plans") / "parvis.sqlite3", guard=False)
    migrate(made, "the test's store")
    yield made
    made.dispose()


def plan(engine: sa.Engine, statement: Statement) -> list[str]:
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="named"))
    values = dict.fromkeys(compiled.params)
    with engine.connect() as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        return [row[3] for row in raw.execute(f"explain query plan {compiled}", values)]


def test_the_statements_are_found() -> None:
    assert len(FOUND) > 35


@pytest.mark.parametrize("statement", FOUND)
def test_a_statement_finds_its_rows_by_an_index(engine: sa.Engine, statement: Statement) -> None:
    for line in plan(engine, statement):
        if line.startswith("SCAN"):
            # the list of keys that was asked for, and what a query inside has found by an index
            assert "VIRTUAL TABLE" in line or line.startswith(("SCAN anon", "SCAN (sub")), line


@pytest.mark.parametrize(
    ("statement", "found_by"),
    [
        (batch._SPOTS, "placement .*wall=. AND post=."),
        (placed._KNOWN, "post .*org=. AND key=."),
        (placed._BY_AUTHOR, "placement_of_author .*author=. AND wall=. AND received_at_ms>."),
        (placed._TWINS, "post_by_print .*fingerprint=. AND org=."),
        (placed._QUEUE, "placement_by_state .*state=. AND wall=. AND order<."),
        (placed._IN_STATE, "placement_by_state .*state=. AND wall=."),
        (placed._COUNTS, "placement_count .*wall=."),
        (duties._ENDED, "rights_by_end .*until_ms<."),
        (duties._ON_SHOW, "card_by_order .*wall=. AND order>. AND order<."),
    ],
)
def test_the_hot_reads_use_all_of_their_keys(
    engine: sa.Engine, statement: Statement, found_by: str
) -> None:
    assert any(re.search(found_by, line) for line in plan(engine, statement))


TALLIED = [pair for pair in statements(tallied) if pair[0] not in ("_TEXTS", "_NAMES")]


@pytest.mark.parametrize(("name", "statement"), TALLIED)
def test_a_period_is_one_stretch_of_the_tally(
    engine: sa.Engine, name: str, statement: Statement
) -> None:
    found = [line for line in plan(engine, statement) if "tally" in line]
    assert found == ["SEARCH tally USING PRIMARY KEY (wall=? AND at_ms>? AND at_ms<?)"]


def test_a_post_finds_its_rows_of_the_tally(engine: sa.Engine) -> None:
    """With every write of a post, so it must not depend on how many there are."""
    for made in (tally._FACTS, tally._SHOWN, tally._DROP):
        sql = made.sql("sqlite")
        with engine.connect() as conn:
            raw = conn.connection.driver_connection
            assert raw is not None
            lines = raw.execute(f"explain query plan {sql}", [""] * sql.count("?")).fetchall()
        assert all("SEARCH tally USING" in line[3] for line in lines), (sql, lines)
        assert any("tally_of_post (post=?" in line[3] for line in lines), (sql, lines)


def test_a_page_is_not_sorted(engine: sa.Engine) -> None:
    """The index gives the order, so the depth of a page costs nothing."""
    for statement in (
        placed._QUEUE,
        placed._IN_STATE,
        journal._AFTER,
        duties._ENDED,
        duties._ON_SHOW,
    ):
        assert not any("TEMP B-TREE" in line for line in plan(engine, statement))


def test_the_next_end_is_one_look_at_the_index(engine: sa.Engine) -> None:
    """Rights without an end, and those that ended, are not in it."""
    (line,) = plan(engine, duties._NEXT_END)
    assert "rights_by_end" in line


def test_the_file_of_the_plans_is_a_store(tmp_path: Path) -> None:
    made = write_engine(tmp_path / "parvis.sqlite3", guard=False)
    with made.connect() as conn:
        pragmas = ("journal_mode", "synchronous", "fullfsync", "secure_delete", "busy_timeout")
        values = [conn.exec_driver_sql(f"pragma {name}").scalar() for name in pragmas]
    made.dispose()
    assert values == ["wal", 2, 1, 1, 5000]
