from __future__ import annotations

import asyncio

import pytest

from parvis.web.problem import Failed
from parvis.web.scale import Scale


async def test_what_does_not_fit_waits_and_then_goes() -> None:
    scale, order = Scale(100), list[str]()
    go = asyncio.Event()

    async def body(name: str, size: int) -> None:
        async with scale.holding(size):
            order.append(name)
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
    scale = Scale(100, patience_s=0.01)
    async with scale.holding(60):
        with pytest.raises(Failed) as turned:
            async with scale.holding(60):
                raise AssertionError("there was no room")
        assert turned.value.status == 503 and turned.value.retry_after_s > 0
    assert scale.held == 0


async def test_one_body_is_always_let_in_and_a_failed_one_lets_go() -> None:
    scale = Scale(100)
    with pytest.raises(ValueError, match="broken"):
        async with scale.holding(1_000):
            assert scale.held == 100
            raise ValueError("broken")
    assert scale.held == 0
