"""The REST half of the simulated server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from parvis.sim.mastodon.status import Status, iso
from parvis.sim.mastodon.world import World

WORLD: web.AppKey[World] = web.AppKey("world", World)
LOGIN = "This method requires an authenticated user"
VERSION = "4.6.4"
MANY = 20
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def mount(app: web.Application) -> None:
    """Add the routes."""
    get = app.router.add_get
    get("/api/v2/instance", instance)
    get("/api/v1/instance", instance_v1)
    get("/api/v1/timelines/tag/{tag}", tag_timeline)
    get("/api/v1/timelines/public", public_timeline)
    get("/api/v1/statuses", statuses)
    get("/api/v1/statuses/{id}", status)
    get("/api/v1/notifications", notifications)
    get("/api/v1/accounts/lookup", lookup)
    get("/api/v1/accounts/{id}/statuses", account_statuses)
    get("/api/v2/search", search)
    get("/api/v1/trends/tags", trends)
    get("/pictures/{name}", picture)


@web.middleware
async def dialect(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals, access and the rate headers, as the real server's."""
    world = request.app[WORLD]
    path = request.path
    if not path.startswith("/api/") or path.startswith("/api/v1/streaming"):
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return error(404, "Not Found")
    world.asked.append(request.path_qs)
    areas = ("rest", "hashtags") if "/timelines/tag/" in path else ("rest",)
    if refusal := world.refusal(*areas):
        answer: web.StreamResponse = web.Response(
            status=refusal.status,
            body=(refusal.body or said(refusal.status)).encode(),
            headers={"Content-Type": refusal.content_type},
        )
    elif not world.spend(caller_of(request)):
        answer = error(429, "Too many requests")
    elif not admits(world, request):
        answer = error(401, "The access token is invalid" if token_of(request) else LOGIN)
    else:
        try:
            answer = await handler(request)
        except web.HTTPNotFound:
            answer = error(404, "Not Found")
    _rate(world, request, answer)
    return answer


def _rate(world: World, request: web.Request, answer: web.StreamResponse) -> None:
    remaining, reset_ms = world.budget(caller_of(request))
    answer.headers["X-RateLimit-Limit"] = str(world.limit)
    answer.headers["X-RateLimit-Remaining"] = str(remaining)
    answer.headers["X-RateLimit-Reset"] = iso(reset_ms)[:-1] + "086Z"
    answer.headers["Date"] = formatdate(world.clock() / 1000, usegmt=True)


def admits(world: World, request: web.Request) -> bool:
    """Whether the caller may read: everyone where reading is open, but never with a bad token."""
    token = token_of(request)
    return token in world.tokens if token else world.rest_open


def token_of(request: web.Request) -> str:
    """The bearer token, or the one in the address."""
    given = request.headers.get("Authorization", "")
    return given.removeprefix("Bearer ") or request.query.get("access_token", "")


def caller_of(request: web.Request) -> str:
    """Whose requests are counted together: an account's, else an address's."""
    return token_of(request) or request.remote or ""


def base_of(request: web.Request) -> str:
    """The server's address as the caller knows it."""
    return f"{request.scheme}://{request.host}"


def answer_json(value: Any, status: int = 200) -> web.Response:
    """As Rails answers."""
    return web.Response(
        status=status,
        body=msgspec.json.encode(value),
        headers={"Content-Type": "application/json; charset=utf-8"},
    )


def error(status: int, words: str) -> web.Response:
    """An error body."""
    return answer_json({"error": words}, status)


def said(status: int) -> str:
    """The body of a refusal that was not given one."""
    words = {
        401: "The access token is invalid",
        403: "This action is not allowed",
        404: "Record not found",
        422: "Validation failed",
        429: "Too many requests",
    }
    return msgspec.json.encode({"error": words.get(status, "Something went wrong")}).decode()


async def picture(request: web.Request) -> web.Response:
    """A picture of the world's own."""
    body = request.app[WORLD].pictures.get(request.match_info["name"])
    if body is None:
        raise web.HTTPNotFound
    return web.Response(body=body, content_type="image/jpeg")


async def instance(request: web.Request) -> web.Response:
    """https://docs.joinmastodon.org/methods/instance/#v2"""
    world = request.app[WORLD]
    own = base_of(request)
    streaming = (world.streaming_url or own).replace("http", "ws", 1)
    feeds = {"local": world.hashtag_feeds, "remote": world.hashtag_feeds}
    return answer_json(
        {
            "domain": request.host,
            "title": "Simulated square",
            "version": VERSION,
            "source_url": "https://github.com/mastodon/mastodon",
            "description": "A server that exists on this machine alone.",
            "usage": {"users": {"active_month": 12}},
            "languages": ["en"],
            "configuration": {
                "urls": {"streaming": streaming},
                "statuses": {"max_characters": 500, "max_media_attachments": 4},
                "timelines_access": {"hashtag_feeds": feeds},
            },
            "registrations": {"enabled": False},
            "api_versions": {"mastodon": 9},
            "rules": [],
        }
    )


