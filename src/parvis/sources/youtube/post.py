"""What all of the network's posts have in common: keys, authors, figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from parvis.core.post import Author, Metric, Post, PostKind
from parvis.plug.address import web_address
from parvis.plug.digest import short_hash
from parvis.plug.fields import Fields, moment_ms
from parvis.plug.plain import direction, one_line
from parvis.plug.text_entities import find_entities
from parvis.sources.youtube.asking import CHANNEL_ID

NETWORK: Final = "youtube"
ID = re.compile(r"[\w.=~-]{5,400}", re.ASCII)
"""Of a comment or a message."""
MOST_OF_TEXT = 10_000


def key_of(kind: str, id_: str) -> str:
    """Of a `video`, a `comment`, a `chat` message or a `channel`."""
    return f"{NETWORK}:{kind}:{id_}"


def id_of(key: str, kind: str) -> str:
    """The id that a key was made of; '' for a key of another kind."""
    start = f"{NETWORK}:{kind}:"
    return key.removeprefix(start) if key.startswith(start) else ""


def watch(video: str, comment: str = "") -> str:
    """The address of a video, or of a comment below it; '' for none."""
    more = f"&lc={comment}" if comment else ""
    return f"https://www.youtube.com/watch?v={video}{more}" if video else ""


def count(fields: Fields, name: str) -> int:
    """A figure, which the network writes as a text or as a number; -1 for none."""
    value = fields.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    return value if type(value) is int and 0 <= value < 2**53 else -1


def metrics_of(fields: Fields, names: Mapping[str, str]) -> tuple[Metric, ...]:
    """Our names, and what the network calls them; those that it does not tell are left out."""
    told = ((ours, count(fields, theirs)) for ours, theirs in names.items())
    return tuple(Metric(name, value) for name, value in told if value >= 0)


def author_of(
    host: str, id_: str, name: str, handle: str, avatar: str, followers: int = -1
) -> Author | None:
    """The channel that speaks; None where there is none."""
    if not CHANNEL_ID.fullmatch(id_):
        return None
    handle = one_line(handle, 60)
    return Author(
        key=key_of(host, id_),
        handle=handle if handle.startswith("@") else "",
        name=one_line(name, 100),
        url=f"https://www.youtube.com/channel/{id_}",
        avatar=web_address(avatar),
        followers=followers,
    )


def made(
    key: str, said: str, kind: PostKind, snippet: Fields, received_ms: int, **more: Any
) -> Post:
    """A post of these words."""
    return Post(
        **{"version": short_hash(said), **more},
        key=key,
        network=NETWORK,
        text=said,
        kind=kind,
        created_at_ms=moment_ms(snippet, "publishedAt") or received_ms,
        entities=find_entities(said),
        dir=direction(said),
        received_at_ms=received_ms,
    )
