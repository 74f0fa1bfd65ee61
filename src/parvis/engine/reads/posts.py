"""What is kept of single posts: rights, decisions, and posts by author."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from parvis.core.post import Post
from parvis.core.rights import Right
from parvis.core.verdict import Decision
from parvis.engine import tables as t
from parvis.engine.codec import (
    decision_of_body,
    post_of_body,
    right_of_body,
)

_b = sa.bindparam
_d, _post = t.decision, t.post
_RIGHTS = (
    sa.select(t.rights.c.body)
    .where(
        t.rights.c.wall == _b("wall"),
        t.rights.c.post == _b("post"),
        t.rights.c.ended_at_ms == 0,
    )
    .order_by(t.rights.c.id)
)
_SAID = (
    sa.select(_d.c.body).where(_d.c.wall == _b("wall"), _d.c.post == _b("post")).order_by(_d.c.rev)
)
_OF_AUTHOR = (
    sa.select(_post.c.body)
    .where(_post.c.org == _b("org"), _post.c.author == _b("author"))
    .order_by(_post.c.created_at_ms.desc(), _post.c.key)
    .limit(_b("limit"))
)

_MANY = 20


def keys_of(conn: sa.Connection, name: str, org: str) -> Sequence[str]:
    """In alphabetical order."""
    # LIKE knows no case on some stores, so what it finds is looked at again
    written = msgspec.json.encode(name).decode()
    like = sa.or_(
        _post.c.key.endswith(f":{name}", autoescape=True),
        _post.c.body.contains(f'"permalink":{written}', autoescape=True),
    )
    asked = sa.select(_post.c.key, _post.c.body).where(_post.c.org == org, like)
    rows = conn.execute(asked.order_by(_post.c.key).limit(_MANY))
    return [
        key
        for key, text in rows
        if key.endswith(f":{name}") or post_of_body(text).permalink == name
    ]


def rights(conn: sa.Connection, wall: str, post: str) -> Sequence[Right]:
    """Live rights, as they were granted."""
    texts = conn.execute(_RIGHTS, {"wall": wall, "post": post}).scalars()
    return [right_of_body(text) for text in texts]


def decisions(conn: sa.Connection, wall: str, post: str) -> Sequence[Decision]:
    """Oldest first."""
    texts = conn.execute(_SAID, {"wall": wall, "post": post}).scalars()
    return [decision_of_body(text) for text in texts]


def posts_of_author(conn: sa.Connection, author: str, org: str, limit: int) -> Sequence[Post]:
    """Newest first."""
    asked = {"author": author, "org": org, "limit": limit}
    return [post_of_body(text) for text in conn.execute(_OF_AUTHOR, asked).scalars()]
