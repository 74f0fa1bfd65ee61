"""The protocols between rooms: what an extension needs kept, it reaches through these; `run` wires
them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from parvis.core.post import Raw

Clock = Callable[[], int]
"""Milliseconds since 1970 UTC."""


class Vault(Protocol):
    """Credentials by name."""

    def secret(self, name: str) -> str:
        """The value; raises `Refused` naming the credential and where to set it."""
        ...

    def has(self, name: str) -> bool:
        """Whether it was declared; `secret` then gives it, or says what is wrong with it."""
        ...


class Memory(Protocol):
    """A few small strings that an extension finds again after a restart (an ETag, a lease)."""

    async def recall(self, name: str) -> str | None:
        """The value kept under `name`."""
        ...

    async def remember(self, name: str, value: str) -> None:
        """Keep `value` under `name`."""
        ...


class Blobs(Protocol):
    """Files by content."""

    async def put(self, body: bytes, mime: str) -> str:
        """The sha256 under which `body` is kept."""
        ...

    async def open(self, sha256: str) -> bytes:
        """The bytes; raises `Refused` when there are none."""
        ...

    async def drop(self, sha256: str) -> None:
        """Forget them; no error when there are none."""
        ...

    async def tidy(self, before_ms: int) -> int:
        """Remove what a crash left half-written before then; how many."""
        ...


class Shelf(Protocol):
    """Pictures and films of posts: kept under the post's key, and gone with the post."""

    async def keep(self, body: bytes, mime: str, post: str) -> str:
        """The sha256 under which `body` is kept for the post with this key."""
        ...


Inbox = Callable[[Sequence[Raw]], Awaitable[int]]
"""Hands raw arrivals of a door (webhook, push) to the road; returns, once stored, how many posts
were new.
"""
