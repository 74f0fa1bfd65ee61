"""Work for callers who wait seconds only and call again."""

from __future__ import annotations

import asyncio

import pytest

from parvis.core.errors import Later, Refused
from parvis.plug.in_time import InTime


class Slow:
    """Work that is done when the test says so."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun = 0
        self.may = asyncio.Event()
        self.error = error

    async def __call__(self) -> int:
        self.begun += 1
        await self.may.wait()
        if self.error:
            raise self.error
        return self.begun


async def test_who_calls_again_finds_what_was_begun() -> None:
    calls: InTime[int] = InTime(0.0)
    work = Slow()
    for _ in range(3):
        with pytest.raises(Later):
            await calls.result("a", work)
    work.may.set()
    calls.within_s = 5.0
    assert await calls.result("a", work) == 1 and work.begun == 1
    assert await calls.result("a", work) == 2, "once it was given, it is begun anew"


async def test_two_calls_at_once_share_it_and_others_do_not() -> None:
    calls: InTime[int] = InTime(5.0)
    work, other = Slow(), Slow()
    both = asyncio.gather(calls.result("a", work), calls.result("a", work))
    alone = asyncio.ensure_future(calls.result("b", other))
    other.may.set()
    assert await alone == 1
    work.may.set()
    assert list(await both) == [1, 1]


async def test_a_failure_is_given_once_and_tried_anew() -> None:
    calls: InTime[int] = InTime(5.0)
    work = Slow(Refused("No."))
    work.may.set()
    for begun in (1, 2):
        with pytest.raises(Refused, match="No"):
            await calls.result("a", work)
        assert work.begun == begun


async def test_the_oldest_is_given_up_when_there_are_too_many() -> None:
    calls: InTime[int] = InTime(0.0, most=2)
    works = [Slow() for _ in range(3)]
    for number, work in enumerate(works):
        with pytest.raises(Later):
            await calls.result(str(number), work)
    for work in works:
        work.may.set()
    calls.within_s = 5.0
    assert await calls.result("2", works[2]) == 1
    assert await calls.result("0", works[0]) == 2, "it was given up, and is begun anew"
    await calls.close()


async def test_closing_ends_what_is_under_way() -> None:
    calls: InTime[int] = InTime(0.0)
    ended = asyncio.Event()

    async def work() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return 1

    calls.within_s = 0.01
    with pytest.raises(Later):
        await calls.result("a", work)
    await calls.close()
    assert ended.is_set()
