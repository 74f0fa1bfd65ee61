"""Simulators of networks: exact on the wire, for tests, demonstrations and work without a network.

Each package here is one simulator; the modules are what they share. A simulator offers `SUMMARY`,
`EXAMPLE`, `arguments(parser)`, `guide(base, args)`, and `build(args)`, which gives an ASGI
application, or an aiohttp one where connections must be torn or upgraded.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import pkgutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from typing import Any, NamedTuple, Protocol, cast

import uvicorn
from aiohttp import web

from parvis.core.errors import Refused

ASGI = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
App = ASGI | web.Application


class Guide(NamedTuple):
    """How to use a simulator: `addresses`, the source that listens to it (its `settings` as TOML),
    and for each verb of `POST /sim/…` a body that it takes; `secret` is the token that it wants,
    under each of the names in `credentials`.
    """

    addresses: tuple[str, ...]
    plugin: str
    settings: str
    calls: tuple[tuple[str, str], ...]
    secret: str = ""
    credentials: tuple[str, ...] = ("token",)


class Simulator(Protocol):
    """What each module here offers."""

    SUMMARY: str
    EXAMPLE: str

    def guide(self, base: str, args: argparse.Namespace) -> Guide:
        """What to do with it, where it is served at `base`."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what can be set, beside host and port."""

    def build(self, args: argparse.Namespace) -> App:
        """The application."""


def names() -> list[str]:
    """The networks that can be simulated."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def find(name: str) -> Simulator:
    """The simulator of a network."""
    return cast(Simulator, importlib.import_module(f"{__name__}.{name}"))


@contextlib.asynccontextmanager
async def serving(app: App, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serves `app` and gives its address; port 0 takes a free one. Raises `Refused`."""
    served = (
        _aiohttp(app, host, port) if isinstance(app, web.Application) else _asgi(app, host, port)
    )
    try:
        address = await served.__aenter__()
    except OSError as error:
        raise Refused(
            f"{host} port {port} cannot be listened on ({error.strerror}); choose another --port."
        ) from error
    try:
        yield f"http://{address[0]}:{address[1]}"
    finally:
        await served.__aexit__(None, None, None)


@contextlib.asynccontextmanager
async def _aiohttp(app: web.Application, host: str, port: int) -> AsyncIterator[tuple[str, int]]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][:2]
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def _asgi(app: ASGI, host: str, port: int) -> AsyncIterator[tuple[str, int]]:
    config = uvicorn.Config(app, host=host, port=port, log_level="critical", access_log=False)
    listening = socket.create_server((host, port))
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)
        if task.done():
            task.result()
        yield listening.getsockname()[:2]
    finally:
        server.should_exit = server.force_exit = True
        await task
        listening.close()


class _Server(uvicorn.Server):
    """Leaves signals to whoever started us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
