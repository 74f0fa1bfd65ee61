"""Stage: the writes that put a post's card on a wall or take it off, with everything that must
change together.
"""

from __future__ import annotations

import uuid

import msgspec

from parvis.core.event import CardGone, CardShown, PostDecided, RightChanged
from parvis.core.post import DisplayPolicy, Post
from parvis.core.rights import Right
from parvis.core.verdict import Decision, by_person
from parvis.engine import Engine, Placement, Write
from parvis.engine.change import Change, Decide, DropCard, EndRights, PutCard, PutRight, Told
from parvis.flow.publish import card_of


def decided(
    placement: Placement, decision: Decision, post: Post, policy: DisplayPolicy, right: Right | None
) -> Write:
    """The write of one decision: with a right the card goes up, without one it comes off; the
    journal says both.
    """
    wall, key, at_ms = placement.wall, placement.post, decision.at_ms
    id_ = uuid.uuid4().hex
    changes: list[Change] = [Decide(wall, key, decision, placement.rev, id_, hand=_hand(decision))]
    events = [Told(wall, PostDecided(key, decision.state, id_))]
    if right is not None:
        changes += [
            EndRights(wall, key, at_ms),
            PutRight(wall, key, right),
            PutCard(wall, card_of(_seen(post, decision), policy, at_ms)),
        ]
        events += [Told(wall, RightChanged(key, right.basis, True)), Told(wall, CardShown(key))]
    return Write(tuple(changes), tuple(events), at_ms=at_ms)


def _hand(decision: Decision) -> str:
    """A person's decision waits for whoever else has the post in hand; a machine's does not."""
    return decision.by if by_person(decision) else ""


def _seen(post: Post, decision: Decision) -> Post:
    return msgspec.structs.replace(post, media=()) if decision.without_media else post


def taken_off(placement: Placement, decision: Decision, refill: str | None) -> Write:
    """The write that takes a card off; `refill` is the post whose card comes back into the wall's
    capacity.
    """
    wall, key, at_ms = placement.wall, placement.post, decision.at_ms
    id_ = uuid.uuid4().hex
    changes: list[Change] = [
        Decide(wall, key, decision, placement.rev, id_, hand=_hand(decision)),
        DropCard(wall, key),
        EndRights(wall, key, at_ms),
    ]
    events = [
        Told(wall, PostDecided(key, decision.state, id_)),
        Told(wall, RightChanged(key, "", False)),
        Told(wall, CardGone(key)),
    ]
    if refill is not None:
        events.append(Told(wall, CardShown(refill)))
    return Write(tuple(changes), tuple(events), at_ms=at_ms)


async def refill_of(engine: Engine, wall: str, post: str) -> str | None:
    """The key of the card that a fresh snapshot shows once `post` is off a full wall; call it under
    the wall's lane.
    """
    snapshot = await engine.snapshot_of_wall(wall)
    if snapshot is None or len(snapshot.cards) < snapshot.wall.capacity:
        return None
    if all(card.post != post for card in snapshot.cards):
        return None
    spare = await engine.next_card(wall, snapshot.cards[-1].order)
    return spare.post if spare is not None else None
