"""What the API takes and gives, as structs; its description is made from them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from parvis.engine import BridgeHealth, Health, Step
from parvis.web.reach import CertificateNow

PostKey = Annotated[str, Meta(min_length=1, max_length=512)]
Why = Annotated[str, Meta(max_length=500)]
ActId = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_-]*\Z")]
"""A name that the sender gives an act: sent again under it, the act is done once. '' gives none."""


class Withdraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Off every wall, for good."""

    post: PostKey
    why: Why


class Healths(msgspec.Struct, frozen=True):
    """How each source and each bridge of the wall is."""

    sources: tuple[Health, ...]
    bridges: tuple[BridgeHealth, ...]


class ServedSource(msgspec.Struct, frozen=True):
    """A source that is switched on; `healthy` is null until it was heard since it was opened.
    `doors` are the paths where it waits to be called.
    """

    id: str
    plugin: str
    healthy: bool | None = None
    says: str = ""
    nearest: str = ""
    since_ms: int = 0
    doors: tuple[str, ...] = ()


class ServedWall(msgspec.Struct, frozen=True):
    """A wall and its sources."""

    id: str
    sources: tuple[ServedSource, ...] = ()


class Served(msgspec.Struct, frozen=True):
    """What this process serves, and where it listens."""

    address: str
    public_url: str
    walls: tuple[ServedWall, ...] = ()
    certificate: CertificateNow | None = None
    """Null where it is given, or left to a proxy."""


NO_TRACE = (
    "No post {post} ever came here; give its whole key (network:host:id), which alone is known of a"
    " withdrawn one, its permalink, or the last part of its key."
)


class Trace(msgspec.Struct, frozen=True):
    """A post's whole journey, oldest step first."""

    post: str
    steps: tuple[Step, ...]
    names: dict[str, str] = {}


class Withdrawn(msgspec.Struct, frozen=True):
    """How many walls it left."""

    walls: int
