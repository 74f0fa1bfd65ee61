"""The named reads; each runs in one read transaction, on both stores alike."""

from parvis.engine.reads.declared import (
    cursor,
    format_state,
    formats,
    health,
    recall,
    sources,
    wall,
    walls,
)
from parvis.engine.reads.placed import (
    author_posts,
    counts,
    known,
    oldest,
    placements,
    queue_of_wall,
    tombstones,
    twins,
    undecided,
)
from parvis.engine.reads.posts import decisions, keys_of, posts_of_author, rights
from parvis.engine.reads.shown import cards, head, next_card, snapshot_of_wall

__all__ = [
    "author_posts",
    "cards",
    "counts",
    "cursor",
    "decisions",
    "format_state",
    "formats",
    "head",
    "health",
    "keys_of",
    "known",
    "next_card",
    "oldest",
    "placements",
    "posts_of_author",
    "queue_of_wall",
    "recall",
    "rights",
    "snapshot_of_wall",
    "sources",
    "tombstones",
    "twins",
    "undecided",
    "wall",
    "walls",
]
