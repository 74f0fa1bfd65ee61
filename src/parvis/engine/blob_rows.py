"""Reads of who owns which file."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from parvis.engine import tables as t
from parvis.engine.change import OwnBlob

_b = sa.bindparam
_blob, _post = t.blob, t.post
_other = _blob.alias()
_MINE = (
    sa.select(_blob.c.sha256)
    .where(
        _blob.c.org == _b("org"),
        _blob.c.post == _b("post"),
        ~sa.exists().where(_other.c.sha256 == _blob.c.sha256, _other.c.post != _blob.c.post),
    )
    .order_by(_blob.c.sha256)
)
_STRAY = (
    sa.select(_blob.c.sha256, _blob.c.post, _blob.c.at_ms, _blob.c.org)
    .select_from(
        _blob.outerjoin(_post, sa.and_(_post.c.org == _blob.c.org, _post.c.key == _blob.c.post))
    )
    .where(
        _blob.c.org == _b("org"),
        _blob.c.at_ms < _b("before_ms"),
        sa.or_(_post.c.body.is_(None), ~_post.c.body.contains(_blob.c.sha256)),
    )
    .order_by(_blob.c.at_ms, _blob.c.sha256, _blob.c.post)
    .limit(_b("limit"))
)


def blobs_of(conn: sa.Connection, post: str, org: str) -> Sequence[str]:
    """Those of this post alone."""
    return list(conn.execute(_MINE, {"post": post, "org": org}).scalars())


def stray(conn: sa.Connection, before_ms: int, limit: int, org: str) -> Sequence[OwnBlob]:
    """Those that their post does not show."""
    asked = {"before_ms": before_ms, "limit": limit, "org": org}
    return [OwnBlob(*row) for row in conn.execute(_STRAY, asked)]
