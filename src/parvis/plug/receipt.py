"""What a door says back of the items it was sent: which it took, which not and why."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from parvis.core.post import Raw
from parvis.plug.door import Answer

JSON = "application/json"


class Taken(msgspec.Struct, frozen=True, omit_defaults=True):
    """An item that was accepted, by its place in the list; `key` is the post's on every wall."""

    item: int
    id: str
    key: str = ""


class Left(msgspec.Struct, frozen=True):
    """An item that was refused, by its place in the list, and why."""

    item: int
    because: str


class Receipt(msgspec.Struct, frozen=True):
    """The answer to a body that could be read; its posts are stored when it leaves."""

    accepted: tuple[Taken, ...]
    refused: tuple[Left, ...] = ()

    @property
    def status(self) -> int:
        """200 when all were taken, 207 when some were, 422 when none was."""
        if not self.accepted:
            return 422
        return 207 if self.refused else 200


def receipt(given: Receipt, raws: Sequence[Raw]) -> Answer:
    """The answer that carries it, and the raws to be stored before it leaves."""
    body = msgspec.json.encode(given)
    return Answer(given.status, body, JSON, (("cache-control", "no-store"),), tuple(raws))
