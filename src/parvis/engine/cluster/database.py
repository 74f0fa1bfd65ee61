"""How PostgreSQL is reached: a pool to write, a pool to read, and plain words for its failures."""

from __future__ import annotations

import asyncio
import importlib.util
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from parvis.core.errors import Later, Refused
from parvis.engine.team_store import Ask, P, T

POOL = 6
OVERFLOW = 12
CONNECT_S = 10.0
AGAIN_S = 1.0
TRIES = 5

DEADLOCK, SERIALISATION, TAKEN = "40P01", "40001", "23505"
UNKEEPABLE = "22021"
"""A text with a sign that the server keeps in no column: NUL, which SQLite does keep."""
NO_SPACE = ("53100", "53200", "53300")


def parsed(address: str) -> sa.URL:
    """The address for SQLAlchemy; raises `Refused` when it is none, or without the driver."""
    if importlib.util.find_spec("asyncpg") is None:
        raise Refused(
            "PostgreSQL needs a driver that is not installed: pip install 'parvis[postgresql]'."
        )
    try:
        return make_url(address).set(drivername="postgresql+asyncpg")
    except (ArgumentError, ValueError):
        raise Refused(
            "The address of the store cannot be read: "
            "write it as postgresql://user:password@host:5432/database."
        ) from None


def writing(url: sa.URL) -> AsyncEngine:
    """For what changes rows: its few statements find them key by key and keep their plans."""
    return _engine_of(url, {})


def reading(url: sa.URL) -> AsyncEngine:
    """For reads: each transaction sees one state of the database.

    Each question is planned anew: a plan kept from the time when a table was small would walk
    through it for as long as we run.
    """
    engine = _engine_of(url, {"plan_cache_mode": "force_custom_plan"})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _engine_of(url: sa.URL, more: dict[str, str]) -> AsyncEngine:
    """A pool that hands out no connection that the server has closed."""
    engine = create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=OVERFLOW,
        pool_timeout=3600,
        connect_args={
            "timeout": CONNECT_S,
            "server_settings": {"application_name": "parvis", **more},
        },
    )

    @sa.event.listens_for(engine.sync_engine, "checkout")
    def _taken(connection: Any, *_: Any) -> None:
        if connection.driver_connection.is_closed():  # known without asking the server
            raise DisconnectionError

    return engine


def code_of(error: BaseException) -> str:
    """PostgreSQL's five-letter code, or ''."""
    cause: Any = getattr(error, "orig", error)
    return str(getattr(cause, "sqlstate", "") or "")


def crossed(error: BaseException) -> bool:
    """Whether two transactions met, so that the same one will pass when it is run again."""
    if code_of(error) in (DEADLOCK, SERIALISATION):
        return True
    return code_of(error) == TAKEN and "write_key" in str(error)


def understood(error: BaseException) -> Exception | None:
    """What a caller is told when the server as a whole does not serve; None for anything else."""
    if code_of(error) in NO_SPACE:
        return Later("The database has no room left: free some of its disk or connections.", 5.0)
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    lost = "connection is closed" in str(error)  # the driver gives this one no code
    if gone or lost or code_of(error).startswith(("08", "57P")):
        return Later("The database does not answer; try again.", AGAIN_S)
    if isinstance(error, OSError | asyncio.TimeoutError):
        return Later("The database cannot be reached; try again.", AGAIN_S)
    return None


async def transact(engine: AsyncEngine, ask: Ask[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `ask` in a transaction; again where nothing of it can have been committed.

    Raises `Later` when the server does not serve, `Refused` for what it cannot keep, and whatever
    `ask` raises.
    """
    for left in reversed(range(TRIES)):
        committing = False
        try:
            async with engine.connect() as conn:
                await conn.begin()
                done = await conn.run_sync(ask, *args, **kwargs)
                committing = True
                await conn.commit()
                return done
        except Exception as error:
            if code_of(error) == UNKEEPABLE:
                raise Refused("A text holds the sign NUL, which cannot be kept.") from error
            later = understood(error)
            again = crossed(error) or (later is not None and not committing)
            if again and left:
                continue
            if later is None and crossed(error):
                later = Later("The database is too busy; try again.", AGAIN_S)
            raise (later or error) from error
    raise AssertionError("unreachable")


def unopenable(error: BaseException, url: sa.URL) -> Exception | None:
    """The one sentence for an address that does not open."""
    shown = url.set(drivername="postgresql").render_as_string(hide_password=True)
    code = code_of(error)
    if code in ("28P01", "28000"):
        return Refused(f"{shown} does not let us in: check the user and the password.")
    if code == "3D000":
        return Refused(f"There is no database {url.database} at {shown}: create it first.")
    if code == "42501":
        return Refused(f"The user of {shown} may not create tables there: grant it that.")
    later = understood(error)
    return later and Later(f"{shown} does not answer: start PostgreSQL, or check the address.", 5.0)
