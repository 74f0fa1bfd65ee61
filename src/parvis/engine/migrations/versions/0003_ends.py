"""Rights that end by the clock are found by their end."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LIVE = sa.text("ended_at_ms = 0 and until_ms > 0")


def upgrade() -> None:
    until = sa.Column(
        "until_ms", sa.BigInteger(), autoincrement=False, nullable=False, server_default="0"
    )
    op.add_column("rights", until)
    rights = sa.table(
        "rights", sa.column("id"), sa.column("body"), sa.column("until_ms", sa.BigInteger())
    )
    conn = op.get_bind()
    named = rights.c.body.like('%"until_ms"%')
    for number, text in conn.execute(sa.select(rights.c.id, rights.c.body).where(named)).all():
        ends = msgspec.json.decode(text).get("until_ms", 0)
        conn.execute(sa.update(rights).where(rights.c.id == number).values(until_ms=ends))
    op.create_index(
        "rights_by_end", "rights", ["until_ms"], sqlite_where=_LIVE, postgresql_where=_LIVE
    )
