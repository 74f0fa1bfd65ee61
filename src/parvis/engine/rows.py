"""What the engine's reads give back."""

from __future__ import annotations

from typing import Literal

import msgspec

from parvis.core.post import Post
from parvis.core.rights import Right
from parvis.core.verdict import Decision, State, Verdict


class Placement(msgspec.Struct, frozen=True):
    """One post on one wall. `order` sorts (larger is newer; unique per wall); `rev` grows with each
    change of state.
    """

    wall: str
    post: str
    source: str
    state: State
    order: int
    rev: int
    received_at_ms: int
    fingerprint: str = ""
    author: str = ""
    by_person: bool = False


class Known(msgspec.Struct, frozen=True):
    """A post we hold, and where it stands on the wall that was asked about."""

    post: Post
    placement: Placement | None


class Queued(msgspec.Struct, frozen=True):
    """A line of the moderation queue."""

    post: Post
    placement: Placement
    decision: Decision | None


class Ending(msgspec.Struct, frozen=True):
    """A live right whose end has come."""

    wall: str
    post: str
    org: str
    right: Right


class OnShow(msgspec.Struct, frozen=True):
    """A post whose card is up, and the card's `order`."""

    order: int
    post: Post


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of a post's journey: what (`event` is the feed's tag), when, on which wall, by whom,
    why.
    """

    at_ms: int
    wall: str
    seq: int
    event: str
    by: str = ""
    why: str = ""
    state: str = ""


class Claim(msgspec.Struct, frozen=True):
    """Who has a post in hand, until when."""

    post: str
    by: str
    name: str
    until_ms: int


class Tale(msgspec.Struct, frozen=True):
    """What happened to a post on one wall and what was `said` of it, oldest first, and the last
    verdicts of the checks.
    """

    steps: tuple[Step, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    said: tuple[Decision, ...] = ()


class Act(msgspec.Struct, frozen=True):
    """What a person did. `state` says whether it holds (`done`), was taken back (`undone`) or can
    no longer be done again (`past`); `rev` is the placement's revision after it.
    """

    n: int
    at_ms: int
    together: str
    state: Literal["done", "undone", "past"]
    kind: Literal["decide", "pin", "feature", "write", "trust", "block", "wording"]
    post: str
    before: str
    after: str
    rev: int


class Sought(msgspec.Struct, frozen=True):
    """What a search asks for; what is left empty asks for nothing. `words` must all stand in the
    text, the author's name or handle, without regard to case and accents. Times are of writing.
    """

    words: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    network: str = ""
    author: str = ""
    lang: str = ""
    media: str = ""
    from_ms: int = 0
    to_ms: int = 0


class Sighted(msgspec.Struct, frozen=True):
    """A page of a search, newest first. `before` goes on from there (None: everything was looked
    at), also when a page has few or none: a page looks at a bounded number of posts (`looked`).
    """

    items: tuple[Queued, ...]
    before: int | None
    looked: int


class Health(msgspec.Struct, frozen=True):
    """How a source is: one plain sentence, and since when."""

    source: str
    wall: str
    healthy: bool
    says: str
    since_ms: int
    nearest: str = ""
    last_post_ms: int = 0


class BridgeHealth(msgspec.Struct, frozen=True):
    """How a bridge is: one plain sentence, and since when. At least everything up to `told_seq` was
    told, but for the `aside` events that could not be; `last_aside` says why the newest could not.
    """

    bridge: str
    wall: str
    healthy: bool
    says: str
    since_ms: int
    told_seq: int = 0
    aside: int = 0
    last_aside: str = ""


class Aside(msgspec.Struct, frozen=True):
    """An event that could not be told, by its place on the wall's feed."""

    seq: int
    because: str
    at_ms: int


class Job(msgspec.Struct, frozen=True):
    """Leased work; `token` proves the lease."""

    id: int
    queue: str
    key: str
    payload: bytes
    attempts: int
    token: str
    max_attempts: int = 5
    because: str = ""


class Period(msgspec.Struct, frozen=True):
    """Posts that arrived on the wall at `from_ms` or later and before `to_ms`."""

    from_ms: int = 0
    to_ms: int = 2**62


class Grouped(msgspec.Struct, frozen=True):
    """A person with what they posted in a period; `followers` is the most that was told, -1 when
    nothing was.
    """

    author: str
    network: str
    posts: int
    followers: int
    name: str = ""
    handle: str = ""


class Counted(msgspec.Struct, frozen=True):
    """A post as figures count it; `followers` and `interactions` are -1 when the network did not
    tell, `shown_ms` 0 when it was never shown. `number` is what a page is sorted by.
    """

    post: str
    at_ms: int
    network: str
    author: str
    written_ms: int
    interactions: int
    shown_ms: int
    number: int
    text: str = ""
    name: str = ""
    handle: str = ""
    source: str = ""


class Apart(msgspec.Struct, frozen=True):
    """What one network's posts come to, where its figures may be added to no other's."""

    network: str
    posts: int
    interactions: int
    interactions_unknown: int
    authors: int
    authors_unknown: int
    reach: int


class Sums(msgspec.Struct, frozen=True):
    """What a wall's posts of a period come to. `unsigned` posts name no author; `timed` ones were
    shown and were young when they arrived: of these are the delays. `steps` have the ms at which
    each begins, its posts, and how many of them were shown. What stands in `apart` is in neither
    `interactions` nor `reach`, nor in what is unknown of them.
    """

    posts: int
    shown: int
    unsigned: int
    interactions: int
    interactions_unknown: int
    authors: int
    authors_unknown: int
    reach: int
    timed: int
    p50_ms: int | None
    p95_ms: int | None
    step_ms: int
    steps: tuple[tuple[int, int, int], ...]
    tags: tuple[tuple[str, int], ...]
    people: tuple[Grouped, ...]
    top: tuple[Counted, ...]
    apart: tuple[Apart, ...] = ()
