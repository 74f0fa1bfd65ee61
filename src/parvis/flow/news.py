"""News: a fact of the feed as a third party may have it now, which may be long after it happened.

Everything is read when it is told. What was taken off since is told as gone, and without a word;
where a network keeps its posts for itself, not even the key leaves, but the keyed hash.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from parvis.core.event import CardGone, CardShown, Event, Fact, Interaction, post_of
from parvis.core.wire import Card
from parvis.engine import Engine
from parvis.flow.publish import NOTHING, PolicyOf, passed_on, policies_of
from parvis.plug.bridge import News


async def news_of(
    engine: Engine,
    fact: Fact,
    *,
    policy_of: PolicyOf,
    hash_of: Callable[[str], str],
    now_ms: int,
) -> News:
    """What a bridge may tell of the fact at `now_ms`."""
    id_, event = f"{fact.wall}.{fact.seq}", fact.event
    post = _post(event)
    if not post:
        return News(id_, fact)
    if ":" not in post:  # erased since: a key has colons, a hash none
        gone = CardGone(post) if isinstance(event, CardShown) else event
        return News(id_, _with(fact, gone), ref=post)
    ref = hash_of(post)
    policy = (await policies_of(engine, fact.wall, [post], policy_of)).get(post, NOTHING)
    allowed: Card | None = None
    if isinstance(event, CardShown):
        wall = await engine.wall(fact.wall)
        card = (await engine.cards(fact.wall, [post])).get(post)
        if card is None:
            event = CardGone(post)
        elif wall is not None and not wall.panic:
            allowed = await passed_on(engine, fact.wall, card, policy, "export", now_ms)
    if policy.redistribute == "none":
        return News(id_, _with(fact, _named(event, ref)), ref=ref)
    return News(id_, _with(fact, event), ref=ref, card=allowed)


def _post(event: Event) -> str:
    """The post that the event is about; acts on a format are about none."""
    if isinstance(event, Interaction):
        return "" if event.about.startswith("format:") else event.about
    return post_of(event)


def _named(event: Event, name: str) -> Event:
    if isinstance(event, Interaction):
        return msgspec.structs.replace(event, about=name, data={})
    changes: dict[str, Any] = {"post": name}
    return msgspec.structs.replace(event, **changes)


def _with(fact: Fact, event: Event) -> Fact:
    return fact if event is fact.event else msgspec.structs.replace(fact, event=event)
