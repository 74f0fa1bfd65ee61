"""`POST /sim/…` with a JSON body: what happens on the simulated server.

post      a Draft                         → the status
edit      {"id", "text", "spoiler"?}      → the status
delete    {"id"}
notify    {"type", "id"}                  the tokens' owner is notified of a status
burst     {"count", "tag"}                the crowd posts so many at once
cut       {"after"?}                      tears every stream: now, or so far into the next event
silence   {}                              open streams say nothing any more
say       {"event", "data"}               an event of any kind to every stream
shout     {"line"}                        a line as it is to every stream
refuse    {"what", "status", "times"?, "body"?, "content_type"?}
                                          what: stream, rest, hashtags, all
settings  {"stream_open"?, "rest_open"?, "hashtag_feeds"?, "scopes"?, "follows"?, "limit"?, …}
"""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from parvis.sim import steer
from parvis.sim.crowd import utterance
from parvis.sim.mastodon.crowd import draft_of
from parvis.sim.mastodon.rest import WORLD, answer_json, base_of, error
from parvis.sim.mastodon.status import Draft
from parvis.sim.mastodon.world import Refusal

SETTINGS: dict[str, Any] = {
    "stream_open": bool,
    "rest_open": bool,
    "hashtag_feeds": str,
    "limit": int,
    "several": bool,
    "owner": str,
    "scopes": tuple[str, ...],
    "follows": frozenset[str],
    "streaming_url": str,
    "streaming_redirects": bool,
    "streams_here": bool,
    "beat_s": float,
}


class Edit(msgspec.Struct, forbid_unknown_fields=True):
    """What changes in a status."""

    id: str
    text: str
    spoiler: str | None = None


class Which(msgspec.Struct, forbid_unknown_fields=True):
    """A status."""

    id: str


class Notify(msgspec.Struct, forbid_unknown_fields=True):
    """Something that concerns the owner."""

    type: str
    id: str


class Burst(msgspec.Struct, forbid_unknown_fields=True):
    """Many posts at once."""

    count: int
    tag: str = "parvis"


class Cut(msgspec.Struct, forbid_unknown_fields=True):
    """Where to tear."""

    after: int | None = None


class Say(msgspec.Struct, forbid_unknown_fields=True):
    """An event."""

    event: str
    data: str


class Shout(msgspec.Struct, forbid_unknown_fields=True):
    """A line."""

    line: str


class Refuse(msgspec.Struct, forbid_unknown_fields=True):
    """`times` below 0: until told otherwise; 0: no longer."""

    what: str
    status: int = 401
    times: int = -1
    body: str = ""
    content_type: str = "application/json; charset=utf-8"


def mount(app: web.Application) -> None:
    """Add the routes."""
    steer.mount(app, HANDLERS)


async def post(request: web.Request) -> web.Response:
    """Somebody posts."""
    draft = msgspec.json.decode(await request.read(), type=Draft)
    return answer_json(request.app[WORLD].post(draft, base_of(request)))


async def edit(request: web.Request) -> web.Response:
    """Somebody edits."""
    asked = msgspec.json.decode(await request.read(), type=Edit)
    status = request.app[WORLD].edit(asked.id, asked.text, base_of(request), asked.spoiler)
    return answer_json(status) if status else error(404, "Record not found")


async def delete(request: web.Request) -> web.Response:
    """Somebody deletes."""
    asked = msgspec.json.decode(await request.read(), type=Which)
    found = request.app[WORLD].delete(asked.id)
    return answer_json({}) if found else error(404, "Record not found")


async def notify(request: web.Request) -> web.Response:
    """The owner is notified."""
    asked = msgspec.json.decode(await request.read(), type=Notify)
    world = request.app[WORLD]
    if asked.id not in world.statuses:
        return error(404, "Record not found")
    world.notify(asked.type, asked.id)
    return answer_json({})


async def burst(request: web.Request) -> web.Response:
    """Many post at once."""
    asked = msgspec.json.decode(await request.read(), type=Burst)
    world, base = request.app[WORLD], base_of(request)
    ids = [
        world.post(draft_of(utterance(n, asked.tag)), base)["id"]
        for n in range(min(asked.count, 10_000))
    ]
    return answer_json({"ids": ids})


async def cut(request: web.Request) -> web.Response:
    """Streams are torn."""
    asked = msgspec.json.decode(await request.read() or b"{}", type=Cut)
    return answer_json({"streams": request.app[WORLD].cut(asked.after)})


async def silence(request: web.Request) -> web.Response:
    """Streams fall silent."""
    return answer_json({"streams": request.app[WORLD].silence()})


async def say(request: web.Request) -> web.Response:
    """An event is told."""
    asked = msgspec.json.decode(await request.read(), type=Say)
    request.app[WORLD].say(asked.event, asked.data)
    return answer_json({})


async def shout(request: web.Request) -> web.Response:
    """A line is sent."""
    asked = msgspec.json.decode(await request.read(), type=Shout)
    request.app[WORLD].shout(asked.line.encode() + b"\n")
    return answer_json({})


async def refuse(request: web.Request) -> web.Response:
    """Something is refused from now on."""
    asked = msgspec.json.decode(await request.read(), type=Refuse)
    world = request.app[WORLD]
    world.refusals = [refusal for refusal in world.refusals if refusal.what != asked.what]
    refusal = Refusal(asked.what, asked.status, asked.times, asked.body, asked.content_type)
    world.refusals.append(refusal)
    return answer_json({})


async def settings(request: web.Request) -> web.Response:
    """The server is set up otherwise."""
    asked = msgspec.json.decode(await request.read(), type=dict[str, Any])
    for name, value in asked.items():
        if name not in SETTINGS:
            return error(422, f"There is no setting {name}; choose from {', '.join(SETTINGS)}")
        setattr(request.app[WORLD], name, msgspec.convert(value, SETTINGS[name]))
    return answer_json({})


HANDLERS: dict[str, steer.Handler] = {
    "post": post,
    "edit": edit,
    "delete": delete,
    "burst": burst,
    "notify": notify,
    "cut": cut,
    "silence": silence,
    "say": say,
    "shout": shout,
    "refuse": refuse,
    "settings": settings,
}
