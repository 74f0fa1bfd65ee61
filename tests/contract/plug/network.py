"""A real network on loopback: servers, and a resolver that says where names lead."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import unused_port

from parvis.plug.http import Http
from parvis.plug.testkit import ManualClock

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Names(AbstractResolver):
    """A resolver over a dict; a name has answers, one for each look-up, the last repeating."""

    def __init__(self, names: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self.names = {name: list(answers) for name, answers in names.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host not in self.names:
            raise OSError(socket.EAI_NONAME, "Name or service not known")
        answers = self.names[host]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for each in answer
        ]

    async def close(self) -> None:
        pass


class Town:
    """A server on loopback, known as `a.test` and `b.test`, and a client that may reach it."""

    def __init__(self, port: int, requests: list[web.BaseRequest]) -> None:
        self.port = port
        self.requests = requests
        self.clock = ManualClock()
        self.names = Names({"a.test": [["127.0.0.1"]], "b.test": [["127.0.0.1"]]})
        self.clients: list[Http] = []

    def client(self, **options: Any) -> Http:
        made = Http(
            clock=options.pop("clock", self.clock),
            rng=random.Random(7),
            resolver=options.pop("resolver", self.names),
            allow_private=options.pop("allow_private", (f"127.0.0.1:{self.port}",)),
            **options,
        )
        self.clients.append(made)
        return made

    def url(self, path: str, host: str = "a.test", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@asynccontextmanager
async def town(routes: Mapping[str, Handler]) -> AsyncIterator[Town]:
    """The town while its server runs."""
    requests: list[web.BaseRequest] = []

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        requests.append(request)
        handler = routes.get(request.path)
        if handler is None:
            return web.Response(status=404, text="nothing here")
        return await handler(request)  # type: ignore[arg-type]

    server = web.Server(serve)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port: int = runner.addresses[0][1]
    place = Town(port, requests)
    try:
        yield place
    finally:
        for client in place.clients:
            await client.close()
        await runner.cleanup()


def reply(
    text: str | bytes = "", *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Handler:
    """A handler that always answers this."""

    async def answer(request: web.Request) -> web.StreamResponse:
        body = text.encode() if isinstance(text, str) else text
        return web.Response(status=status, body=body, headers=headers)

    return answer


@asynccontextmanager
async def raw_server(
    speak: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """A bare TCP server's port."""
    open_now: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        try:
            await speak(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            open_now.discard(task)

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)


def closed_port() -> int:
    """A port where nobody listens."""
    return unused_port()
