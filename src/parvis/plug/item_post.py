"""An item as a post."""

from __future__ import annotations

import hashlib

import msgspec

from parvis.core.post import Author, Gone, Media, Post, Raw
from parvis.plug.address import safe_href
from parvis.plug.item import Item
from parvis.plug.moment import YEAR_2100_MS
from parvis.plug.plain import clean, direction, one_line
from parvis.plug.text_entities import find_entities


def key_of(item: Item, network: str, host: str) -> str:
    """What its post is called on every wall."""
    return f"{network}:{host}:{item.id}"


def arrival_of(item: Item, raw: Raw, network: str, host: str) -> Post | Gone:
    """What `item` of `raw` tells; keys are `network:host:id`."""
    key = key_of(item, network, host)
    if item.delete:
        return Gone(key, "deleted by the sender")
    text = clean(item.text)
    return Post(
        key=key,
        network=network,
        text=text,
        created_at_ms=_at_ms(item) or raw.received_at_ms,
        version=hashlib.blake2b(msgspec.json.encode(item), digest_size=8).hexdigest(),
        kind=item.kind,
        entities=find_entities(text),
        lang=item.lang.strip(),
        dir=direction(text),
        media=tuple(
            Media(type=each.type, url=url, alt=clean(each.alt), w=each.w, h=each.h)
            for each in item.media
            if (url := safe_href(each.url))
        ),
        author=_author(item, network, host),
        permalink=safe_href(item.link) if item.link else "",
        received_at_ms=raw.received_at_ms,
        extra={clean(name): clean(value) for name, value in item.extra.items()},
    )


def _author(item: Item, network: str, host: str) -> Author | None:
    author = item.author
    if author is None:
        return None
    name = one_line(author.name)
    handle = one_line(author.handle) or name
    known = "".join(handle.removeprefix("@").lower().split()) or "unnamed"
    return Author(
        key=f"{network}:{host}:@{known}",
        handle=handle,
        name=name,
        url=safe_href(author.url) if author.url else "",
        avatar=safe_href(author.avatar) if author.avatar else "",
    )


def _at_ms(item: Item) -> int:
    if item.created_at is None:
        return 0
    return min(max(round(item.created_at.timestamp() * 1000), 0), YEAR_2100_MS)
