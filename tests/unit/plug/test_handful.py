"""Items of a stream, taken together as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from parvis.plug.handful import handfuls


async def test_what_has_come_meanwhile_is_taken_together() -> None:
    due: asyncio.Queue[int] = asyncio.Queue()

    async def items() -> AsyncIterator[int]:
        while True:
            yield await due.get()

    hands = handfuls(items(), 3)
    due.put_nowait(1)
    assert await anext(hands) == [1], "one is not kept waiting for others"
    for number in range(2, 9):
        due.put_nowait(number)
    taken = [await anext(hands), await anext(hands), await anext(hands)]
    assert [number for hand in taken for number in hand][:7] == list(range(2, 9))[:7]
    assert max(map(len, taken)) <= 3
    await hands.aclose()


async def test_the_end_and_the_error_come_after_what_came_before() -> None:
    async def items(error: Exception | None) -> AsyncIterator[int]:
        yield 1
        yield 2
        if error:
            raise error

    assert [hand async for hand in handfuls(items(None), 9)] == [[1, 2]]
    seen: list[int] = []
    with pytest.raises(LookupError):
        async for hand in handfuls(items(LookupError()), 9):
            seen += hand
    assert seen == [1, 2]


async def test_the_stream_is_read_no_further_than_needed_and_let_go_of() -> None:
    read, closed = 0, asyncio.Event()

    async def items() -> AsyncGenerator[int]:
        nonlocal read
        try:
            while True:
                read += 1
                yield read
        finally:
            closed.set()

    stream = items()
    hands = handfuls(stream, 4)
    await anext(hands)
    assert read <= 9
    await hands.aclose()
    await stream.aclose()
    assert closed.is_set()