async def instance_v1(request: web.Request) -> web.Response:
    """https://docs.joinmastodon.org/methods/instance/#v1"""
    streaming = (request.app[WORLD].streaming_url or base_of(request)).replace("http", "ws", 1)
    urls = {"streaming_api": streaming}
    return answer_json(
        {"uri": request.host, "title": "Simulated square", "version": VERSION, "urls": urls}
    )


async def tag_timeline(request: web.Request) -> web.Response:
    """https://docs.joinmastodon.org/methods/timelines/#tag"""
    world, query = request.app[WORLD], request.query
    if world.hashtag_feeds == "disabled":
        return answer_json([])
    if world.hashtag_feeds == "authenticated" and not token_of(request):
        return error(401, LOGIN)
    wanted = world.tagged(
        request.match_info["tag"],
        query.getall("any[]", []),
        query.getall("all[]", []),
        query.getall("none[]", []),
    )
    return _page(request, world.timeline(wanted, dict(query)))


async def public_timeline(request: web.Request) -> web.Response:
    """https://docs.joinmastodon.org/methods/timelines/#public"""
    world = request.app[WORLD]
    return _page(
        request,
        world.timeline(lambda status: status["visibility"] == "public", dict(request.query)),
    )


async def status(request: web.Request) -> web.Response:
    """https://docs.joinmastodon.org/methods/statuses/#get"""
    found = request.app[WORLD].statuses.get(request.match_info["id"])
    if found is None or found["visibility"] in ("private", "direct"):
        return error(404, "Record not found")
    return answer_json(found)


async def statuses(request: web.Request) -> web.Response:
    """https://docs.joinmastodon.org/methods/statuses/#index (4.3 on): those that the caller may
    see, in no order that it asked for.
    """
    world = request.app[WORLD]
    if not world.several:
        return error(404, "Not Found")
    ids = dict.fromkeys(request.query.getall("id[]", []))
    if len(ids) > MANY:
        return error(422, "Validation failed")
    found = [world.statuses[id_] for id_ in sorted(ids) if id_ in world.statuses]
    return answer_json([one for one in found if one["visibility"] not in ("private", "direct")])


async def notifications(request: web.Request) -> web.Response:
    """https://docs.joinmastodon.org/methods/notifications/#get"""
    world, query = request.app[WORLD], request.query
    if not token_of(request):
        return error(401, "The access token is invalid")
    if not {"read", "read:notifications"} & set(world.scopes):
        return error(403, "This action is outside the authorized scopes")
    return _page(request, world.notifications(query.getall("types[]", []), dict(query)), "40")


async def lookup(request: web.Request) -> web.Response:
    """https://docs.joinmastodon.org/methods/accounts/#lookup"""
    asked = request.query.get("acct", "").removesuffix(f"@{request.host}")
    for found in request.app[WORLD].statuses.values():
        if found["account"]["acct"] == asked:
            return answer_json(found["account"])
    return error(404, "Record not found")


async def account_statuses(request: web.Request) -> web.Response:
    """https://docs.joinmastodon.org/methods/accounts/#statuses"""
    id_ = request.match_info["id"]
    return _page(
        request,
        request.app[WORLD].timeline(
            lambda status: status["account"]["id"] == id_ and status["visibility"] == "public",
            dict(request.query),
        ),
    )


async def search(request: web.Request) -> web.Response:
    """https://docs.joinmastodon.org/methods/search/#v2"""
    wanted = request.query.get("q", "").lstrip("#").lower()
    names = [name for name in _tags(request.app[WORLD]) if name.startswith(wanted[:3])]
    rows = [{"name": name, "url": f"{base_of(request)}/tags/{name}"} for name in names]
    return answer_json({"accounts": [], "statuses": [], "hashtags": rows})


async def trends(request: web.Request) -> web.Response:
    """https://docs.joinmastodon.org/methods/trends/#tags"""
    return answer_json([{"name": name, "history": []} for name in _tags(request.app[WORLD])][:20])


def _tags(world: World) -> list[str]:
    return sorted({row["name"] for found in world.statuses.values() for row in found["tags"]})


def _page(request: web.Request, page: list[Status], limit: str = "20") -> web.Response:
    answer = answer_json(page)
    if page:
        kept = [("limit", request.query.get("limit", limit))]
        kept += [("types[]", type_) for type_ in request.query.getall("types[]", [])]
        where = f"{base_of(request)}{request.path}?{urlencode(kept)}"
        answer.headers["Link"] = (
            f'<{where}&max_id={page[-1]["id"]}>; rel="next",'
            f' <{where}&min_id={page[0]["id"]}>; rel="prev"'
        )
    return answer
