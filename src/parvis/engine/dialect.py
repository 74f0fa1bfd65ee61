"""What the two stores spell differently, kept in one place: upserts and lists of keys.

Hot statements are compiled once, when a store first runs them, and run as plain driver SQL with
rows of tuples: SQLAlchemy's work per row and parameter would otherwise cost more than the store's.
A store's dialect is imported when it is opened: SQLite's start does not pay for PostgreSQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Where = Callable[[sa.Table, Any], sa.ColumnElement[bool]]


@cache
def _spelling(name: str) -> tuple[Any, sa.Dialect]:
    """How the store of this dialect inserts, and the dialect as its driver wants it."""
    if name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert, sqlite.dialect(paramstyle="qmark")
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.dialects.postgresql import asyncpg

    made: Any = asyncpg.PGDialect_asyncpg
    return postgresql.insert, made()


def _shifted(sql: str, by: int) -> str:
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + by}", sql)


_PARAMETER = re.compile(r"\$([0-9]+)")


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
    all); `where` restricts which known rows do. `plain` inserts without a conflict clause. Rows go
    `at_once` where a store gains by it (arrays of columns, one statement for all rows); a key may
    then stand among them only once. A known row alike in its key and in `same` is left alone.
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
        same: Sequence[str] = (),
        at_once: bool = True,
    ) -> None:
        self.table = table
        self.at_once = at_once
        self._keys = list(conflict) or [column.name for column in table.primary_key]
        self._update = update
        self._changing = changing
        self._where = where
        self._plain = plain
        self._same = list(same)
        self._sql: dict[str, str] = {}

    def __call__(self, conn: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Put all rows, in this order."""
        put_all(conn, ((self, rows),))

    def sql(self, store: str) -> str:
        """The statement, as that store's driver takes it."""
        if store not in self._sql:
            self._sql[store] = self._compiled(store)
        return self._sql[store]

    def _compiled(self, store: str) -> str:
        insert, dialect = _spelling(store)
        table, keys = self.table, self._keys
        names = [column.name for column in table.columns if column.autoincrement is not True]
        if table.name in {"job", "rights"}:
            names.remove("id")
        statement = insert(table)
        if store == "postgresql" and self.at_once:
            rows = _given(table, names)
            if (
                self._same
            ):  # a conflict locks and so rewrites the row that stands, even if all stays
                alike = _alike(table, rows, [*keys, *self._same])
                rows = rows.where(~sa.exists().where(alike))
            statement = statement.from_select(names, rows)
        else:
            statement = statement.values({n: sa.bindparam(n) for n in names})
        if not self._plain:
            kept = [n for n in names if n not in keys]
            taken = kept if self._update is None else list(self._update)
            new = statement.excluded
            sets = self._changing(table, new) if self._changing else {n: new[n] for n in taken}
            if sets:
                where = self._where(table, new) if self._where else None
                statement = statement.on_conflict_do_update(
                    index_elements=keys, set_=sets, where=where
                )
            else:
                statement = statement.on_conflict_do_nothing(index_elements=keys)
        compiled = statement.compile(dialect=dialect)
        if compiled.positiontup != names:
            raise AssertionError(f"{table.name}: parameters out of order")
        return str(compiled)


def put_all(conn: sa.Connection, puts: Sequence[tuple[Put, Sequence[tuple[Any, ...]]]]) -> None:
    """Several puts in this order; where rows go at once, all of them as one statement."""
    store = conn.dialect.name
    together: list[Put] = []
    arrays: list[list[Any]] = []
    for put, rows in puts:
        if not rows:
            continue
        if store == "postgresql" and put.at_once:
            together.append(put)
            arrays += map(list, zip(*rows, strict=True))
        else:
            _run(conn, put.sql(store), rows)
    if together:
        _run(conn, _joined(tuple(together)), [tuple(arrays)])


@lru_cache(maxsize=256)
def _joined(puts: tuple[Put, ...]) -> str:
    """One statement that does what each of them does."""
    parts: list[str] = []
    taken = 0
    for number, put in enumerate(puts):
        one = put.sql("postgresql")
        parts.append(f"put_{number} AS ({_shifted(one, taken)})")
        taken += len(set(_PARAMETER.findall(one)))
    return f"WITH {', '.join(parts)} SELECT 1"


def _given(table: sa.Table, names: Sequence[str]) -> sa.Select[Any]:
    """Rows that come as one array for each column."""
    arrays = [sa.cast(sa.bindparam(n), sa.ARRAY(_bare(table.c[n].type))) for n in names]
    rows = sa.func.unnest(*arrays).table_valued(*names, name="given").render_derived()
    return sa.select(*[rows.c[n] for n in names])


def _alike(table: sa.Table, rows: sa.Select[Any], names: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == rows.selected_columns[name] for name in names))


