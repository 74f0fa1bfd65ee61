"""Where the first cards stand, as the player has them: in which plan, and who takes which place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parvis.core.wire import Card
from parvis.plug.layout import Plan
from parvis.web.pages.card import picture_of


def standing(plans: Iterable[Plan], theme: str, *, reached: bool) -> list[Plan]:
    """The plans of this theme, where a phone can take part (`reached`) or where none can."""
    fit = [plan for plan in plans if plan.theme in ("", theme)]
    own = [plan for plan in fit if plan.unreached is not reached]
    return own or fit


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
