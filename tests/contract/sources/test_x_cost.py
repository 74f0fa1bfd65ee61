"""What the simulated X bills never exceeds the ceiling, nor what we counted."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from parvis.core.errors import Later
from parvis.core.post import Post
from parvis.plug.meter import MICRO
from parvis.plug.testkit import DictMemory
from parvis.sources.x import X
from tests.contract.sources.listening import Listening
from tests.contract.sources.x_network import Network, opened
from tests.waiting import until


async def spent(source: X) -> int:
    return source._meter.ceiling - await source._meter.left()


async def test_the_stream_is_closed_at_the_ceiling_and_never_later() -> None:
    async with opened() as network:
        memory = DictMemory()
        source = network.source(memory=memory, ceiling=1.0, limit=0)
        listening = Listening(source)
        task = asyncio.create_task(listening.follow())
        await network.listened()
        for number in range(200):
            if task.done():
                break
            network.post(f"{number} #parvis", author=f"p{number}")
            await until(lambda: len(listening.wall) == len(network.world.posts) or task.done())
        await task
        assert isinstance(listening.ended, Later) and "ceiling" in str(listening.ended)
        bill = network.world.bill()
        assert 0.8 * MICRO < bill <= await spent(source) <= MICRO
        # and a restart begins nothing anew
        again = Listening(network.source(memory=memory, ceiling=1.0))
        connects = network.world.judge.attempts
        await again.follow()
        assert isinstance(again.ended, Later) and "raise the setting ceiling" in str(again.ended)
        assert network.world.judge.attempts == connects and network.world.bill() == bill
        probe = await again.source.probe()
        assert not probe.ok and "raise the setting ceiling" in probe.says


async def test_a_search_is_asked_for_no_more_than_may_be_paid() -> None:
    async with opened(connections=0) as network:
        source = network.source(ceiling=1.0, limit=0)
        listening = Listening(source)
        await listening.poll()
        for number in range(90):
            network.post(f"{number} #parvis", author=f"p{number}")
        with pytest.raises(Later, match="ceiling"):
            for _ in range(9):
                await listening.poll()
        assert network.world.bill() <= await spent(source) <= MICRO


async def test_the_same_post_is_paid_for_once_a_day() -> None:
    async with opened() as network:
        source = network.source()
        listening, shown = await _one_on_show(network, source)
        assert await spent(source) == network.world.bill() == 15_000
        await _asked(source, shown)
        await _asked(source, shown)
        assert await spent(source) == network.world.bill() == 15_000
        network.clock.advance(86_400)
        await _asked(source, shown)
        await _asked(source, shown)
        assert await spent(source) == network.world.bill() == 30_000
        assert listening.wall


async def test_what_is_on_show_is_asked_after_when_nothing_new_may_be_read() -> None:
    async with opened() as network:
        source = network.source(ceiling=1.0)
        _, shown = await _one_on_show(network, source)
        network.clock.advance(86_400)
        await source._meter.hold(await source._meter.left() - 100_000)
        with pytest.raises(Later):
            await source.poll("")
        await _asked(source, shown)
        await source._meter.hold(await source._meter.left())
        network.clock.advance(86_400)
        with pytest.raises(Later, match="ceiling"):
            await _asked(source, shown)


async def test_rules_of_others_are_paid_for_and_counted() -> None:
    async with opened() as network:
        other = network.listen(network.source(tags=["cats"], limit=0))
        await network.listened()
        await network.stop()
        source = network.source(limit=0)
        ours = network.listen(source)
        await network.listened()
        network.post("of a wall that is no more #cats", author="bo")
        network.post("ours #parvis", author="ada")
        await until(lambda: ours.texts() == ["ours #parvis"])
        await network.stop()
        assert await spent(source) == network.world.bill() == 30_000 and not other.wall


async def test_near_the_ceiling_the_probe_says_so() -> None:
    async with opened() as network:
        source = network.source(ceiling=10.0)
        await source._meter.hold(8 * MICRO)
        probe = await source.probe()
        assert probe.ok and "$8.0" in probe.says and "of the $10.00 allowed" in probe.says


async def test_accounts_are_looked_up_once() -> None:
    async with opened() as network:
        network.world.account("ada")
        memory = DictMemory()
        for _ in range(3):
            assert (await network.source(memory=memory, accounts=["ada"]).probe()).ok
        assert len(network.asked("users/by")) == 1


async def _one_on_show(network: Network, source: X) -> tuple[Listening[X], list[Post]]:
    listening = network.listen(source)
    await network.listened()
    network.post("shown #parvis")
    await until(lambda: listening.wall)
    await network.stop()
    return listening, [msgspec.structs.replace(each) for each in listening.wall.values()]


async def _asked(source: X, shown: list[Post]) -> None:
    assert [raw async for raw in source.recheck(shown)]
