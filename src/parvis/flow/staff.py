"""Posts that the team itself writes: their source belongs to the house, not to an event file."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping

from parvis.core.post import Author, DisplayPolicy, Media, Post
from parvis.core.wall import SourceSpec, Wall
from parvis.engine import Engine
from parvis.plug.plain import direction
from parvis.plug.text_entities import find_entities

STAFF = "@staff"
"""The id of that source on every wall: no event file can take it."""
NETWORK = "staff"
POLICY = DisplayPolicy(must_show=("name",))


def source_of(wall: str, org: str = "main") -> SourceSpec:
    """The house's own source on this wall."""
    return SourceSpec(STAFF, wall, NETWORK, basis="own_content", org=org)


async def sources_of(engine: Engine, wall: str) -> dict[str, SourceSpec]:
    """Where posts of this wall may come from, by id: what is declared, and the house itself."""
    declared = {source.id: source for source in await engine.sources(wall)}
    return {STAFF: source_of(wall), **declared}


def key_of(wall: str, gesture: str = "") -> str:
    """A key for a new post; the same gesture gives the same."""
    name = hashlib.blake2b(gesture.encode(), digest_size=16).hexdigest() if gesture else ""
    return f"{NETWORK}:{wall}:{name or uuid.uuid4().hex}"


def post_of(
    wall: Wall, key: str, text: str, lang: str, now_ms: int, media: tuple[Media, ...] = ()
) -> Post:
    """The post, in the wall's own name: nobody of the team stands on a screen unasked."""
    author = Author(key=f"{NETWORK}:{wall.id}:team", handle="", name=wall.title)
    return Post(
        key=key,
        network=NETWORK,
        text=text,
        created_at_ms=now_ms,
        received_at_ms=now_ms,
        version="1",
        entities=find_entities(text),
        lang=lang or wall.lang,
        dir=direction(text),
        media=media,
        author=author,
    )


def policy_of(plugin: str, policies: Mapping[str, DisplayPolicy]) -> DisplayPolicy:
    """What the network of this source allows, the house's own included."""
    return POLICY if plugin == NETWORK else policies.get(plugin, DisplayPolicy())
