"""An interactive format: its server half is a reduction, so that it replays and merges.

An extension's `__init__.py` exposes `open_format() -> Format`; its browser halves lie beside it as
`wall.ts` and `phone.ts`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from parvis.plug.door import Act, Answer, Door, Form, Knock


class Format(ABC):
    """Pure throughout: state in, state out. A state is plain JSON."""

    @abstractmethod
    def start(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The first state; raises `Refused` naming the setting that is wrong."""

    @abstractmethod
    def reduce(self, state: dict[str, Any], acts: Sequence[Act]) -> dict[str, Any]:
        """The state after the acts, oldest first: the same whether they come at once or one by one.
        One that means nothing leaves it as it is; the state that was given stays unchanged.
        """

    @abstractmethod
    def view(self, state: dict[str, Any]) -> dict[str, Any]:
        """The public part, without anyone's token."""

    def settle(self, state: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
        """The state carried over to changed settings."""
        return state

    def holds(self, state: dict[str, Any]) -> str:
        """What people gave that goes when the format goes, such as "12 votes"; '' for nothing."""
        return ""

    def doors(self) -> tuple[Door, ...]:
        """The addresses that visitors' pages call."""
        return ()

    def answer(self, knock: Knock, state: dict[str, Any]) -> Answer:
        """Reads a request into acts, or refuses it in one sentence."""
        return Answer(status=404)

    def form(self, state: dict[str, Any]) -> Form | None:
        """What a visitor's page without script shows now; None when there is nothing to press."""
        return None
