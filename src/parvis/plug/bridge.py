"""A bridge: it tells another system what happened on a wall.

An extension's `__init__.py` exposes `open_bridge(tools: Tools) -> Bridge`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from parvis.core.event import Fact
from parvis.core.wire import Card


class Bridge(ABC):
    """One open bridge of one wall. Delivery is at least once and in order; `flow` retries on
    `Later`, gives up on `Refused`."""

    @abstractmethod
    def wants(self, fact: Fact) -> bool:
        """Whether this fact is worth telling."""

    @abstractmethod
    async def tell(self, fact: Fact, card: Card | None) -> None:
        """Tell it; `card` is the post as the network's policy lets third parties have it, or None.
        Raises `Later` or `Refused`.
        """
