"""The reading side: profiles, posts as they are now, and whose a handle is."""

from __future__ import annotations

import time
from typing import Any

from aiohttp import web

from parvis.sim.bluesky.streams import WORLD
from parvis.sim.bluesky.world import World, cid_of, did_of
from parvis.sim.steer import Handler, answer

AT_ONCE = 25
WINDOW_S = 300


def mount(app: web.Application) -> None:
    """Add the routes."""
    for name, handler in (
        ("app.bsky.feed.getPosts", posts),
        ("app.bsky.actor.getProfiles", profiles),
        ("com.atproto.identity.resolveHandle", resolve),
    ):
        app.router.add_get(f"/xrpc/{name}", _limited(handler))


def _limited(handler: Handler) -> Handler:
    async def limited(request: web.Request) -> web.Response:
        world = request.app[WORLD]
        world.asked.append(request.path_qs)
        refused = world.refusals.answer("appview", request.path.rpartition(".")[2])
        world.spent += 1
        if refused is not None:
            said = refused
        elif world.spent > world.limit:
            said = answer({"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, 429)
        else:
            said = await handler(request)
        said.headers["ratelimit-limit"] = str(world.limit)
        said.headers["ratelimit-remaining"] = str(max(world.limit - world.spent, 0))
        said.headers["ratelimit-reset"] = str(int(time.time()) // WINDOW_S * WINDOW_S + WINDOW_S)
        said.headers["ratelimit-policy"] = f"{world.limit};w={WINDOW_S}"
        return said

    return limited


async def posts(request: web.Request) -> web.Response:
    """https://docs.bsky.app/docs/api/app-bsky-feed-get-posts"""
    world, uris = request.app[WORLD], request.query.getall("uris", [])
    if len(uris) > AT_ONCE:
        return _invalid("uris must not have more than 25 elements")
    found = [] if world.unseen else [uri for uri in uris if uri in world.records]
    return answer({"posts": [_view(world, uri) for uri in found]})


async def profiles(request: web.Request) -> web.Response:
    """https://docs.bsky.app/docs/api/app-bsky-actor-get-profiles"""
    world, actors = request.app[WORLD], request.query.getall("actors", [])
    if len(actors) > AT_ONCE:
        return _invalid("actors must not have more than 25 elements")
    if any(not actor.startswith("did:") and "." not in actor for actor in actors):
        return _invalid("actors must be valid at-identifiers")
    dids = [actor if actor.startswith("did:") else did_of(actor) for actor in actors]
    return answer({"profiles": [world.profiles[did] for did in dids if did in world.profiles]})


async def resolve(request: web.Request) -> web.Response:
    """https://docs.bsky.app/docs/api/com-atproto-identity-resolve-handle"""
    did = did_of(request.query.get("handle", ""))
    if did not in request.app[WORLD].profiles:
        return _invalid("Unable to resolve handle")
    return answer({"did": did})


def _view(world: World, uri: str) -> dict[str, Any]:
    record, did = world.records[uri], uri.removeprefix("at://").partition("/")[0]
    return {
        "uri": uri,
        "cid": cid_of(record),
        "author": world.profiles[did],
        "record": record,
        "replyCount": 0,
        "repostCount": 1,
        "likeCount": 2,
        "quoteCount": 0,
        "indexedAt": record["createdAt"],
        "labels": [],
    }


def _invalid(message: str) -> web.Response:
    return answer({"error": "InvalidRequest", "message": message}, 400)
