"""What an endless stream has brought meanwhile, taken together: for sources that must ask something
about each item, and may ask about several at once.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

T = TypeVar("T")


async def handfuls(items: AsyncIterator[T], most: int) -> AsyncGenerator[list[T]]:
    """One to `most` items in their order, as soon as there is one; the stream is read no further
    than that ahead. Ends, or raises, as `items` does, after what came before.
    """
    due: asyncio.Queue[T | None] = asyncio.Queue(most)
    pump = asyncio.create_task(_pump(items, due), name="handfuls")
    try:
        over = False
        while not over:
            taken = [await due.get()]
            while not due.empty() and len(taken) < most:
                taken.append(due.get_nowait())
            whole = [item for item in taken if item is not None]
            over = len(whole) < len(taken)
            if whole:
                yield whole
        await pump
    finally:
        pump.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await pump


async def _pump(items: AsyncIterator[T], due: asyncio.Queue[T | None]) -> None:
    try:
        async for item in items:
            await due.put(item)
    finally:
        await due.put(None)
