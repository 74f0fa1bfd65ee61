"""A simulated Bluesky, and sources that listen to it as the collector does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from parvis.plug.http import Http
from parvis.plug.testkit import tools
from parvis.sim import serving
from parvis.sim.bluesky import World, serve
from parvis.sim.bluesky.world import Draft
from parvis.sources import bluesky
from parvis.sources.bluesky import Bluesky
from tests.contract.sources.listening import Listening
from tests.waiting import until


class Network:
    """The simulated network and whatever listens to it."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self._tasks: list[asyncio.Task[None]] = []
        self._https: list[Http] = []

    def source(self, *, silence_s: float = 5.0, **settings: Any) -> Bluesky:
        http = Http(allow_private=[self.url.partition("://")[2]])
        self._https.append(http)
        given = {"jetstream": self.url, "appview": self.url, "tags": ["parvis"]} | settings
        source = bluesky.open_source(tools(given, folder=bluesky.__file__, http=http))
        source._jetstream.silence_s = silence_s
        return source

    def listen(self, source: Bluesky | None = None) -> Listening[Bluesky]:
        listening = Listening(source or self.source())
        self._tasks.append(asyncio.create_task(listening.keep_following()))
        return listening

    async def listened(self, count: int = 1) -> None:
        await until(lambda: len(self.world.listeners) >= count)

    def post(self, text: str, **more: Any) -> str:
        return self.world.post(Draft(text, **more))

    def asked(self, name: str) -> list[str]:
        return [path for path in self.world.asked if name in path]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for http in self._https:
            await http.close()


@contextlib.asynccontextmanager
async def opened(world: World) -> AsyncIterator[Network]:
    async with serving(serve(world)) as url:
        network = Network(world, url)
        try:
            yield network
        finally:
            await network.close()