def _bare(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    return sa.Text() if isinstance(kind, sa.String) else kind


class Drop:
    """Delete by primary key (or `by`), rows of key values."""

    def __init__(self, table: sa.Table, *, by: Sequence[str] = ()) -> None:
        self.table = table
        self._keys = list(by) or [column.name for column in table.primary_key]
        self._sql: dict[str, str] = {}

    def sql(self, store: str) -> str:
        """The statement, as that store's driver takes it."""
        if store not in self._sql:
            statement = sa.delete(self.table)
            for key in self._keys:
                statement = statement.where(self.table.c[key] == sa.bindparam(key))
            self._sql[store] = str(statement.compile(dialect=_spelling(store)[1]))
        return self._sql[store]

    def __call__(self, conn: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Delete these."""
        if rows:
            _run(conn, self.sql(conn.dialect.name), rows)


class Set:
    """`update`; rows are tuples of the columns `to`, then of `by`; `only` narrows it."""

    def __init__(
        self,
        table: sa.Table,
        *,
        to: Sequence[str],
        by: Sequence[str],
        only: sa.ColumnElement[bool] | None = None,
    ) -> None:
        self.table = table
        self._to, self._by, self._only = list(to), list(by), only
        self._sql: dict[str, str] = {}

    def sql(self, store: str) -> str:
        """The statement, as that store's driver takes it."""
        if store not in self._sql:
            columns = self.table.c
            statement = sa.update(self.table).values({n: sa.bindparam(f"to_{n}") for n in self._to})
            for name in self._by:
                statement = statement.where(columns[name] == sa.bindparam(f"by_{name}"))
            if self._only is not None:
                statement = statement.where(self._only)
            compiled: Any = statement.compile(dialect=_spelling(store)[1])
            wanted = [*(f"to_{n}" for n in self._to), *(f"by_{n}" for n in self._by)]
            if compiled.positiontup != wanted:
                raise AssertionError(f"{self.table.name}: parameters out of order")
            self._sql[store] = str(compiled)
        return self._sql[store]

    def __call__(self, conn: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Change these."""
        if rows:
            _run(conn, self.sql(conn.dialect.name), rows)


class Find:
    """A select, run like `Put`; parameters by name, in the order `names`. `postgresql`: the same
    question in the form that store answers best.
    """

    def __init__(
        self, statement: sa.Select[Any], *names: str, postgresql: sa.Select[Any] | None = None
    ) -> None:
        columns = list(statement.selected_columns)
        self._flags = [at for at, c in enumerate(columns) if isinstance(c.type, sa.Boolean)]
        self._names = names
        other = statement if postgresql is None else postgresql
        self._spelt = {"sqlite": statement, "postgresql": other}
        self._sql: dict[str, tuple[str, list[str]]] = {}

    def sql(self, store: str) -> tuple[str, list[str]]:
        """The statement, as that store's driver takes it, and its parameters in their order."""
        if store not in self._sql:
            compiled: Any = self._spelt[store].compile(dialect=_spelling(store)[1])
            order = list(compiled.positiontup)
            if set(order) != set(self._names):
                raise AssertionError(f"parameters {order} are not {self._names}")
            self._sql[store] = str(compiled), order
        return self._sql[store]

    def __call__(self, conn: sa.Connection, *values: Any) -> list[tuple[Any, ...]]:
        """The rows."""
        store = conn.dialect.name
        sql, order = self.sql(store)
        given = dict(zip(self._names, values, strict=True))
        if store != "postgresql":
            given = {n: _listed(v) if isinstance(v, list) else v for n, v in given.items()}
        cursor = conn.connection.cursor()
        try:
            cursor.execute(sql, tuple(given[name] for name in order))
            rows = list(cursor.fetchall())
        finally:
            cursor.close()
        if self._flags and store != "postgresql":
            rows = [self._with_flags(row) for row in rows]
        return rows

    def _with_flags(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple([bool(cell) if at in self._flags else cell for at, cell in enumerate(row)])


def one_each(
    columns: Sequence[sa.Column[Any]],
    key: sa.Column[Any],
    name: str,
    *where: sa.ColumnElement[bool],
    most: int = 1,
) -> sa.Select[Any]:
    """The rows of each of the keys in the parameter `name`: with `where`, `most` of one key.

    For PostgreSQL, looked up key by key: a plan kept from the time when the table was small, or
    made without statistics, would else go through all of it.
    """
    asked = sa.func.unnest(sa.cast(sa.bindparam(name), sa.ARRAY(sa.Text())))
    wanted = asked.table_valued("key", name="wanted").render_derived(name="wanted")
    found = sa.select(*columns).where(*where, key == wanted.c.key)
    rows = found.limit(sa.literal_column(str(most))).lateral("found")
    return sa.select(*rows.c).select_from(wanted.join(rows, sa.true()))


def _listed(keys: Sequence[str]) -> str:
    """Keys as one parameter where the store has no arrays."""
    return msgspec.json.encode(keys).decode()


class Texts(sa.types.TypeDecorator[Sequence[str]]):
    """A list of keys as one parameter: an array, or JSON where the store has no arrays."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """The store's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.ARRAY(sa.Text()))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: sa.Dialect) -> Any:
        """The value as the driver takes it."""
        keys = list(value or ())
        return keys if dialect.name == "postgresql" else _listed(keys)


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
