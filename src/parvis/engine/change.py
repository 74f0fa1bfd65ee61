"""What may be written: a closed union of changes, applied together with the events that tell of
them.
"""

from __future__ import annotations

from typing import Any

import msgspec

from parvis.core.event import Event
from parvis.core.post import Post
from parvis.core.rights import Right
from parvis.core.verdict import Decision
from parvis.core.wall import BridgeSpec, FormatSpec, SourceSpec, Wall
from parvis.core.wire import Card


class PutWall(msgspec.Struct, frozen=True):
    """Insert or replace a wall's row; with `was`, only while it still is that, and with `new`, only
    where there is none (else `Conflict`).
    """

    wall: Wall
    was: Wall | None = None
    new: bool = False


class DropWall(msgspec.Struct, frozen=True):
    """Remove a wall and all that hangs on it alone."""

    wall: str


class PutSource(msgspec.Struct, frozen=True):
    """Insert or replace a source's row; its cursor stays."""

    source: SourceSpec


class DropSource(msgspec.Struct, frozen=True):
    """Remove a source's row, cursor and health; its posts stay."""

    source: str


class PutFormat(msgspec.Struct, frozen=True):
    """Insert or replace a format's row; its state stays."""

    format: FormatSpec


class DropFormat(msgspec.Struct, frozen=True):
    """Remove a format's row and state."""

    wall: str
    format: str


class PutFormatState(msgspec.Struct, frozen=True):
    """Replace a format's state; `view` is its public part, kept for snapshots; `rev` must be the
    old revision (0: none yet).
    """

    wall: str
    format: str
    plugin: str
    state: dict[str, Any]
    view: dict[str, Any]
    rev: int


class PutPost(msgspec.Struct, frozen=True):
    """Insert or replace the post (the network's fact, once per org), its author and its media."""

    post: Post
    fingerprint: str
    org: str = "main"


class PutPlacement(msgspec.Struct, frozen=True):
    """Place a post on a wall in state `new`; nothing changes where it already stands. The engine
    gives `order`. The fingerprint that reads give is the post's (`PutPost`), so that an edit moves
    it on every wall at once.
    """

    wall: str
    post: str
    source: str
    received_at_ms: int
    fingerprint: str = ""
    author: str = ""
    org: str = "main"


class Decide(msgspec.Struct, frozen=True):
    """Append the decision and set the placement's state; `rev` is the revision that was decided on
    (else `Conflict`). With `hand`, somebody's `by`, it stands only while nobody else has the post
    in hand (else `Conflict`, which names them).
    """

    wall: str
    post: str
    decision: Decision
    rev: int
    id: str
    org: str = "main"
    hand: str = ""


class Reopen(msgspec.Struct, frozen=True):
    """Set a placement back to `new` (after an edit), whatever its revision, if not withdrawn."""

    wall: str
    post: str


class PutRight(msgspec.Struct, frozen=True):
    """Append a right."""

    wall: str
    post: str
    right: Right
    org: str = "main"


class EndRights(msgspec.Struct, frozen=True):
    """End all live rights of a post on a wall."""

    wall: str
    post: str
    at_ms: int


class PutCard(msgspec.Struct, frozen=True):
    """Put the card on the wall or replace it. The engine sets `card.order`: a standing card keeps
    its place, a new one comes before all others.
    """

    wall: str
    card: Card


class DropCard(msgspec.Struct, frozen=True):
    """Take the card off."""

    wall: str
    post: str


class ErasePost(msgspec.Struct, frozen=True):
    """Erase the post's content, author (when nothing else is theirs), cards, fingerprints; keep
    `hash` as tombstone.

    The journal keeps that something was there (keys replaced by the hash), never what it was.
    """

    post: str
    hash: str
    org: str = "main"


class Bury(msgspec.Struct, frozen=True):
    """A tombstone for something we never kept: it must not come in later."""

    hash: str
    org: str = "main"


class OwnBlob(msgspec.Struct, frozen=True):
    """The file belongs to the post; written before the file is. Erasing the post ends it."""

    sha256: str
    post: str
    at_ms: int
    org: str = "main"


