"""What the two stores spell differently, kept in one place: upserts and lists of keys.

Hot statements are compiled once per store at import and run as plain driver SQL with rows of
tuples: SQLAlchemy's work per row and parameter would otherwise cost more than the store's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
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
        names = [column.name for column in table.columns if column.autoincrement is not True]
        if table.name in {"job", "rights"}:
            names.remove("id")
        keys = list(conflict) or [column.name for column in table.primary_key]
        self._sql: dict[str, str] = {}
        for name, (insert, dialect) in _DIALECTS.items():
            statement = insert(table)
            if name == "postgresql" and at_once:
                rows = _given(table, names)
                if same:  # a conflict locks and so rewrites the row that stands, even if all stays
                    rows = rows.where(~sa.exists().where(_alike(table, rows, [*keys, *same])))
                statement = statement.from_select(names, rows)
            else:
                statement = statement.values({n: sa.bindparam(n) for n in names})
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
        put_all(conn, ((self, rows),))

    def sql(self, store: str) -> str:
        """The statement, as that store's driver takes it."""
        return self._sql[store]


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
    arrays = [sa.cast(sa.bindparam(n), postgresql.ARRAY(_bare(table.c[n].type))) for n in names]
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
        self._sql: dict[str, tuple[str, list[str]]] = {}
        for name, (_, dialect) in _DIALECTS.items():
            spelt = postgresql if postgresql is not None and name == "postgresql" else statement
            compiled: Any = spelt.compile(dialect=dialect)
            order = list(compiled.positiontup)
            if set(order) != set(names):
                raise AssertionError(f"parameters {order} are not {names}")
            self._sql[name] = str(compiled), order

    def __call__(self, conn: sa.Connection, *values: Any) -> list[tuple[Any, ...]]:
        """The rows."""
        store = conn.dialect.name
        sql, order = self._sql[store]
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
) -> sa.Select[Any]:
    """The row of each of the keys in the parameter `name`, which with `where` is one at most.

    For PostgreSQL, looked up key by key: a plan kept from the time when the table was small, or
    made without statistics, would else go through all of it.
    """
    asked = sa.func.unnest(sa.cast(sa.bindparam(name), postgresql.ARRAY(sa.Text())))
    wanted = asked.table_valued("key", name="wanted").render_derived(name="wanted")
    found = sa.select(*columns).where(*where, key == wanted.c.key)
    rows = found.limit(sa.literal_column("1")).lateral("found")
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
            return dialect.type_descriptor(postgresql.ARRAY(sa.Text()))
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
