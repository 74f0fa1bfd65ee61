"""A hub listening on a port of its own, by either way of serving it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import Any, Literal, cast

import pytest
import uvicorn
import uvloop
from uvicorn.server import ServerState

from parvis.web.admit import Turned
from parvis.web.live.follow import Admit, Joined, LiveApp, Scope, view_of, wall_of
from parvis.web.live.hub import Hub
from parvis.web.live.protocol import live_protocol
from parvis.web.live.server import AsgiApp, with_live
from tests.waiting import until

Way = Literal["direct", "asgi", "h11"]
WAYS: tuple[Way, ...] = ("direct", "asgi", "h11")
LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "uvloop": uvloop.new_event_loop,
    "asyncio": asyncio.new_event_loop,
}


def welcome(scope: Any) -> Joined | Turned:
    """Everybody may come in."""
    return Joined(wall_of(scope), view_of(scope))


async def plain_app(scope: Scope, receive: Any, send: Any) -> None:
    """The rest of the house: answers every request with its path."""
    body = str(scope["path"]).encode()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextlib.asynccontextmanager
async def listening(
    hub: Hub,
    way: Way = "direct",
    admit: Admit = welcome,
    app: AsgiApp = plain_app,
    state: ServerState | None = None,
    **config: Any,
) -> AsyncIterator[str]:
    """Serve until the block ends, then stop the hub and see every connection closed."""
    http: Any = {"direct": live_protocol(hub, admit), "asgi": "httptools", "h11": "h11"}[way]
    settings = uvicorn.Config(
        with_live(app, LiveApp(hub, admit)),
        http=http,
        lifespan="off",
        log_config=None,
        access_log=False,
        **config,
    )
    settings.load()
    state = state or ServerState()
    protocol: Callable[[], asyncio.Protocol] = partial(
        cast("Any", settings.http_protocol_class), config=settings, server_state=state, app_state={}
    )
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=settings.ssl, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()
        await hub.stop()
        for connection in list(state.connections):
            connection.shutdown()
        await until(lambda: not state.connections and not state.tasks)


def run(loop: str, scenario: Coroutine[Any, Any, None]) -> None:
    """Run a scenario on one kind of loop."""
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(scenario)


def over(*ways: Way) -> Callable[[Callable[[Way], Coroutine[Any, Any, None]]], Callable[..., None]]:
    """The test runs over each way of serving and each kind of loop."""

    def every(scenario: Callable[[Way], Coroutine[Any, Any, None]]) -> Callable[..., None]:
        @pytest.mark.parametrize("loop", LOOPS)
        @pytest.mark.parametrize("way", ways)
        def test(way: Way, loop: str) -> None:
            run(loop, scenario(way))

        test.__name__ = getattr(scenario, "__name__", "test")
        return test

    return every
