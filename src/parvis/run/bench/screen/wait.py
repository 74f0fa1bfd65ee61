"""Waiting for what a server or a page comes to say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from parvis.core.errors import Later

EVERY_S = 0.02


async def wait_for(what: str, holds: Callable[[], Awaitable[bool]], within_s: float = 30.0) -> None:
    """Until it holds. Raises `Later`, which names `what`."""
    try:
        async with asyncio.timeout(within_s):
            while not await holds():  # noqa: ASYNC110 - it is asked on the other end of a wire
                await asyncio.sleep(EVERY_S)
    except TimeoutError:
        raise Later(f"{what} did not come within {within_s:.0f} s.") from None
