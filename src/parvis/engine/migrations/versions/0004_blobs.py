"""Blobs: which file belongs to which post."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("org", _KEY, nullable=False),
        sa.Column("sha256", _KEY, nullable=False),
        sa.Column("post", _KEY, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("sha256", "post"),
    )
    op.create_index("blob_of_post", "blob", ["post", "org"])
    op.create_index("blob_by_time", "blob", ["at_ms"])


def downgrade() -> None:
    op.drop_table("blob")
