"""The streaming half: server-sent events and WebSocket, heartbeats and torn connections."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from parvis.sim.mastodon.rest import WORLD, answer_json, error, said, token_of
from parvis.sim.mastodon.world import Listener, World

CHANNELS = frozenset(
    (
        "user",
        "user/notification",
        "public",
        "public/local",
        "public/remote",
        "hashtag",
        "hashtag/local",
        "list",
        "direct",
    )
)
PING_S = 30.0
NOT_COVERED = "Access token does not have the required scopes"


def mount(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get("/api/v1/streaming/health", health)
    app.router.add_get("/api/v1/streaming", socket)
    app.router.add_get("/api/v1/streaming/{channel:.+}", events)
    app.on_shutdown.append(_hang_up)


async def health(request: web.Request) -> web.Response:
    """Whether the streaming server lives."""
    return _elsewhere(request) or web.Response(text="OK")


async def events(request: web.Request) -> web.StreamResponse:
    """https://docs.joinmastodon.org/methods/streaming/#http"""
    world = request.app[WORLD]
    world.asked.append(request.path_qs)
    channel, tag = request.match_info["channel"], request.query.get("tag", "")
    if refused := _elsewhere(request) or _refused(world, request):
        return refused
    if channel not in CHANNELS:
        return error(400, "Unknown channel requested")
    if channel.startswith("user") and not token_of(request):
        return error(401, "Error: Missing access token")
    if not _covers(world, channel):
        return error(401, NOT_COVERED)
    if channel.startswith("hashtag") and not tag:
        return error(400, "Missing tag name parameter")
    answer = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    answer.enable_chunked_encoding()
    await answer.prepare(request)
    await answer.write(b":)\n")
    tag = tag if channel.startswith("hashtag") else ""
    listener = Listener(channel, tag, _notifies(world, channel))
    world.listeners.add(listener)
    try:
        await _write(world, listener, answer, request)
    except ConnectionError:
        pass  # the listener left
    finally:
        world.listeners.discard(listener)
    return answer


async def _write(
    world: World, listener: Listener, answer: web.StreamResponse, request: web.Request
) -> None:
    while True:
        try:
            async with asyncio.timeout(world.beat_s):
                due = await listener.due.get()
        except TimeoutError:
            due = b":thump\n"
            listener.beats += 1
        if due is None:
            _tear(request)
            return
        if listener.mute:
            continue
        if isinstance(due, tuple):
            frame = f"event: {due[0]}\ndata: {due[1]}\n\n".encode()
            if listener.tear_after is not None:
                await answer.write(frame[: listener.tear_after] or b":\n")
                _tear(request)
                return
        else:
            frame = due
        await answer.write(frame)


async def socket(request: web.Request) -> web.StreamResponse:
    """https://docs.joinmastodon.org/methods/streaming/#websocket"""
    world = request.app[WORLD]
    world.asked.append(request.path_qs)
    if refused := _elsewhere(request) or _refused(world, request):
        return refused
    opened = web.WebSocketResponse(heartbeat=PING_S, protocols=_protocols(request))
    if not opened.can_prepare(request).ok:
        return answer_json({"error": "Not Found"}, 404)
    await opened.prepare(request)
    tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
    try:
        if stream := request.query.get("stream", ""):
            await _subscribe(world, opened, tasks, {**request.query, "type": "subscribe"}, stream)
        async for message in opened:
            if message.type is WSMsgType.TEXT:
                asked = _object(message.data)
                await _subscribe(world, opened, tasks, asked, str(asked.get("stream", "")))
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    return opened


async def _subscribe(
    world: World,
    opened: web.WebSocketResponse,
    tasks: dict[tuple[str, str], asyncio.Task[None]],
    asked: dict[str, Any],
    stream: str,
) -> None:
    tag = str(asked.get("tag", ""))
    if stream.replace(":", "/") not in CHANNELS or (stream.startswith("hashtag") and not tag):
        await opened.send_json({"error": "Unknown channel requested", "status": 400})
        return
    if asked.get("type") == "unsubscribe":
        if task := tasks.pop((stream, tag), None):
            task.cancel()
    elif (stream, tag) not in tasks:
        if not _covers(world, stream):
            await opened.send_json({"error": NOT_COVERED, "status": 401})
            return
        listener = Listener(stream, tag, _notifies(world, stream))
        world.listeners.add(listener)
        tasks[stream, tag] = asyncio.create_task(_send(world, listener, opened))


async def _send(world: World, listener: Listener, opened: web.WebSocketResponse) -> None:
    name = [listener.channel, listener.tag] if listener.tag else [listener.channel]
    try:
        while True:
            due = await listener.due.get()
            if due is None:
                with contextlib.suppress(ConnectionError):
                    await opened.close()
                return
            if listener.mute:
                continue
            if isinstance(due, bytes):
                await opened.send_str(due.decode("utf-8", "replace"))
            else:
                frame = {"stream": name, "event": due[0], "payload": due[1]}
                await opened.send_str(msgspec.json.encode(frame).decode())
    finally:
        world.listeners.discard(listener)


def _covers(world: World, channel: str) -> bool:
    """Whether the tokens' scopes open the channel; `read` opens all."""
    if not channel.startswith("user"):
        return True
    own = "read:statuses" if channel == "user" else "read:notifications"
    return bool({"read", own} & set(world.scopes))


def _notifies(world: World, channel: str) -> bool:
    """The user's own stream says nothing of notifications to a token that may not read them."""
    may = bool({"read", "read:notifications"} & set(world.scopes))
    return channel.startswith("user") and may


def _object(text: str) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _protocols(request: web.Request) -> tuple[str, ...]:
    given = request.headers.get("Sec-WebSocket-Protocol", "")
    return tuple(part.strip() for part in given.split(",") if part.strip())


def _elsewhere(request: web.Request) -> web.Response | None:
    world = request.app[WORLD]
    own = f"{request.scheme}://{request.host}"
    if world.streams_here or world.streaming_url == own:
        return None
    if world.streaming_redirects:
        return web.Response(
            status=301, headers={"Location": f"{world.streaming_url}{request.path_qs}"}
        )
    return error(404, "Not Found")


def _refused(world: World, request: web.Request) -> web.Response | None:
    if refusal := world.refusal("stream"):
        return web.Response(
            status=refusal.status,
            body=(refusal.body or said(refusal.status)).encode(),
            headers={"Content-Type": refusal.content_type},
        )
    token = token_of(request) or next(iter(_protocols(request)), "")
    if token and token not in world.tokens:
        return error(401, "Error: Invalid access token")
    if not token and not world.stream_open:
        return error(401, "Error: Missing access token")
    return None


def _tear(request: web.Request) -> None:
    # without the chunk that would end the answer: what a killed server leaves behind
    if request.transport is not None:
        request.transport.close()


async def _hang_up(app: web.Application) -> None:
    app[WORLD].cut()
