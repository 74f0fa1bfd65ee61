"""Jetstream, versions 1 and 2. https://github.com/bluesky-social/jetstream (read 2026-11)."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import WSCloseCode, WSMsgType, web

from parvis.sim.bluesky.world import Event, Listener, World
from parvis.sim.steer import answer

WORLD: web.AppKey[World] = web.AppKey("world", World)
PROTOCOL = "xrpc.v1.json"
PING_S = 30.0
A_TIME = 10**15
"""Cursors from here on are microseconds since 1970, below it numbers."""


def mount(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get("/subscribe", version_1)
    app.router.add_get("/xrpc/network.bsky.jetstream.subscribeEvents", version_2)
    app.on_shutdown.append(_hang_up)


async def version_1(request: web.Request) -> web.StreamResponse:
    """`/subscribe`: a cursor in the future is now, one that is too old is moved up in silence."""
    world = request.app[WORLD]
    world.asked.append(request.path_qs)
    if refused := world.refusals.answer("stream", "v1"):
        return refused
    if 1 not in world.speaks:
        return web.Response(status=404, text="404 page not found")
    query = request.query
    listener = Listener(
        1,
        frozenset(query.getall("wantedCollections", [])),
        frozenset(query.getall("wantedDids", [])),
    )
    return await _serve(world, request, listener, _since(world, query.get("cursor", "")), ())


async def version_2(request: web.Request) -> web.StreamResponse:
    """`subscribeEvents`: what is wrong with the question is said before the upgrade."""
    world = request.app[WORLD]
    world.asked.append(request.path_qs)
    if refused := world.refusals.answer("stream", "v2"):
        return refused
    if 2 not in world.speaks:
        return web.Response(status=404, text="404 page not found")
    query = request.query
    if any(name.startswith("wanted") for name in query):
        return answer({"error": "InvalidRequest", "message": "wanted* belongs to version 1"}, 400)
    since, cursor = 0, query.get("cursor", "")
    if cursor:
        if not cursor.isdigit():
            return answer({"error": "InvalidRequest", "message": "cursor is no number"}, 400)
        if int(cursor) < min(world.floor, A_TIME):
            message = f"cursor is below the floor {world.floor}"
            return answer({"error": "CursorTooOld", "message": message}, 400)
        since = _since(world, cursor)
    else:
        since = len(world.events)
    listener = Listener(
        2, frozenset(query.getall("collections", [])), frozenset(query.getall("dids", []))
    )
    return await _serve(world, request, listener, since, (PROTOCOL,))


def _since(world: World, cursor: str) -> int:
    """How many events lie before the first that is wanted."""
    if not cursor.isdigit():
        return len(world.events)
    at = int(cursor)
    if at < A_TIME:
        return max(at - 1, 0)  # inclusive
    return next((n for n, e in enumerate(world.events) if e.at_us >= at), len(world.events))


async def _serve(
    world: World,
    request: web.Request,
    listener: Listener,
    since: int,
    protocols: tuple[str, ...],
) -> web.StreamResponse:
    opened = web.WebSocketResponse(heartbeat=PING_S, protocols=protocols)
    if not opened.can_prepare(request).ok:
        return web.Response(
            status=400, text="websocket: the client is not using the websocket protocol"
        )
    await opened.prepare(request)
    for event in world.events[since:]:
        if listener.wants(event):
            listener.due.put_nowait(event)
    world.listeners.add(listener)
    reading = asyncio.create_task(_read(opened, listener))
    try:
        await _write(opened, request, listener)
    except ConnectionError:
        pass  # the listener left
    finally:
        world.listeners.discard(listener)
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
    return opened


async def _write(opened: web.WebSocketResponse, request: web.Request, listener: Listener) -> None:
    while (due := await listener.due.get()) is not None:
        if listener.mute:
            continue
        frame = due if isinstance(due, bytes) else _said(due, listener.version)
        if listener.tear_after is not None:
            _tear(request, frame, listener.tear_after)
            return
        await opened.send_str(frame.decode("utf-8", "surrogateescape"))
    if request.transport is not None:
        request.transport.abort()


def _said(event: Event, version: int) -> bytes:
    return event.v1() if version == 1 else event.v2()


def _tear(request: web.Request, frame: bytes, after: int) -> None:
    """Part of a frame, and then nothing."""
    size = len(frame)
    head = b"\x81" + (bytes((size,)) if size < 126 else b"\x7e" + size.to_bytes(2, "big"))
    if request.transport is not None:
        request.transport.write((head + frame)[:after])
        request.transport.close()


async def _read(opened: web.WebSocketResponse, listener: Listener) -> None:
    """Version 2 takes no word from its listeners; both notice that one has gone."""
    async for message in opened:
        if message.type is WSMsgType.TEXT and listener.version == 2:
            await opened.close(code=WSCloseCode.POLICY_VIOLATION)
            break
    listener.due.put_nowait(None)


async def _hang_up(app: web.Application) -> None:
    app[WORLD].cut()
