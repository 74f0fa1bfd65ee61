"""What figures need of a post, and nothing more: no word of it but its hashtags."""

from __future__ import annotations

import unicodedata

import msgspec

from parvis.core.post import Post

OWN = "staff"
"""The network of posts that the team writes itself; no figure counts them."""
INTERACTIONS = frozenset(
    ("like", "share", "reply", "quote", "comment", "reaction", "bookmark", "vote")
)
"""Metrics that count what people did; a view or an impression is nothing that anybody did."""
MOST = 10**11
"""More followers or likes than there can be: no lie of a network spoils a sum."""
MOST_TAGS = 20
LONGEST_TAG = 80


class Facts(msgspec.Struct, frozen=True):
    """-1 is what the network did not tell. `tags` are sorted, each once, separated by spaces."""

    followers: int
    interactions: int
    tags: str


def facts_of(post: Post) -> Facts:
    """What the post tells of itself."""
    told = [metric.value for metric in post.metrics if metric.name in INTERACTIONS]
    followers = post.author.followers if post.author is not None else -1
    named = {tag_of(entity.text) for entity in post.entities if entity.type == "tag"}
    return Facts(
        followers=min(max(followers, -1), MOST),
        interactions=min(sum(max(value, 0) for value in told), MOST) if told else -1,
        tags=" ".join(sorted(named - {""})[:MOST_TAGS]),
    )


def tag_of(text: str) -> str:
    """A hashtag as it is compared: without its sign and case; '' for what is none."""
    bare = unicodedata.normalize("NFKC", text).strip().lstrip("#").casefold()
    return "" if len(bare.split()) != 1 or len(bare) > LONGEST_TAG else bare
