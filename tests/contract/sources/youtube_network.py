"""A simulated YouTube, and sources that ask it as the collector does, by a clock that we set."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from parvis.core.post import Arrival
from parvis.plug.door import Knock
from parvis.plug.http import Http
from parvis.plug.source import Page
from parvis.plug.testkit import DictMemory, ManualClock, MemoryVault, tools
from parvis.sim import serving
from parvis.sim.youtube import World, serve
from parvis.sim.youtube.world import Draft, Remark
from parvis.sources import youtube
from parvis.sources.youtube import YouTube
from tests.contract.sources.listening import Listening

DAY_S = 86_400
MORNING_MS = 1_795_593_600_000  # 2026-11-25 08:00 UTC: the allowance was just renewed


class Network:
    """The simulated network and whatever asks it; both have the same clock."""

    def __init__(self, world: World, clock: ManualClock, url: str, doors: str) -> None:
        self.world = world
        self.clock = clock
        self.url = url
        self.memory = DictMemory()
        self.pushed: list[Arrival] = []
        self.behind: YouTube | None = None
        self._doors = doors
        self._https: list[Http] = []

    def source(self, *, key: str = "sim-key", public: bool = False, **settings: Any) -> YouTube:
        http = Http(allow_private=[self.url.partition("://")[2]])
        self._https.append(http)
        source = youtube.open_source(
            tools(
                {"server": self.url, "hub": f"{self.url}/subscribe"} | settings,
                folder=youtube.__file__,
                http=http,
                vault=MemoryVault({"key": key}),
                memory=self.memory,
                clock=self.clock,
                public_url=self._doors if public else "",
            )
        )
        assert isinstance(source, YouTube)
        self.behind = source
        return source

    def listen(self, source: YouTube | None = None, **settings: Any) -> Listening[YouTube]:
        return Listening(source or self.source(**settings))

    async def go_on(self, listening: Listening[YouTube], page: Page) -> Page:
        """The next look, at its time."""
        self.clock.advance(page.again_in_s)
        return await listening.poll()

    def publish(self, title: str, **more: Any) -> str:
        self.clock.advance(1)
        return self.world.publish(Draft(title, **more))

    def say(self, video: str, text: str, author: str = "@ada") -> str:
        return self.world.speak(Remark(video, text, author))

    def comment(self, video: str, text: str, author: str = "@ada") -> str:
        return self.world.comment(Remark(video, text, author))

    def asked(self, resource: str) -> list[dict[str, list[str]]]:
        found = [urlsplit(path) for path in self.world.asked]
        return [parse_qs(each.query) for each in found if each.path.endswith(f"/{resource}")]

    async def knocked(self, request: web.Request) -> web.Response:
        assert self.behind is not None
        headers = {name.lower(): value for name, value in request.headers.items()}
        knock = Knock(
            request.match_info["door"],
            request.method,
            headers,
            dict(request.query),
            await request.read(),
            self.clock(),
        )
        answer = await self.behind.answer(knock)
        self.pushed += [each for raw in answer.raws for each in self.behind.read(raw)]
        return web.Response(status=answer.status, body=answer.body)

    async def close(self) -> None:
        for http in self._https:
            await http.close()


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[Network]:
    clock = ManualClock(MORNING_MS)
    world = World(clock_ms=clock)
    behind: list[Network] = []
    doors = web.Application()

    async def knocked(request: web.Request) -> web.Response:
        return await behind[0].knocked(request)

    doors.router.add_route("*", "/{door}", knocked)
    async with serving(serve(world)) as url, serving(doors) as door:
        network = Network(world, clock, url, f"{door}/")
        behind.append(network)
        try:
            yield network
        finally:
            await network.close()
