"""The shelf: files of posts, kept under the post's key and dropped with it.

Who owns a file is written before the file is, so that a crash leaves at worst a file whose post
does not show it; `sweep` finds those. Every post's file is its own (the darkroom marks it), so that
what one post drops no other post shows.
"""

from __future__ import annotations

import hashlib

from parvis.core.ports import Clock
from parvis.core.post import blobs_of
from parvis.engine import Engine, Write
from parvis.engine.change import DisownBlob, OwnBlob

STRAY_AFTER_MS = 3600 * 1000
"""A post is stored within seconds of its files; after this long it never will be."""


class PostShelf:
    """`core.ports.Shelf` over the engine's blobs."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def keep(self, body: bytes, mime: str, post: str) -> str:
        """The sha256 under which it is kept; raises `Later` when the disk is full."""
        sha256 = hashlib.sha256(body).hexdigest()
        await self._engine.write(Write((OwnBlob(sha256, post, self._clock()),)))
        return await self._engine.blobs.put(body, mime)

    async def clear(self, post: str, org: str = "main") -> int:
        """Drop every file of the post; how many."""
        mine = await self._engine.blobs_of(post, org)
        for sha256 in mine:
            await self._engine.blobs.drop(sha256)
        return len(mine)

    async def trim(self, post: str, wall: str, org: str = "main") -> int:
        """Drop the files that the post shows no longer, since it was edited; how many."""
        known = (await self._engine.known(wall, [post], org)).get(post)
        shown = blobs_of(known.post.media) if known is not None else ()
        left = [each for each in await self._engine.blobs_of(post, org) if each not in shown]
        for sha256 in left:
            await self._let_go(OwnBlob(sha256, post, 0, org))
        return len(left)

    async def sweep(self) -> int:
        """Drop the files that their post does not show, or that a crash cut; how many."""
        swept = await self._engine.blobs.tidy(self._clock() - STRAY_AFTER_MS)
        while stray := await self._engine.stray_blobs(self._clock() - STRAY_AFTER_MS):
            for each in stray:
                await self._let_go(each)
            swept += len(stray)
        return swept

    async def _let_go(self, owned: OwnBlob) -> None:
        if owned.sha256 in await self._engine.blobs_of(owned.post, owned.org):
            await self._engine.blobs.drop(owned.sha256)
        await self._engine.write(Write((DisownBlob(owned.sha256, owned.post, owned.org),)))


class Strays:
    """Sweeps the shelf once an hour."""

    at_start = False

    def __init__(self, shelf: PostShelf, clock: Clock) -> None:
        self._shelf = shelf
        self._clock = clock

    async def take(self) -> int:
        """Drop what no post shows; how many files."""
        return await self._shelf.sweep()

    async def next_ms(self) -> int:
        """In an hour."""
        return self._clock() + STRAY_AFTER_MS
