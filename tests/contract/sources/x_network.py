"""A simulated X, and sources that listen to it as the collector does, on one clock."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from parvis.core.errors import Later, Refused
from parvis.plug.http import Http
from parvis.plug.testkit import DictMemory, ManualClock, MemoryVault, tools
from parvis.sim import serving
from parvis.sim.x import World, serve
from parvis.sim.x.world import Draft
from parvis.sources import x
from parvis.sources.x import X
from tests.contract.sources.listening import Listening
from tests.waiting import until

TOKEN = "sim-token"


class Network:
    """The simulated network and whatever listens to it."""

    def __init__(self, world: World, clock: ManualClock, url: str) -> None:
        self.world = world
        self.clock = clock
        self.url = url
        self._tasks: list[asyncio.Task[None]] = []
        self._https: list[Http] = []

    def source(
        self,
        *,
        silence_s: float = 5.0,
        token: str = TOKEN,
        memory: DictMemory | None = None,
        **settings: Any,
    ) -> X:
        http = Http(allow_private=[self.url.partition("://")[2]], clock=self.clock)
        self._https.append(http)
        source = x.open_source(
            tools(
                {"server": self.url, "tags": ["parvis"]} | settings,
                folder=x.__file__,
                http=http,
                vault=MemoryVault({"token": token}),
                memory=memory or DictMemory(),
                clock=self.clock,
            )
        )
        source._line.silence_s = silence_s
        return source

    def listen(self, source: X | None = None, cursor: str = "") -> Listening[X]:
        listening = Listening(source or self.source())
        listening.cursor = cursor
        self._tasks.append(asyncio.create_task(self._keep(listening)))
        return listening

    async def _keep(self, listening: Listening[X]) -> None:
        """As the collector: it waits as long as it is told to, on the clock of the test."""
        while not isinstance(listening.ended, Refused):
            await listening.follow()
            if isinstance(listening.ended, Later):
                self.clock.advance(listening.ended.retry_after_s)

    async def listened(self, count: int = 1) -> None:
        await until(lambda: len(self.world.listeners) >= count)

    def post(self, text: str, **more: Any) -> str:
        self.clock.advance(0.1)
        return self.world.post(Draft(text, **more))

    def asked(self, name: str) -> list[str]:
        return [path for path in self.world.asked if name in path]

    async def stop(self) -> None:
        """Nobody listens any more."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await until(lambda: not self.world.listeners)

    async def close(self) -> None:
        await self.stop()
        for http in self._https:
            await http.close()


@contextlib.asynccontextmanager
async def opened(**world: Any) -> AsyncIterator[Network]:
    clock = ManualClock()
    made = World(clock=clock, **{"acts_after_s": 0.0, **world})
    async with serving(serve(made)) as url:
        network = Network(made, clock, url)
        try:
            yield network
        finally:
            await network.close()
