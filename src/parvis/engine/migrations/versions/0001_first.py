"""Everything that the first release keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, _KEY, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _id() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "author", _key("org"), _key("key"), _text("body"), sa.PrimaryKeyConstraint("org", "key")
    )
    op.create_table(
        "card",
        _key("org"),
        _key("wall"),
        _key("post"),
        _number("order"),
        _text("body"),
        sa.PrimaryKeyConstraint("wall", "post"),
    )
    op.create_index("card_by_order", "card", ["wall", "order"])
    op.create_index("card_of_post", "card", ["post"])
    op.create_table(
        "decision",
        _key("org"),
        _key("id"),
        _key("wall"),
        _key("post"),
        _number("rev"),
        _key("state"),
        _key("by"),
        _text("why"),
        _text("body"),
        sa.PrimaryKeyConstraint("org", "id"),
    )
    op.create_index("decision_of_post", "decision", ["post", "wall", "rev"])
    op.create_table(
        "feed",
        _key("org"),
        _key("wall"),
        _number("seq"),
        _number("at_ms"),
        _key("kind"),
        _key("post"),
        _text("body"),
        sa.PrimaryKeyConstraint("wall", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_index("feed_of_post", "feed", ["org", "post"])
    op.create_table(
        "format",
        _key("org"),
        _key("wall"),
        _key("id"),
        _flag("enabled"),
        _text("body"),
        sa.PrimaryKeyConstraint("wall", "id"),
    )
    op.create_table(
        "format_state",
        _key("org"),
        _key("wall"),
        _key("format"),
        _key("plugin"),
        _number("rev"),
        _text("state"),
        _text("view"),
        sa.PrimaryKeyConstraint("wall", "format"),
    )
    op.create_table(
        "job",
        _id(),
        _key("org"),
        _key("queue"),
        _key("key"),
        _key("state"),
        _number("priority"),
        _number("run_at_ms"),
        _number("lease_until_ms"),
        _key("worker"),
        _key("token"),
        _number("attempts"),
        _number("max_attempts"),
        _text("because"),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("queue", "key", name="job_key"),
    )
    op.create_index("job_due", "job", ["queue", "state", "priority", "run_at_ms", "id"])
    op.create_table(
        "memory",
        _key("org"),
        _key("scope"),
        _key("name"),
        _text("value"),
        sa.PrimaryKeyConstraint("scope", "name"),
    )
    op.create_table(
        "placement",
        _key("org"),
        _key("wall"),
        _key("post"),
        _key("source"),
        _key("state"),
        _number("order"),
        _number("rev"),
        _number("received_at_ms"),
        _key("author"),
        _flag("by_person"),
        _key("decision"),
        sa.PrimaryKeyConstraint("wall", "post"),
    )
    op.create_index("placement_by_state", "placement", ["state", "wall", "order"])
    op.create_index("placement_of_author", "placement", ["author", "wall", "received_at_ms"])
    op.create_index("placement_of_post", "placement", ["post", "org"])
    op.create_table(
        "placement_count",
        _key("org"),
        _key("wall"),
        _key("state"),
        _number("n"),
        sa.PrimaryKeyConstraint("wall", "state"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "post",
        _key("org"),
        _key("key"),
        _key("author"),
        _key("fingerprint"),
        _number("created_at_ms"),
        _number("received_at_ms"),
        _text("body"),
        sa.PrimaryKeyConstraint("org", "key"),
    )
    op.create_index("post_by_print", "post", ["fingerprint", "org"])
    op.create_index("post_of_author", "post", ["author", "org", "created_at_ms"])
    op.create_table(
        "rights",
        _id(),
        _key("org"),
        _key("wall"),
        _key("post"),
        _number("ended_at_ms"),
        _text("body"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("rights_of_post", "rights", ["post", "wall"])
    op.create_table(
        "source",
        _key("org"),
        _key("id"),
        _key("wall"),
        _text("body"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("source_of_wall", "source", ["wall"])
    op.create_table(
        "source_arrival",
        _key("org"),
        _key("source"),
        _number("last_post_ms"),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "source_cursor",
        _key("org"),
        _key("source"),
        _text("cursor"),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "source_health",
        _key("org"),
        _key("source"),
        _key("wall"),
        _flag("healthy"),
        _text("says"),
        _number("since_ms"),
        _text("nearest"),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_index("health_of_wall", "source_health", ["wall"])
    op.create_table(
        "tombstone",
        _key("org"),
        _key("hash"),
        sa.PrimaryKeyConstraint("org", "hash"),
        sqlite_with_rowid=False,
    )
    op.create_table("wall", _key("org"), _key("id"), _text("body"), sa.PrimaryKeyConstraint("id"))
    op.create_table(
        "wall_head",
        _key("org"),
        _key("wall"),
        _number("seq"),
        _number("next_order"),
        sa.PrimaryKeyConstraint("wall"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "write_key",
        _key("org"),
        _key("key"),
        _number("at_ms"),
        _text("seqs"),
        sa.PrimaryKeyConstraint("key"),
        sqlite_with_rowid=False,
    )
    op.create_index("write_key_by_time", "write_key", ["at_ms"])


def downgrade() -> None:
    for name in (
        "author",
        "card",
        "decision",
        "feed",
        "format",
        "format_state",
        "job",
        "memory",
        "placement",
        "placement_count",
        "post",
        "rights",
        "source",
        "source_arrival",
        "source_cursor",
        "source_health",
        "tombstone",
        "wall",
        "wall_head",
        "write_key",
    ):
        op.drop_table(name)
