"""The Bot API as a bot meets it: https://core.telegram.org/bots/api."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from parvis.sim.steer import answer
from parvis.sim.telegram.world import NAME, World

WORLD = web.AppKey("world", World)
OTHERS = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
    " running"
)
HOOKED = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete"
    " the webhook first"
)


def mount(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_route("*", "/bot{token}/{method}", method)
    app.router.add_get("/file/bot{token}/{path:.*}", file)


async def method(request: web.Request) -> web.Response:
    """One call of a method; arguments come as JSON."""
    world, name = request.app[WORLD], request.match_info["method"]
    world.asked.append(name)
    if (refused := world.refusals.answer(name)) is not None:
        return refused
    if request.match_info["token"] != world.token:
        return wrong(401, "Unauthorized")
    if world.retry_after:
        more = {"parameters": {"retry_after": world.retry_after}}
        return wrong(429, f"Too Many Requests: retry after {world.retry_after}", **more)
    given: dict[str, Any] = msgspec.json.decode(await request.read() or b"{}")
    called = METHODS.get(name)
    return await called(world, given) if called else wrong(404, "Not Found: method not found")


async def file(request: web.Request) -> web.Response:
    """A file, whose address is good for whoever holds the token."""
    world = request.app[WORLD]
    world.asked.append("file")
    if (refused := world.refusals.answer("file")) is not None:
        return refused
    body = world.files.get(request.match_info["path"].removeprefix("photos/"))
    if request.match_info["token"] != world.token or body is None:
        return wrong(404, "Not Found")
    return web.Response(body=body, content_type="application/octet-stream")


async def get_me(world: World, given: dict[str, Any]) -> web.Response:
    """Who the bot is."""
    me = {"id": int(world.token.partition(":")[0]), "is_bot": True, "first_name": "Parvis"}
    return ok({**me, "username": NAME, "can_read_all_group_messages": world.reads_groups})


async def get_updates(world: World, given: dict[str, Any]) -> web.Response:
    """Holds the line until there is something; a second one ends the first."""
    if world.hook:
        return wrong(409, HOOKED)
    offset, within_s = int(given.get("offset", 0)), float(given.get("timeout", 0))
    world.offsets.append(offset)
    world.updates = [each for each in world.updates if each["update_id"] >= offset]
    if world.poller is not None:
        world.poller.cancel()
    mine = world.poller = asyncio.ensure_future(_news(world, within_s))
    try:
        await mine
    except asyncio.CancelledError:
        if world.poller is mine:
            raise
        return wrong(409, OTHERS)
    finally:
        if world.poller is mine:
            mine.cancel()
            world.poller = None
    return ok(world.updates[: int(given.get("limit", 100))])


async def _news(world: World, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s), world.news:
            await world.news.wait_for(lambda: bool(world.updates))
    except TimeoutError:
        return


async def get_file(world: World, given: dict[str, Any]) -> web.Response:
    """Where a file is."""
    id_ = str(given.get("file_id", ""))
    if id_ not in world.files:
        return wrong(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    if len(world.files[id_]) > 20 * 1024 * 1024:
        return wrong(400, "Bad Request: file is too big")
    return ok({"file_id": id_, "file_unique_id": f"u{id_}", "file_path": f"photos/{id_}"})


async def send_message(world: World, given: dict[str, Any]) -> web.Response:
    """The bot speaks."""
    world.said.append(given)
    return ok({"message_id": 900_000 + len(world.said), "date": world.now_s()})


async def set_webhook(world: World, given: dict[str, Any]) -> web.Response:
    """From now on Telegram calls."""
    url = str(given.get("url", ""))
    if url and not url.startswith("https://"):
        return wrong(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    world.hook, world.secret = url, str(given.get("secret_token", ""))
    return ok(True)


async def delete_webhook(world: World, given: dict[str, Any]) -> web.Response:
    """From now on it is asked."""
    world.hook = world.secret = ""
    return ok(True)


async def get_webhook_info(world: World, given: dict[str, Any]) -> web.Response:
    """How its calls go."""
    told: dict[str, Any] = {"url": world.hook, "pending_update_count": len(world.updates)}
    if world.error:
        told |= {"last_error_date": world.now_s(), "last_error_message": world.error}
    return ok(told)


async def deliver(world: World, base: str) -> int:
    """Calls the door (at `base`, in place of the https address that it was given) with every update
    that waits, in order; the last status.
    """
    status = 0
    path = "/" + world.hook.split("/", 3)[3]
    async with aiohttp.ClientSession() as session:
        while world.updates:
            headers = {"X-Telegram-Bot-Api-Secret-Token": world.secret}
            async with session.post(base + path, json=world.updates[0], headers=headers) as reply:
                status = reply.status
                if not 200 <= status < 300:
                    return status
                if said := await reply.read():
                    world.said.append(msgspec.json.decode(said))
            world.updates.pop(0)
    return status


def ok(result: object) -> web.Response:
    """What was asked for."""
    return answer({"ok": True, "result": result})


def wrong(status: int, says: str, **more: object) -> web.Response:
    """An error."""
    return answer({"ok": False, "error_code": status, "description": says, **more}, status)


METHODS = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "getFile": get_file,
    "sendMessage": send_message,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
