"""`POST /sim/…` with a JSON body: what happens on the simulated network.

post      a Draft                  → {"uri"}
edit      {"uri", "text"}
delete    {"uri"}
leave     {"author", "status"?}    an account is no longer active
burst     {"count", "tag"?}        the crowd posts so many at once
noise     {"count"}                so many posts that concern nobody
cut       {"after"?}               tears every stream: now, or so far into the next frame
silence   {}                       open streams say nothing any more
shout     {"frame"}                a frame as it is to every stream
refuse    {"what", "status"?, "times"?, "body"?, "content_type"?}
                                   what: stream, v1, v2, appview, getPosts, getProfiles, all
settings  {"speaks"?, "floor"?, "limit"?, "unseen"?}
"""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from parvis.sim.bluesky.streams import WORLD
from parvis.sim.bluesky.world import Draft, did_of
from parvis.sim.crowd import utterance
from parvis.sim.steer import Handler, Refusal, answer, mount

__all__ = ["HANDLERS", "mount"]

SETTINGS: dict[str, Any] = {
    "speaks": tuple[int, ...],
    "floor": int,
    "limit": int,
    "unseen": bool,
}
MOST = 10_000


class Edit(msgspec.Struct, forbid_unknown_fields=True):
    """Other words of a post."""

    uri: str
    text: str


class Which(msgspec.Struct, forbid_unknown_fields=True):
    """A post."""

    uri: str


class Leave(msgspec.Struct, forbid_unknown_fields=True):
    """An account, by its handle."""

    author: str
    status: str = "deactivated"


class Burst(msgspec.Struct, forbid_unknown_fields=True):
    """Many posts at once."""

    count: int
    tag: str = "parvis"


class Cut(msgspec.Struct, forbid_unknown_fields=True):
    """Where to tear."""

    after: int | None = None


class Shout(msgspec.Struct, forbid_unknown_fields=True):
    """A frame."""

    frame: str


async def post(request: web.Request) -> web.Response:
    """Somebody posts."""
    draft = msgspec.json.decode(await request.read(), type=Draft)
    return answer({"uri": request.app[WORLD].post(draft)})


async def edit(request: web.Request) -> web.Response:
    """Somebody edits."""
    asked = msgspec.json.decode(await request.read(), type=Edit)
    return _found(request.app[WORLD].edit(asked.uri, asked.text))


async def delete(request: web.Request) -> web.Response:
    """Somebody deletes."""
    asked = msgspec.json.decode(await request.read(), type=Which)
    return _found(request.app[WORLD].delete(asked.uri))


async def leave(request: web.Request) -> web.Response:
    """Somebody leaves."""
    asked = msgspec.json.decode(await request.read(), type=Leave)
    request.app[WORLD].leave(did_of(asked.author), asked.status)
    return answer({})


async def burst(request: web.Request) -> web.Response:
    """Many post at once."""
    asked = msgspec.json.decode(await request.read(), type=Burst)
    sayings = [utterance(number, asked.tag) for number in range(min(asked.count, MOST))]
    return answer({"uris": [request.app[WORLD].say(each) for each in sayings]})


async def noise(request: web.Request) -> web.Response:
    """Others post."""
    asked = msgspec.json.decode(await request.read(), type=Burst)
    for number in range(min(asked.count, MOST)):
        request.app[WORLD].noise(number)
    return answer({})


async def cut(request: web.Request) -> web.Response:
    """Streams are torn."""
    asked = msgspec.json.decode(await request.read() or b"{}", type=Cut)
    return answer({"streams": request.app[WORLD].cut(asked.after)})


async def silence(request: web.Request) -> web.Response:
    """Streams fall silent."""
    return answer({"streams": request.app[WORLD].silence()})


async def shout(request: web.Request) -> web.Response:
    """A frame is sent."""
    asked = msgspec.json.decode(await request.read(), type=Shout)
    request.app[WORLD].shout(asked.frame.encode())
    return answer({})


async def refuse(request: web.Request) -> web.Response:
    """Something is refused from now on."""
    asked = msgspec.json.decode(await request.read(), type=Refusal)
    request.app[WORLD].refusals.put(asked)
    return answer({})


async def settings(request: web.Request) -> web.Response:
    """The network is set up otherwise."""
    asked = msgspec.json.decode(await request.read(), type=dict[str, Any])
    for name, value in asked.items():
        if name not in SETTINGS:
            known = ", ".join(SETTINGS)
            return answer({"error": f"There is no setting {name}; choose from {known}"}, 422)
        setattr(request.app[WORLD], name, msgspec.convert(value, SETTINGS[name]))
    return answer({})


def _found(there: bool) -> web.Response:
    return answer({}) if there else answer({"error": "NotFound"}, 404)


HANDLERS: dict[str, Handler] = {
    "post": post,
    "edit": edit,
    "delete": delete,
    "leave": leave,
    "burst": burst,
    "noise": noise,
    "cut": cut,
    "silence": silence,
    "shout": shout,
    "refuse": refuse,
    "settings": settings,
}
