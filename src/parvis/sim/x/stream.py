"""The filtered stream: lines that end in CRLF, a sign of life, one connection, and its ends.

docs.x.com/x-api/fundamentals/consuming-streaming-data, handling-disconnections (read 2026-11).
"""

from __future__ import annotations

import asyncio

from aiohttp import web

from parvis.sim.x.wire import WORLD, problem, refused, say
from parvis.sim.x.world import Listener, World

TICK_S = 0.02
"""So soon it is noticed that a listener has left, and another may come."""
MOST_DUE = 10_000
"""Who is further behind is cut off without a word."""


def mount(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get("/2/tweets/search/stream", stream)
    app.on_shutdown.append(_hang_up)


async def stream(request: web.Request) -> web.StreamResponse:
    """Until somebody cuts it."""
    world = request.app[WORLD]
    if no := _refused(world, request):
        world.judge.failed(no.status)
        return no
    if world.drops:
        world.drops -= 1
        world.judge.failed(0)
        _tear(request)
        return web.Response()
    opened = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
    opened.enable_chunked_encoding()
    await opened.prepare(request)
    listener = Listener(asked=dict(request.query), left=lambda: _left(request))
    world.listeners.add(listener)
    try:
        await opened.write(b"\r\n")
        world.judge.opened()
        await _write(world, request, opened, listener)
    except ConnectionError:
        pass  # the listener left
    finally:
        world.listeners.discard(listener)
    return opened


def _refused(world: World, request: web.Request) -> web.Response | None:
    if not world.judge.attempt():
        world.asked.append("TOO SOON")
        detail = "Too Many Requests"
        return say(request, "stream", problem("", "Too Many Requests", detail), 429)
    if no := refused(request, "stream"):
        return no
    if sum(not each.left() for each in world.listeners) >= world.connections:
        detail = "This stream is currently at the maximum allowed connection limit."
        title, issue = "ConnectionException", "TooManyConnections"
        told = problem("streaming-connection", title, detail, connection_issue=issue)
        return say(request, "stream", told, 429)
    if not any(not rule.ends_ms for rule in world.rules.values()):
        detail = "There are no rules: add some before you open the stream."
        return say(request, "stream", problem("rule-configuration-issue", "Conflict", detail), 409)
    return None


async def _write(
    world: World, request: web.Request, opened: web.StreamResponse, listener: Listener
) -> None:
    while listener.due.qsize() <= MOST_DUE:
        due = await _next(world, listener)
        if due is None:
            break
        if listener.mute:
            continue
        if listener.tear_after is not None:
            await opened.write(due[: listener.tear_after] or b"\r")
            break
        await opened.write(due)
    _tear(request)


async def _next(world: World, listener: Listener) -> bytes | None:
    """What is due, or a sign of life; None when it is to end, or when the listener has left."""
    left_s = world.beat_s
    while left_s > 0:
        tick_s = min(left_s, TICK_S)
        try:
            async with asyncio.timeout(tick_s):
                return await listener.due.get()
        except TimeoutError:
            left_s -= tick_s
        if listener.left():
            return None
    return b"\r\n"


def _left(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _tear(request: web.Request) -> None:
    # without the chunk that would end the answer: what a killed server leaves behind
    if request.transport is not None:
        request.transport.close()


async def _hang_up(app: web.Application) -> None:
    app[WORLD].cut()
