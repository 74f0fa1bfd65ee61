"""Brings a store's schema up to date when it is opened, in one transaction."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from parvis.core.errors import Refused

NEWEST = "0008"
"""The newest revision in `migrations/versions`; a store that stands there is opened at once."""

_FOLDER = Path(__file__).parent / "migrations"
_STAMP = sa.table("alembic_version", sa.column("version_num"))


def migrate(engine: sa.Engine, where: str) -> None:
    """Migrate through a synchronous engine; raises `Refused` for a store of a newer release."""
    with engine.connect() as conn:
        if revision_of(conn) == NEWEST:
            return
        conn.rollback()
        with conn.begin():
            upgrade(conn, where)


def revision_of(conn: sa.Connection) -> str | None:
    """The revision that the store stands at; None for an empty one."""
    if not sa.inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(sa.select(_STAMP.c.version_num)).scalar()


def upgrade(conn: sa.Connection, where: str) -> None:
    """Run what is missing inside the transaction of `conn`."""
    from alembic import command  # a tenth of a second that an up-to-date store need not spend
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = conn
    found = revision_of(conn)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise Refused(
            f"The store {where} was written by a newer parvis (its schema is {found}): "
            "install that release or a newer one."
        )
    command.upgrade(config, "head")
