"""A source: it brings what a network says as `Raw`, and reads it into `Arrival`s.

An extension's `__init__.py` exposes `open_source(tools: Tools) -> Source`. Cutting, back-off,
leases and health belong to `flow/collect.py`; a source only talks to its network and raises
`Refused` or `Later`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Sequence

import msgspec

from parvis.core.errors import Refused
from parvis.core.post import Arrival, Post, Raw
from parvis.plug.door import Answer, Door, Invitation, Knock


class Page(msgspec.Struct, frozen=True):
    """The result of one poll. `cursor` is kept in the same transaction as the posts; `more` asks to
    poll again at once."""

    raws: tuple[Raw, ...]
    cursor: str
    again_in_s: float
    more: bool = False


class Probe(msgspec.Struct, frozen=True):
    """What a source says of itself: `says` is one plain sentence (English); `nearest` the closest
    tag the network knows."""

    ok: bool
    says: str
    nearest: str = ""
    found: int = 0
    since_ms: int = 0


class Source(ABC):
    """One open source of one wall."""

    streams: bool = False
    polls: bool = False
    recheck_at_once: int = 1
    """How many posts one request of `recheck` asks after."""

    @abstractmethod
    def read(self, raw: Raw) -> Iterable[Arrival]:
        """Pure: what `raw` says, oldest first. Never raises for bad content: yields `Unreadable`
        for each bad item.
        """

    def stream(self, cursor: str) -> AsyncIterator[Raw]:
        """Raw as it arrives, each with the cursor to resume after it; first what was missed since
        `cursor` (`gap_fill`).

        Ends or raises `Later` when the connection is cut; raises `Refused` when the network will
        not stream (then `poll` is used where `polls`).
        """
        raise Refused(f"{type(self).__name__} does not stream.")

    async def poll(self, cursor: str) -> Page:
        """One look from `cursor` ('' the first time) on; raises `Later` or `Refused`."""
        raise Refused(f"{type(self).__name__} does not poll.")

    async def probe(self) -> Probe:
        """Whether the network answers and knows what we ask for; never raises `Refused` or `Later`,
        says them instead.
        """
        return Probe(ok=True, says="Waits to be called.")

    def recheck(self, posts: Sequence[Post]) -> AsyncIterator[Raw]:
        """What became of these posts, which are on show: raws that read as the post as it is now,
        as `OptedOut`, or as `Gone` where the network itself says that it is no more.

        Asked after a cut, because deletions told meanwhile are lost, and over and over where the
        display policy has `recheck_every_s`, `recheck_at_once` posts a time. Raises `Later` when
        the network cannot be reached or answers in riddles (nothing is taken off then), `Refused`
        where it will not say.
        """
        raise Refused(f"{type(self).__name__} cannot ask after single posts.")

    def doors(self) -> tuple[Door, ...]:
        """The addresses this source wants."""
        return ()

    async def answer(self, knock: Knock) -> Answer:
        """Answers a request at one of the doors."""
        return Answer(status=404)

    def invitation(self, lang: str) -> Invitation | None:
        """What visitors may send from the phone page, in their language; None: nothing."""
        return None

    async def close(self) -> None:
        """Let go of what was opened."""
        return
