"""A simulated Telegram, and sources that listen to it as the collector does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from parvis.plug.darkroom import Darkroom
from parvis.plug.door import Answer, Knock
from parvis.plug.http import Http
from parvis.plug.testkit import ManualClock, MemoryShelf, MemoryVault, tools
from parvis.sim import serving
from parvis.sim.telegram import World, serve
from parvis.sim.telegram.world import Draft
from parvis.sources import telegram
from parvis.sources.telegram import Telegram
from tests.contract.sources.listening import Listening
from tests.waiting import until

DOORS = "https://wall.example/in/town/"


class Town:
    """The simulated network and whatever listens to it."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self.shelf = MemoryShelf()
        self.darkroom = Darkroom(1)
        self.clock = ManualClock()
        self._tasks: list[asyncio.Task[None]] = []
        self._https: list[Http] = []

    def source(self, *, public_url: str = DOORS, token: str = "", **settings: Any) -> Telegram:
        http = Http(allow_private=[self.url.partition("://")[2]])
        self._https.append(http)
        source = telegram.open_source(
            tools(
                {"server": self.url, "tags": ["parvis"]} | settings,
                folder=telegram.__file__,
                http=http,
                vault=MemoryVault({"token": token or self.world.token}),
                shelf=self.shelf,
                darkroom=self.darkroom,
                clock=self.clock,
                public_url=public_url,
            )
        )
        source._bot.patience_s = 5
        return source

    def listen(self, source: Telegram | None = None) -> Listening[Telegram]:
        listening = Listening(source or self.source())
        self.begin(listening)
        return listening

    def begin(self, listening: Listening[Telegram]) -> asyncio.Task[None]:
        self._tasks.append(asyncio.create_task(listening.follow()))
        return self._tasks[-1]

    async def listened(self) -> None:
        await until(lambda: self.world.poller is not None)

    def post(self, text: str = "", **more: Any) -> int:
        return self.world.post(Draft(text, **more))

    async def knock(self, source: Telegram, secret: str | None = None) -> Answer:
        """What Telegram would send first, at the source's door."""
        given = self.world.secret if secret is None else secret
        headers = {"x-telegram-bot-api-secret-token": given}
        body = msgspec.json.encode(self.world.updates[0])
        return await source.answer(Knock("hook", "POST", headers, {}, body, self.clock()))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for http in self._https:
            await http.close()
        await self.darkroom.close()


@contextlib.asynccontextmanager
async def opened(world: World) -> AsyncIterator[Town]:
    async with serving(serve(world)) as url:
        town = Town(world, url)
        try:
            yield town
        finally:
            await town.close()
