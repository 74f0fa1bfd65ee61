"""How PostgreSQL is reached: one pool, a read view of it, and plain words for its failures."""

from __future__ import annotations

import asyncio
import importlib.util
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from parvis.core.errors import Later, Refused

POOL = 8
OVERFLOW = 24
CONNECT_S = 10.0
AGAIN_S = 1.0

DEADLOCK, SERIALISATION = "40P01", "40001"
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


def engine_of(url: sa.URL) -> AsyncEngine:
    """A pool that checks a connection before it is used, so that a restarted server heals."""
    return create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=OVERFLOW,
        pool_timeout=3600,
        pool_pre_ping=True,
        connect_args={"timeout": CONNECT_S, "server_settings": {"application_name": "parvis"}},
    )


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same pool for reads: each transaction sees one state of the database."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def code_of(error: BaseException) -> str:
    """PostgreSQL's five-letter code, or ''."""
    cause: Any = getattr(error, "orig", error)
    return str(getattr(cause, "sqlstate", "") or "")


def crossed(error: BaseException) -> bool:
    """Whether two transactions met, so that the same one will pass when it is run again."""
    if code_of(error) in (DEADLOCK, SERIALISATION):
        return True
    return isinstance(error, IntegrityError) and "write_key" in str(error.orig)


def understood(error: BaseException) -> Exception | None:
    """What a caller is told when the server as a whole does not serve; None for anything else."""
    if code_of(error) in NO_SPACE:
        return Later("The database has no room left: free some of its disk or connections.", 5.0)
    gone = isinstance(error, DBAPIError) and (
        error.connection_invalidated or isinstance(error, InterfaceError)
    )
    if gone or code_of(error).startswith(("08", "57P")):
        return Later("The database does not answer; try again.", AGAIN_S)
    if isinstance(error, OSError | asyncio.TimeoutError):
        return Later("The database cannot be reached; try again.", AGAIN_S)
    return None


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
