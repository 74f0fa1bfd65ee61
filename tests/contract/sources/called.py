"""A source's doors, served as `web` serves them, with what a wall would hold."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from parvis.core.errors import Later
from parvis.core.ports import Clock
from parvis.plug.door import Knock
from tests.contract.sources.listening import Listening, S


class Called(Listening[S]):
    """`statuses`: what each call was answered; `lost` answers never reach the caller."""

    def __init__(self, source: S, clock: Clock) -> None:
        super().__init__(source)
        self.clock = clock
        self.statuses: list[int] = []
        self.lost = 0

    async def knock(self, request: web.Request) -> web.Response:
        """One request at a door; what it lets in is kept before it is answered."""
        knock = Knock(
            door=request.match_info["door"],
            method=request.method,
            headers={name.lower(): value for name, value in request.headers.items()},
            query=dict(request.query),
            body=await request.read(),
            now_ms=self.clock(),
            url=str(request.url),
        )
        try:
            answer = await self.source.answer(knock)
        except Later:
            self.statuses.append(503)
            return web.Response(status=503)
        self.statuses.append(answer.status)
        for raw in answer.raws:
            self.take(raw)
        if self.lost:
            self.lost -= 1
            return web.Response(status=502)
        kind = answer.content_type.partition(";")[0]
        return web.Response(status=answer.status, body=answer.body, content_type=kind)


@contextlib.asynccontextmanager
async def doors(behind: list[Called[S]]) -> AsyncIterator[str]:
    """The address of the doors; the first of `behind` is who stands there."""

    async def knock(request: web.Request) -> web.Response:
        return await behind[0].knock(request)

    app = web.Application()
    app.router.add_route("*", "/{door}", knock)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/"
    finally:
        await runner.cleanup()
