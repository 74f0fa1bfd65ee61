"""A bridge: it tells another system what happened on a wall.

An extension's `__init__.py` exposes `open_bridge(tools: Tools) -> Bridge`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import msgspec

from parvis.core.event import Fact
from parvis.core.wire import Card


class News(msgspec.Struct, frozen=True):
    """What a bridge is to tell, as it is at this moment.

    `id` is the same however often the same is told: let the receiver drop what it has had. `card`
    is the post as its network lets third parties have it, or None. `ref` names the post for ever: a
    keyed hash, which is all that is left of its key once the post was erased; '' where the fact is
    about no post.
    """

    id: str
    fact: Fact
    ref: str = ""
    card: Card | None = None


class Bridge(ABC):
    """One open bridge of one wall. Delivery is at least once and in order; `flow` tries again on
    `Later`, and sets the fact aside on `Refused`.
    """

    @abstractmethod
    def wants(self, fact: Fact) -> bool:
        """Whether this fact is worth telling. Whoever is told of cards that are shown must want
        those that are gone.
        """

    @abstractmethod
    async def tell(self, news: News) -> None:
        """Tell it. Raises `Later` or `Refused`."""

    async def close(self) -> None:
        """Let go of what was opened."""
        return
