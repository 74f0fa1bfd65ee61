"""Several streams heard as one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest

from parvis.core.errors import Later, Refused
from parvis.plug.together import heard_together
from tests.waiting import until


class Network:
    """Streams that say what they are told to, in the order they are told."""

    def __init__(self) -> None:
        self.says: dict[str, asyncio.Queue[str | Exception | None]] = {}
        self.refuses: dict[str, Exception] = {}
        self.open: set[str] = set()
        self.taken = 0

    @asynccontextmanager
    async def stream(self, name: str) -> AsyncGenerator[AsyncIterator[str]]:
        if name in self.refuses:
            raise self.refuses[name]
        self.open.add(name)
        try:
            yield self._words(self.says.setdefault(name, asyncio.Queue()))
        finally:
            self.open.discard(name)

    async def _words(self, due: asyncio.Queue[str | Exception | None]) -> AsyncIterator[str]:
        while (word := await due.get()) is not None:
            if isinstance(word, Exception):
                raise word
            self.taken += 1
            yield word


async def test_all_are_open_before_the_first_word_and_nothing_is_lost() -> None:
    network = Network()
    async with heard_together(["a", "b"], network.stream) as told:
        assert network.open == {"a", "b"}
        for name, word in (("a", "1"), ("b", "2"), ("a", "3")):
            network.says[name].put_nowait(word)
        heard = [await anext(told) for _ in range(3)]
    assert sorted(heard) == [("a", "1"), ("a", "3"), ("b", "2")]
    assert [word for name, word in heard if name == "a"] == ["1", "3"]
    assert network.open == set()


async def test_what_opening_raises_is_raised_and_the_others_are_let_go() -> None:
    network = Network()
    network.refuses["b"] = Refused("b is closed")
    with pytest.raises(Refused, match="b is closed"):
        async with heard_together(["a", "b"], network.stream):
            raise AssertionError("never entered")
    assert network.open == set()


async def test_an_error_comes_in_its_place() -> None:
    network = Network()
    async with heard_together(["a"], network.stream) as told:
        network.says["a"].put_nowait("before")
        network.says["a"].put_nowait(Later("cut"))
        assert await anext(told) == ("a", "before")
        with pytest.raises(Later, match="cut"):
            await anext(told)


async def test_the_end_of_one_is_the_end_of_all() -> None:
    network = Network()
    async with heard_together(["a", "b"], network.stream) as told:
        network.says["b"].put_nowait(None)
        assert [each async for each in told] == []
    assert network.open == set()


async def test_a_reader_who_waits_holds_the_network_back() -> None:
    network = Network()
    async with heard_together(["a"], network.stream, waiting=3) as told:
        for number in range(20):
            network.says["a"].put_nowait(str(number))
        await until(lambda: network.taken == 4)  # three wait, one is in hand
        await asyncio.sleep(0)
        assert network.taken == 4
        assert [(await anext(told))[1] for _ in range(20)] == [str(n) for n in range(20)]
