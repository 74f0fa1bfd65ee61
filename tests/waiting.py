"""The one place where a test waits: for a condition, never for a time."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast, overload

T = TypeVar("T")
PAUSE_S = 0.01


@overload
async def until(predicate: Callable[[], Awaitable[T]], within_s: float = 5.0) -> T: ...
@overload
async def until(predicate: Callable[[], T], within_s: float = 5.0) -> T: ...
async def until(predicate: Callable[[], T | Awaitable[T]], within_s: float = 5.0) -> T:
    """Ask again until the answer is true, and give that answer. Raises TimeoutError."""
    deadline = time.monotonic() + within_s
    while True:
        asked = predicate()
        answer = cast(T, await asked if inspect.isawaitable(asked) else asked)
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so within {within_s} s; the last answer was {answer!r}")
        await asyncio.sleep(PAUSE_S)


def until_now(predicate: Callable[[], T], within_s: float = 5.0) -> T:
    """`until` for a test without an event loop."""
    return asyncio.run(until(predicate, within_s))
