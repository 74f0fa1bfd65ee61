"""Bridges: what is declared, how far each has told, how it is, and what it could not tell."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, _KEY, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "bridge",
        _key("org"),
        _key("id"),
        _key("wall"),
        _text("body"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("bridge_of_wall", "bridge", ["wall"])
    op.create_table(
        "bridge_cursor",
        _key("org"),
        _key("bridge"),
        _number("seq"),
        sa.PrimaryKeyConstraint("bridge"),
    )
    op.create_table(
        "bridge_health",
        _key("org"),
        _key("bridge"),
        _key("wall"),
        sa.Column("healthy", sa.Boolean(), nullable=False),
        _text("says"),
        _number("since_ms"),
        sa.PrimaryKeyConstraint("bridge"),
    )
    op.create_index("bridge_health_of_wall", "bridge_health", ["wall"])
    op.create_table(
        "bridge_aside",
        _key("org"),
        _key("bridge"),
        _number("seq"),
        _number("at_ms"),
        _text("because"),
        sa.PrimaryKeyConstraint("bridge", "seq"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for name in ("bridge", "bridge_aside", "bridge_cursor", "bridge_health"):
        op.drop_table(name)
