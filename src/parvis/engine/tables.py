"""The tables, the same on both stores; every row knows its organisation.

Bodies are JSON text, so that any tool can read them. Keys sort by code point on both stores.

An index leads with the column that tells most rows apart; one that leads with the wall or the
organisation stands beside the primary key, and PostgreSQL, while it has no statistics, takes it by
that one column and filters the whole wall.
"""

from __future__ import annotations

import sqlalchemy as sa

Key = sa.String().with_variant(sa.String(collation="C"), "postgresql")
Number = sa.BigInteger()

metadata = sa.MetaData()


def _key(name: str, *, primary: bool = False) -> sa.Column[str]:
    return sa.Column(name, Key, primary_key=primary, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, *, primary: bool = False) -> sa.Column[int]:
    return sa.Column(name, Number, primary_key=primary, nullable=False, autoincrement=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


wall = sa.Table("wall", metadata, _key("org"), _key("id", primary=True), _text("body"))

# A head outlives its wall: a wall made again goes on counting, so that no screen waits for a past
# number.
wall_head = sa.Table(
    "wall_head",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _number("seq"),
    _number("next_order"),
    sqlite_with_rowid=False,
)

source = sa.Table(
    "source",
    metadata,
    _key("org"),
    _key("id", primary=True),
    _key("wall"),
    _text("body"),
    sa.Index("source_of_wall", "wall"),
)

source_cursor = sa.Table(
    "source_cursor", metadata, _key("org"), _key("source", primary=True), _text("cursor")
)

source_arrival = sa.Table(
    "source_arrival", metadata, _key("org"), _key("source", primary=True), _number("last_post_ms")
)

source_health = sa.Table(
    "source_health",
    metadata,
    _key("org"),
    _key("source", primary=True),
    _key("wall"),
    _flag("healthy"),
    _text("says"),
    _number("since_ms"),
    _text("nearest"),
    sa.Index("health_of_wall", "wall"),
)

bridge = sa.Table(
    "bridge",
    metadata,
    _key("org"),
    _key("id", primary=True),
    _key("wall"),
    _text("body"),
    sa.Index("bridge_of_wall", "wall"),
)

bridge_cursor = sa.Table(
    "bridge_cursor", metadata, _key("org"), _key("bridge", primary=True), _number("seq")
)

bridge_health = sa.Table(
    "bridge_health",
    metadata,
    _key("org"),
    _key("bridge", primary=True),
    _key("wall"),
    _flag("healthy"),
    _text("says"),
    _number("since_ms"),
    sa.Index("bridge_health_of_wall", "wall"),
)

# An event that could not be told, by its place on the wall's feed: no word and no key of a post.
bridge_aside = sa.Table(
    "bridge_aside",
    metadata,
    _key("org"),
    _key("bridge", primary=True),
    _number("seq", primary=True),
    _number("at_ms"),
    _text("because"),
    sqlite_with_rowid=False,
)

format = sa.Table(
    "format",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _key("id", primary=True),
    _flag("enabled"),
    _text("body"),
)

format_state = sa.Table(
    "format_state",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _key("format", primary=True),
    _key("plugin"),
    _number("rev"),
    _text("state"),
    _text("view"),
)

post = sa.Table(
    "post",
    metadata,
    _key("org", primary=True),
    _key("key", primary=True),
    _key("author"),
    _key("fingerprint"),
    _number("created_at_ms"),
    _number("received_at_ms"),
    _text("body"),
    sa.Index("post_of_author", "author", "org", "created_at_ms"),
    sa.Index("post_by_print", "fingerprint", "org"),
)

author = sa.Table(
    "author",
    metadata,
    _key("org", primary=True),
    _key("key", primary=True),
    _text("body"),
)

placement = sa.Table(
    "placement",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _key("post", primary=True),
    _key("source"),
    _key("state"),
    _number("order"),
    _number("rev"),
    _number("received_at_ms"),
    _key("author"),
    _flag("by_person"),
    _key("decision"),
    sa.Index("placement_by_state", "state", "wall", "order"),
    sa.Index("placement_of_author", "author", "wall", "received_at_ms"),
    sa.Index("placement_of_post", "post", "org"),
)

placement_count = sa.Table(
    "placement_count",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _key("state", primary=True),
    _number("n"),
    sqlite_with_rowid=False,
)

decision = sa.Table(
    "decision",
    metadata,
    _key("org", primary=True),
    _key("id", primary=True),
    _key("wall"),
    _key("post"),
    _number("rev"),
    _key("state"),
    _key("by"),
    _text("why"),
    _text("body"),
    sa.Index("decision_of_post", "post", "wall", "rev"),
)

rights = sa.Table(
    "rights",
    metadata,
    sa.Column("id", Number.with_variant(sa.Integer(), "sqlite"), primary_key=True),
    _key("org"),
    _key("wall"),
    _key("post"),
    _number("ended_at_ms"),
    _number("until_ms"),
    _text("body"),
    sa.Index("rights_of_post", "post", "wall"),
)
# only the live ones that end by the clock stand in it: most rights do not, and cost nothing here
ENDING = sa.and_(
    rights.c.ended_at_ms == sa.literal_column("0"), rights.c.until_ms > sa.literal_column("0")
)
# PostgreSQL's has the same condition, from its migration: naming it here too would import that
# dialect at every start
sa.Index("rights_by_end", rights.c.until_ms, sqlite_where=ENDING)

card = sa.Table(
    "card",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _key("post", primary=True),
    _number("order"),
    _text("body"),
    sa.Index("card_by_order", "wall", "order"),
    sa.Index("card_of_post", "post"),
)

feed = sa.Table(
    "feed",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _number("seq", primary=True),
    _number("at_ms"),
    _key("kind"),
    _key("post"),
    _text("body"),
    sa.Index("feed_of_post", "org", "post"),
    sqlite_with_rowid=False,
)

# `key` is a hash: a sender's own key may name a post, and would survive its erasure.
write_key = sa.Table(
    "write_key",
    metadata,
    _key("org"),
    _key("key", primary=True),
    _number("at_ms"),
    _text("seqs"),
    sa.Index("write_key_by_time", "at_ms"),
    sqlite_with_rowid=False,
)

tombstone = sa.Table(
    "tombstone",
    metadata,
    _key("org", primary=True),
    _key("hash", primary=True),
    sqlite_with_rowid=False,
)

# Which file belongs to which post; written before the file is, so that none is ever nobody's.
blob = sa.Table(
    "blob",
    metadata,
    _key("org"),
    _key("sha256", primary=True),
    _key("post", primary=True),
    _number("at_ms"),
    sa.Index("blob_of_post", "post", "org"),
    sa.Index("blob_by_time", "at_ms"),
)

memory = sa.Table(
    "memory",
    metadata,
    _key("org"),
    _key("scope", primary=True),
    _key("name", primary=True),
    _text("value"),
)

# A job that is done is deleted; the unique key holds among the waiting, the running and the dead.
job = sa.Table(
    "job",
    metadata,
    sa.Column("id", Number.with_variant(sa.Integer(), "sqlite"), primary_key=True),
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
    sa.UniqueConstraint("queue", "key", name="job_key"),
    sa.Index("job_due", "queue", "state", "priority", "run_at_ms", "id"),
)

# What the team puts forward; a row goes with the card.
pinned = sa.Table(
    "pinned",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _key("post", primary=True),
    _number("n"),
    sa.Index("pinned_post", "post"),
)

featured = sa.Table(
    "featured",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _key("post"),
    _number("until_ms"),
)

claim = sa.Table(
    "claim",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _key("post", primary=True),
    _key("by"),
    _text("name"),
    _number("until_ms"),
    sa.Index("claim_post", "post"),
)

# What people did, to be undone: `n` follows commit order, `rev` is the placement's after it.
act = sa.Table(
    "act",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _key("by", primary=True),
    _number("n", primary=True),
    _number("at_ms"),
    _key("together"),
    _key("state"),
    _key("kind"),
    _key("post"),
    _text("before"),
    _text("after"),
    _number("rev"),
    sa.Index("act_post", "post"),
)

# `password` is an argon2id hash, '' until the invitation was taken.
person = sa.Table(
    "person",
    metadata,
    _key("org"),
    _key("id", primary=True),
    _key("email"),
    _text("name"),
    _key("role"),
    _key("lang"),
    _text("password"),
    _number("made_at_ms"),
    sa.UniqueConstraint("org", "email", name="person_email"),
)

session = sa.Table(
    "session",
    metadata,
    _key("org"),
    _key("hash", primary=True),
    _key("person"),
    _number("seen_at_ms"),
    _number("until_ms"),
    sa.Index("session_of_person", "person"),
)

# Links that let somebody in once: `first` makes the first account, `invite` finishes one.
pass_ = sa.Table(
    "pass",
    metadata,
    _key("org"),
    _key("hash", primary=True),
    _key("kind"),
    _key("person"),
    _number("until_ms"),
)

screen = sa.Table(
    "screen",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _key("id", primary=True),
    _text("name"),
    _number("last_ms"),
    _text("body"),
)

# One row for each post that a wall's figures count, clustered by arrival so that a period is one
# stretch of it. -1 is what the network did not tell, `shown_ms` 0 a post that was never shown.
tally = sa.Table(
    "tally",
    metadata,
    _key("org"),
    _key("wall", primary=True),
    _number("at_ms", primary=True),
    _key("post", primary=True),
    _key("author"),
    _key("network"),
    _number("written_ms"),
    _number("followers"),
    _number("interactions"),
    _text("tags"),
    _number("shown_ms"),
    sa.Index("tally_of_post", "post", "wall", unique=True),
    sqlite_with_rowid=False,
)
