"""People with accounts, their sessions, and the links that open one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
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
        "person",
        _key("org"),
        _key("id"),
        _key("email"),
        _text("name"),
        _key("role"),
        _key("lang"),
        _text("password"),
        _number("made_at_ms"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("org", "email", name="person_email"),
    )
    op.create_table(
        "session",
        _key("org"),
        _key("hash"),
        _key("person"),
        _number("seen_at_ms"),
        _number("until_ms"),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("session_of_person", "session", ["person"])
    op.create_table(
        "pass",
        _key("org"),
        _key("hash"),
        _key("kind"),
        _key("person"),
        _number("until_ms"),
        sa.PrimaryKeyConstraint("hash"),
    )


def downgrade() -> None:
    for name in ("pass", "person", "session"):
        op.drop_table(name)