class DisownBlob(msgspec.Struct, frozen=True):
    """The file belongs to the post no longer."""

    sha256: str
    post: str
    org: str = "main"


class MoveCursor(msgspec.Struct, frozen=True):
    """Where the source stopped reading; moves in the transaction that stores what was read."""

    source: str
    cursor: str


class PutHealth(msgspec.Struct, frozen=True):
    """How a source is now."""

    source: str
    wall: str
    healthy: bool
    says: str
    at_ms: int
    nearest: str = ""


class PutBridge(msgspec.Struct, frozen=True):
    """Insert or replace a bridge's row; its cursor stays."""

    bridge: BridgeSpec

    @property
    def wall(self) -> str:
        """The wall that it tells of."""
        return self.bridge.wall

    @property
    def org(self) -> str:
        """Whose it is."""
        return self.bridge.org


class DropBridge(msgspec.Struct, frozen=True):
    """Remove a bridge's row, cursor, health and what it set aside."""

    bridge: str


class MoveBridge(msgspec.Struct, frozen=True):
    """Everything up to `seq` was told; a cursor never moves back."""

    bridge: str
    seq: int
    org: str = "main"


class SetAside(msgspec.Struct, frozen=True):
    """The event at `seq` cannot be told; `because` holds no personal data."""

    bridge: str
    seq: int
    because: str
    at_ms: int
    org: str = "main"


class PutBridgeHealth(msgspec.Struct, frozen=True):
    """How a bridge is now."""

    bridge: str
    wall: str
    healthy: bool
    says: str
    at_ms: int


class Pin(msgspec.Struct, frozen=True):
    """Put the post's card forward, or no longer; it ends when the card comes off."""

    wall: str
    post: str
    on: bool


class Feature(msgspec.Struct, frozen=True):
    """The one card that stands in the light until `until_ms`; `post` '' is none."""

    wall: str
    post: str
    until_ms: int = 0


class PutAct(msgspec.Struct, frozen=True):
    """What a person did, so that it can be undone. The engine numbers it, forgets what was undone
    before it and the oldest beyond `ACTS_KEPT`. `together` is shared by acts of one gesture; `rev`
    is the placement's revision after it.
    """

    wall: str
    by: str
    kind: str
    post: str
    before: str
    after: str
    rev: int
    together: str
    at_ms: int


class MarkAct(msgspec.Struct, frozen=True):
    """An act was undone or done again; `rev` is the placement's revision after that."""

    wall: str
    by: str
    n: int
    state: str
    rev: int


class Remember(msgspec.Struct, frozen=True):
    """Keep a small string."""

    scope: str
    name: str
    value: str


class Enqueue(msgspec.Struct, frozen=True):
    """Queue a job; one per (queue, key): a second while the first waits changes nothing."""

    queue: str
    key: str
    payload: bytes = b""
    run_at_ms: int = 0
    priority: int = 0
    max_attempts: int = 5
    org: str = "main"


Change = (
    PutWall
    | DropWall
    | PutSource
    | DropSource
    | PutFormat
    | DropFormat
    | PutFormatState
    | PutPost
    | PutPlacement
    | Decide
    | Reopen
    | PutRight
    | EndRights
    | PutCard
    | DropCard
    | ErasePost
    | Bury
    | OwnBlob
    | DisownBlob
    | MoveCursor
    | PutHealth
    | PutBridge
    | DropBridge
    | MoveBridge
    | SetAside
    | PutBridgeHealth
    | Pin
    | Feature
    | PutAct
    | MarkAct
    | Remember
    | Enqueue
)


class Told(msgspec.Struct, frozen=True):
    """An event for the feed of one wall."""

    wall: str
    event: Event


class Write(msgspec.Struct, frozen=True):
    """Changes and events that stand or fall together. `key` '' means not idempotent; `at_ms` stamps
    the events.
    """

    changes: tuple[Change, ...]
    events: tuple[Told, ...] = ()
    key: str = ""
    at_ms: int = 0


class Written(msgspec.Struct, frozen=True):
    """What a write did: the last sequence given per wall, or `again` when its key had been written
    before.
    """

    seqs: dict[str, int]
    again: bool = False
