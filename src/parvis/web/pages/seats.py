"""Which of the first cards takes which place, as the player will: pictures where they suit."""

from __future__ import annotations

from collections.abc import Sequence

from parvis.core.wire import Card
from parvis.plug.layout import Plan
from parvis.web.pages.card import picture_of


def seated(cards: Sequence[Card], plan: Plan | None) -> list[Card | None]:
    """The cards in the order of the plan's places, None where none stands."""
    if plan is None:
        return list(cards)
    seats: list[Card | None] = [None] * len(plan.cells)
    for card in cards[: len(seats)]:
        wish = "p" if picture_of(card) is not None else "w"
        free = [at for at, held in enumerate(seats) if held is None]
        suited = [at for at in free if plan.cells[at][5] == wish]
        seats[(suited or free)[0]] = card
    return seats
