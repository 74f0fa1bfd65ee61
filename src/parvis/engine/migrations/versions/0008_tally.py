"""Figures: one row for each post that a wall counts, also for the posts that are there already."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from parvis.core.metric import OWN, facts_of
from parvis.engine.codec import post_of_body

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
AT_ONCE = 500


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, _KEY, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def upgrade() -> None:
    tally = op.create_table(
        "tally",
        _key("org"),
        _key("wall"),
        _number("at_ms"),
        _key("post"),
        _key("author"),
        _key("network"),
        _number("written_ms"),
        _number("followers"),
        _number("interactions"),
        sa.Column("tags", sa.Text(), nullable=False),
        _number("shown_ms"),
        sa.PrimaryKeyConstraint("wall", "at_ms", "post"),
        sqlite_with_rowid=False,
    )
    _fill(op.get_bind(), tally)
    op.create_index("tally_of_post", "tally", ["post", "wall"], unique=True)


def _fill(conn: sa.Connection, tally: Any) -> None:
    """In pages by (wall, post): a store may be large."""
    after = ("", "")
    while True:
        rows = conn.execute(_PLACED, {"wall": after[0], "post": after[1], "limit": AT_ONCE}).all()
        if not rows:
            return
        after = (rows[-1].wall, rows[-1].post)
        if counted := [row for row in map(_row, rows) if row is not None]:
            conn.execute(sa.insert(tally), counted)


_PLACED = sa.text("""
    select p.org, p.wall, p.post, p.received_at_ms, p.author, p.state, s.body,
      (select min(f.at_ms) from feed f
        where f.org = p.org and f.post = p.post and f.wall = p.wall
        and f.kind = 'card.shown') as shown_ms
    from placement p left join post s on s.org = p.org and s.key = p.post
    where (p.wall, p.post) > (:wall, :post)
    order by p.wall, p.post limit :limit
""")


def _row(found: Any) -> dict[str, Any] | None:
    if found.state == "withdrawn" or found.body is None:
        return None
    post = post_of_body(found.body)
    if post.network == OWN:
        return None
    facts = facts_of(post)
    return {
        "org": found.org,
        "wall": found.wall,
        "at_ms": found.received_at_ms,
        "post": found.post,
        "author": found.author,
        "network": post.network,
        "written_ms": post.created_at_ms,
        "followers": facts.followers,
        "interactions": facts.interactions,
        "tags": facts.tags,
        "shown_ms": found.shown_ms or 0,
    }


def downgrade() -> None:
    op.drop_table("tally")
