"""What the two stores spell differently, kept in one place: upserts and lists of keys.

Hot statements are compiled once per store at import and run as plain driver SQL with rows of
tuples: SQLAlchemy's work per row and parameter would otherwise cost more than the store's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Where = Callable[[sa.Table, Any], sa.ColumnElement[bool]]

_ASYNCPG: Any = PGDialect_asyncpg
_DIALECTS: dict[str, tuple[Any, sa.Dialect]] = {
    "sqlite": (sqlite.insert, sqlite.dialect(paramstyle="qmark")),
    "postgresql": (postgresql.insert, _ASYNCPG()),
}


def _run(conn: sa.Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """On the driver's own cursor; its errors come as they are, without SQLAlchemy's wrapping."""
    if not conn.in_transaction():
        raise AssertionError("a row is put outside of a transaction")
    cursor = conn.connection.cursor()
    try:
        cursor.executemany(sql, rows)
    finally:
        cursor.close()


class Put:
    """`insert … on conflict (the primary key, or `conflict`)`; rows are tuples in table order.

    `update` names the columns that a known row takes over (None: all but its key; (): none at
    all); `where` restricts which known rows do. `plain` inserts without a conflict clause.
    """

    def __init__(
        self,
        table: sa.Table,
        *,
        conflict: Sequence[str] = (),
        update: Sequence[str] | None = None,
        changing: Callable[[sa.Table, Any], dict[str, Any]] | None = None,
        where: Where | None = None,
        plain: bool = False,
    ) -> None:
        self.table = table
        names = [column.name for column in table.columns if column.autoincrement is not True]
        if table.name in {"job", "rights"}:
            names.remove("id")
        keys = list(conflict) or [column.name for column in table.primary_key]
        self._sql: dict[str, str] = {}
        for name, (insert, dialect) in _DIALECTS.items():
            statement = insert(table).values({n: sa.bindparam(n) for n in names})
            if not plain:
                taken = [n for n in names if n not in keys] if update is None else list(update)
                new = statement.excluded
                sets = changing(table, new) if changing else {n: new[n] for n in taken}
                if sets:
                    statement = statement.on_conflict_do_update(
                        index_elements=keys,
                        set_=sets,
                        where=where(table, new) if where else None,
                    )
                else:
                    statement = statement.on_conflict_do_nothing(index_elements=keys)
            compiled = statement.compile(dialect=dialect)
            if compiled.positiontup != names:
                raise AssertionError(f"{table.name}: parameters out of order")
            self._sql[name] = str(compiled)

    def __call__(self, conn: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Put all rows, in this order."""
        if rows:
            _run(conn, self._sql[conn.dialect.name], rows)


class Drop:
    """Delete by primary key (or `by`), rows of key values."""

    def __init__(self, table: sa.Table, *, by: Sequence[str] = ()) -> None:
        self.table = table
        names = list(by) or [column.name for column in table.primary_key]
        self._sql: dict[str, str] = {}
        for name, (_, dialect) in _DIALECTS.items():
            statement = sa.delete(table)
            for key in names:
                statement = statement.where(table.c[key] == sa.bindparam(key))
            self._sql[name] = str(statement.compile(dialect=dialect))

    def __call__(self, conn: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Delete these."""
        if rows:
            _run(conn, self._sql[conn.dialect.name], rows)


class Texts(sa.types.TypeDecorator[Sequence[str]]):
    """A list of keys as one parameter: an array, or JSON where the store has no arrays."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """The store's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(sa.Text()))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: sa.Dialect) -> Any:
        """The value as the driver takes it."""
        keys = list(value or ())
        return keys if dialect.name == "postgresql" else msgspec.json.encode(keys).decode()


class _OneOf(FunctionElement[bool]):
    """`column = one of :name`, one statement whatever the number of keys."""

    type = sa.Boolean()
    inherit_cache = True
    name = "one_of"

    def self_group(self, against: Any = None) -> Any:
        """Itself: on SQLite a boolean is else compared with 1, and no index is used any more."""
        return self


def one_of(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Whether `column` is one of the keys in the parameter `name`."""
    return _OneOf(column, sa.bindparam(name, type_=Texts()))


@compiles(_OneOf, "sqlite")
def _one_of_sqlite(element: _OneOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, keys = element.clauses
    # without the cast, a value of no type finds no index
    values = sa.func.json_each(keys).table_valued(sa.column("value", sa.Text()))
    found = column.in_(sa.select(sa.cast(values.c.value, sa.Text())))
    return compiler.process(found, **kw)


@compiles(_OneOf, "postgresql")
def _one_of_postgresql(element: _OneOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, keys = element.clauses
    return f"{compiler.process(column, **kw)} = ANY ({compiler.process(keys, **kw)})"
