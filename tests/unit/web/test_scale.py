from __future__ import annotations

import asyncio

import pytest

from parvis.web.problem import Failed
from parvis.web.scale import Held, Scale


async def test_what_does_not_fit_waits_and_then_goes() -> None:
    scale, order = Scale(100, 10), list[str]()
    go = asyncio.Event()

    async def body(name: str, size: int) -> None:
        async with scale.enter() as held:
            await held.weigh(size)
            order.append(name)
            await held.whole()
            await go.wait()

    first = asyncio.create_task(body("first", 80))
    await asyncio.sleep(0)
    second = asyncio.create_task(body("second", 80))
    await asyncio.sleep(0)
    assert (order, scale.held) == (["first"], 80)
    go.set()
    await asyncio.gather(first, second)
    assert order == ["first", "second"]
    assert scale.held == 0


async def test_whoever_waits_too_long_is_turned_away() -> None:
    scale = Scale(100, 10, patience_s=0.01)
    async with scale.enter() as there:
        await there.weigh(60)
        with pytest.raises(Failed) as turned:
            async with scale.enter() as late:
                await late.weigh(30)
                assert scale.held == 90
                await late.weigh(1)
        assert turned.value.status == 503 and turned.value.retry_after_s > 0
        assert scale.held == 60
    assert scale.held == 0


async def test_who_sends_nothing_takes_no_room() -> None:
    scale = Scale(100, 40, patience_s=0.01)
    idle = [await scale.enter().__aenter__() for _ in range(50)]
    async with scale.enter() as held:
        await held.weigh(100)
        assert scale.held == 100
    for each in idle:
        await each.__aexit__(None, None, None)
    assert scale.held == 0


async def test_of_many_half_there_each_comes_to_its_end() -> None:
    """All of them together need four times the room, and none may wait for another for ever."""
    scale = Scale(100, 40)
    most = 0
    ended = list[Held]()

    async def body() -> None:
        nonlocal most
        async with scale.enter() as held:
            for _ in range(40):
                await held.weigh(1)
                most = max(most, scale.held)
                await asyncio.sleep(0)
            await held.whole()
            ended.append(held)

    async with asyncio.timeout(10):
        await asyncio.gather(*(body() for _ in range(10)))
    assert len(ended) == 10 and most <= 100 and scale.held == 0


async def test_a_failed_one_lets_go() -> None:
    scale = Scale(100, 10)
    with pytest.raises(ValueError, match="broken"):
        async with scale.enter() as held:
            await held.weigh(50)
            raise ValueError("broken")
    assert scale.held == 0
