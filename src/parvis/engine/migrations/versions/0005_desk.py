"""The desk: what is pinned and featured, who holds which post, what people did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
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
        "pinned",
        _key("org"),
        _key("wall"),
        _key("post"),
        _number("n"),
        sa.PrimaryKeyConstraint("wall", "post"),
    )
    op.create_index("pinned_post", "pinned", ["post"])
    op.create_table(
        "featured",
        _key("org"),
        _key("wall"),
        _key("post"),
        _number("until_ms"),
        sa.PrimaryKeyConstraint("wall"),
    )
    op.create_table(
        "claim",
        _key("org"),
        _key("wall"),
        _key("post"),
        _key("by"),
        _text("name"),
        _number("until_ms"),
        sa.PrimaryKeyConstraint("wall", "post"),
    )
    op.create_index("claim_post", "claim", ["post"])
    op.create_table(
        "act",
        _key("org"),
        _key("wall"),
        _key("by"),
        _number("n"),
        _number("at_ms"),
        _key("together"),
        _key("state"),
        _key("kind"),
        _key("post"),
        _text("before"),
        _text("after"),
        _number("rev"),
        sa.PrimaryKeyConstraint("wall", "by", "n"),
    )
    op.create_index("act_post", "act", ["post"])


def downgrade() -> None:
    for name in ("act", "claim", "featured", "pinned"):
        op.drop_table(name)
