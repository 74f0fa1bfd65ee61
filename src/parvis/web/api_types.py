"""What the API takes and gives, as structs; its description is made from them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from parvis.engine import BridgeHealth, Health, Step

PostKey = Annotated[str, Meta(min_length=1, max_length=512)]
Why = Annotated[str, Meta(max_length=500)]


class Withdraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Off every wall, for good."""

    post: PostKey
    why: Why


class Healths(msgspec.Struct, frozen=True):
    """How each source and each bridge of the wall is."""

    sources: tuple[Health, ...]
    bridges: tuple[BridgeHealth, ...]


class Trace(msgspec.Struct, frozen=True):
    """A post's whole journey, oldest step first."""

    post: str
    steps: tuple[Step, ...]
    names: dict[str, str] = {}


class Withdrawn(msgspec.Struct, frozen=True):
    """How many walls it left."""

    walls: int
