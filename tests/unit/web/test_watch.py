"""Many look, one builds; a slow reader skips; nothing runs once nobody looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from parvis.core.errors import Later
from parvis.web import watch as watch_
from parvis.web.watch import Watches
from tests.waiting import until


class Source:
    """A state that tests set; counts how often it is asked."""

    def __init__(self) -> None:
        self.state: bytes | None = b"1"
        self.asked = 0
        self.fails = 0
        self.may = True

    async def build(self, wall: str) -> bytes | None:
        self.asked += 1
        if self.fails:
            self.fails -= 1
            raise Later("The store is away.")
        return self.state

    async def allowed(self) -> bool:
        return self.may


async def take(events: AsyncIterator[bytes]) -> bytes:
    async with asyncio.timeout(10):
        return await anext(events)


def tasks() -> int:
    return len([task for task in asyncio.all_tasks() if task.get_name().startswith("watch ")])


def follow(watches: Watches, source: Source, wall: str = "square") -> AsyncIterator[bytes]:
    return watches.follow(wall, source.build, source.allowed)


async def test_readers_share_one_look_and_leave_nothing_behind() -> None:
    watches, source = Watches(look_s=0.001), Source()
    readers = [follow(watches, source) for _ in range(5)]
    assert [await take(reader) for reader in readers] == [b"data: 1\n\n"] * 5
    assert (len(watches), tasks()) == (5, 1)
    source.state = b"2"
    assert [await take(reader) for reader in readers] == [b"data: 2\n\n"] * 5
    for reader in readers:
        await reader.aclose()  # type: ignore[attr-defined]
    await until(lambda: tasks() == 0)
    assert len(watches) == 0
    again = follow(watches, source)
    assert await take(again) == b"data: 2\n\n"
    watches.stop()


async def test_a_slow_reader_skips_what_lies_between() -> None:
    watches, source = Watches(look_s=0.001), Source()
    reader = follow(watches, source)
    await take(reader)
    for number in range(2, 6):
        source.state, before = b"%d" % number, source.asked
        await until(lambda before=before: source.asked > before + 1)  # type: ignore[misc]
    assert await take(reader) == b"data: 5\n\n"
    watches.stop()


async def test_what_did_not_change_is_not_told_but_the_line_lives() -> None:
    watches, source = Watches(look_s=0.001, beat_s=0.01), Source()
    reader = follow(watches, source)
    assert await take(reader) == b"data: 1\n\n"
    assert [await take(reader) for _ in range(3)] == [b": \n\n"] * 3
    source.may = False
    with pytest.raises(StopAsyncIteration):
        await take(reader)
    await until(lambda: tasks() == 0)


async def test_who_may_not_look_any_more_is_told_nothing_further_on_a_busy_wall() -> None:
    watches, source = Watches(look_s=0.001, beat_s=3600), Source()
    reader = follow(watches, source)
    assert await take(reader) == b"data: 1\n\n"
    source.may, source.state = False, b"2"
    with pytest.raises(StopAsyncIteration):
        await take(reader)
    await until(lambda: tasks() == 0)


async def test_a_store_that_is_away_ends_no_stream() -> None:
    watches, source = Watches(look_s=0.001), Source()
    reader = follow(watches, source)
    await take(reader)
    source.fails, source.state = 3, b"2"
    assert await take(reader) == b"data: 2\n\n"
    watches.stop()


async def test_a_wall_that_goes_ends_its_streams() -> None:
    watches, source = Watches(look_s=0.001), Source()
    reader = follow(watches, source)
    await take(reader)
    source.state = None
    with pytest.raises(StopAsyncIteration):
        await take(reader)


async def test_stopping_ends_every_stream_and_takes_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watches, source = Watches(look_s=0.001), Source()
    readers = [follow(watches, source, wall) for wall in ("a", "b")]
    for reader in readers:
        await take(reader)
    monkeypatch.setattr(watch_, "MAX_READERS", 1)
    assert watches.full("a") and not watches.full("c")
    watches.stop()
    for reader in readers:
        with pytest.raises(StopAsyncIteration):
            await take(reader)
    assert watches.full("c")
    await until(lambda: tasks() == 0)
