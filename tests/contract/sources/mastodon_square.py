"""A simulated Mastodon server, and a source that listens to it as the collector does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from parvis.plug.http import Http
from parvis.plug.testkit import MemoryVault, tools
from parvis.sim import serving
from parvis.sim.mastodon import World, serve
from parvis.sim.mastodon.status import Draft
from parvis.sources import mastodon
from parvis.sources.mastodon import Mastodon
from tests.contract.sources.listening import Listening
from tests.waiting import until


class Square:
    """A simulated server and whatever listens to it."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self._tasks: list[asyncio.Task[None]] = []
        self._https: list[Http] = []

    def source(self, *, silence_s: float = 5.0, token: str = "", **settings: Any) -> Mastodon:
        port = self.url.rpartition(":")[2]
        allowed = [f"127.0.0.1:{port}"]
        if self.world.streaming_url:
            allowed.append(f"127.0.0.1:{self.world.streaming_url.rpartition(':')[2]}")
        http = Http(allow_private=allowed)
        self._https.append(http)
        source = mastodon.open_source(
            tools(
                {"server": self.url, **({"tags": ["parvis"]} | settings)},
                folder=mastodon.__file__,
                http=http,
                vault=MemoryVault({"token": token} if token else {}),
            )
        )
        source._streams._silence_s = silence_s
        return source

    def listen(self, source: Mastodon | None = None) -> Listening[Mastodon]:
        listening = Listening(source or self.source())
        self._tasks.append(asyncio.create_task(listening.keep_following()))
        return listening

    async def listened(self, count: int = 1) -> None:
        await until(lambda: len(self.world.listeners) >= count)

    def post(self, text: str, **more: Any) -> str:
        return str(self.world.post(Draft(text, **more), self.url)["id"])

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for http in self._https:
            await http.close()


@contextlib.asynccontextmanager
async def opened(world: World) -> AsyncIterator[Square]:
    async with serving(serve(world)) as url:
        square = Square(world, url)
        try:
            yield square
        finally:
            await square.close()
