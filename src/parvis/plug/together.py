"""Several endless streams heard as one.

All are open before the first word is taken: what was missed can be asked for in between, and
nothing falls through.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

T = TypeVar("T")
Open = Callable[[str], AbstractAsyncContextManager[AsyncIterator[T]]]
_Due = asyncio.Queue[tuple[str, T] | Exception | None]

WAITING = 1000
"""Items that may wait, of all streams; beyond them the networks are read no further."""


@asynccontextmanager
async def heard_together(
    names: Sequence[str], open_one: Open[T], waiting: int = WAITING
) -> AsyncGenerator[AsyncIterator[tuple[str, T]]]:
    """What `open_one(name)` gives for all `names`, as it comes, with the name before it.

    Entering raises what opening raised. The end of one stream is the end of all, and an error is
    raised in its place after what came before it.
    """
    due: _Due[T] = asyncio.Queue(waiting)
    loop = asyncio.get_running_loop()
    ready: list[asyncio.Future[Exception | None]] = [loop.create_future() for _ in names]
    tasks = [
        asyncio.create_task(_pump(name, open_one, due, opened), name=f"stream {name}")
        for name, opened in zip(names, ready, strict=True)
    ]
    try:
        for opened in ready:
            if error := await opened:
                raise error
        yield _taken(due)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(
    name: str, open_one: Open[T], due: _Due[T], opened: asyncio.Future[Exception | None]
) -> None:
    try:
        async with open_one(name) as items:
            opened.set_result(None)
            async for item in items:
                await due.put((name, item))
        await due.put(None)
    except Exception as error:  # handed over, in its place
        if opened.done():
            await due.put(error)
        else:
            opened.set_result(error)


async def _taken(due: _Due[T]) -> AsyncGenerator[tuple[str, T]]:
    while (told := await due.get()) is not None:
        if isinstance(told, Exception):
            raise told
        yield told
