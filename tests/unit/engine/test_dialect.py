"""The hot statements, in each store's spelling."""

from __future__ import annotations

import pytest

from parvis.engine import batch, staging, tables
from parvis.engine.dialect import Drop, Find, Put

PUTS = {name: value for name, value in vars(staging.Stage).items() if isinstance(value, Put)}
FINDS = {name: value for name, value in vars(batch).items() if isinstance(value, Find)}


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
@pytest.mark.parametrize("name", sorted(PUTS))
def test_every_row_has_a_statement_on_each_store(name: str, store: str) -> None:
    """Compiling fails where the row's values would stand in another order than the columns'."""
    sql = PUTS[name].sql(store)
    assert sql.startswith(f"INSERT INTO {PUTS[name].table.name} (")
    assert ("?" in sql, "$1" in sql) == (store == "sqlite", store == "postgresql")


@pytest.mark.parametrize(("store", "mark"), [("sqlite", "?"), ("postgresql", "$1")])
def test_a_row_is_dropped_by_its_key(store: str, mark: str) -> None:
    drop = Drop(tables.card)
    assert mark in drop.sql(store)
    assert "wall" in drop.sql(store).partition("WHERE")[2]


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
@pytest.mark.parametrize("name", sorted(FINDS))
def test_every_question_can_be_asked_of_each_store(name: str, store: str) -> None:
    """Compiling fails where a parameter is asked for that nobody gives."""
    sql, order = FINDS[name].sql(store)
    assert "SELECT" in sql
    assert order
