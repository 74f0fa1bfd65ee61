"""`POST /sim/…` with a JSON body: what happens on the simulated network.

post        a Draft                  → {"id"}
edit        {"id", "text"}           → {"id"} of the new version
delete      {"id"}
leave       {"author"}               the account is gone, with all it wrote
protect     {"author"}               the account is for its followers alone
burst       {"count", "tag"?}        the crowd posts so many at once
again       {"id"}                   its line comes a second time
cut         {"after"?}               tears every stream: now, or so far into the next line
disconnect  {}                       says `operational-disconnect`, then closes
silence     {}                       open streams say nothing any more
shout       {"line"}                 a line as it is to every stream
refuse      {"what", "status"?, "times"?, "body"?, "content_type"?}
                                     what: stream, search, lookup, rules, change, users, all
settings    {"beat_s"?, "acts_after_s"?, "capped"?, "broke"?, "connections"?, "drops"?, …}
judge       {}                       → who opened the stream too soon, and what was billed
"""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from parvis.sim.crowd import utterance
from parvis.sim.steer import Handler, Refusal, answer, mount
from parvis.sim.x.wire import WORLD, problem
from parvis.sim.x.world import Draft, World

__all__ = ["HANDLERS", "disconnect_all", "mount"]

SETTINGS: dict[str, Any] = {
    "beat_s": float,
    "acts_after_s": float,
    "connections": int,
    "drops": int,
    "rule_cap": int,
    "capped": bool,
    "broke": bool,
    "names_rules": bool,
    "new_names": bool,
}
MOST = 10_000


class Edit(msgspec.Struct, forbid_unknown_fields=True):
    """Other words of a post."""

    id: str
    text: str


class Which(msgspec.Struct, forbid_unknown_fields=True):
    """A post."""

    id: str


class Who(msgspec.Struct, forbid_unknown_fields=True):
    """An account, by its handle."""

    author: str


class Burst(msgspec.Struct, forbid_unknown_fields=True):
    """Many posts at once."""

    count: int
    tag: str = "parvis"


class Cut(msgspec.Struct, forbid_unknown_fields=True):
    """Where to tear."""

    after: int | None = None


class Shout(msgspec.Struct, forbid_unknown_fields=True):
    """A line."""

    line: str


def disconnect_all(world: World) -> int:
    """Every stream says why, and ends."""
    detail = "This stream has been disconnected upstream for operational reasons."
    kind = {"disconnect_type": "UpstreamOperationalDisconnect"}
    why = problem("operational-disconnect", "operational-disconnect", detail, **kind)
    for listener in world.listeners:
        listener.due.put_nowait(msgspec.json.encode({"errors": [why]}) + b"\r\n")
        listener.due.put_nowait(None)
    return len(world.listeners)


async def post(request: web.Request) -> web.Response:
    """Somebody posts."""
    draft = msgspec.json.decode(await request.read(), type=Draft)
    return answer({"id": request.app[WORLD].post(draft)})


async def edit(request: web.Request) -> web.Response:
    """Somebody edits."""
    asked = msgspec.json.decode(await request.read(), type=Edit)
    new = request.app[WORLD].edit(asked.id, asked.text)
    return answer({"id": new}) if new else answer({"error": "NotFound"}, 404)


async def delete(request: web.Request) -> web.Response:
    """Somebody deletes."""
    asked = msgspec.json.decode(await request.read(), type=Which)
    found = request.app[WORLD].delete(asked.id)
    return answer({}) if found else answer({"error": "NotFound"}, 404)


async def leave(request: web.Request) -> web.Response:
    """Somebody leaves."""
    asked = msgspec.json.decode(await request.read(), type=Who)
    request.app[WORLD].leave(asked.author)
    return answer({})


async def protect(request: web.Request) -> web.Response:
    """Somebody closes their account to strangers."""
    asked = msgspec.json.decode(await request.read(), type=Who)
    request.app[WORLD].account(asked.author)["protected"] = True
    return answer({})


async def burst(request: web.Request) -> web.Response:
    """Many post at once."""
    asked = msgspec.json.decode(await request.read(), type=Burst)
    sayings = [utterance(number, asked.tag) for number in range(min(asked.count, MOST))]
    return answer({"ids": [request.app[WORLD].say(each) for each in sayings]})


async def again(request: web.Request) -> web.Response:
    """A line comes twice."""
    asked = msgspec.json.decode(await request.read(), type=Which)
    if asked.id not in request.app[WORLD].posts:
        return answer({"error": "NotFound"}, 404)
    request.app[WORLD].again(asked.id)
    return answer({})


async def cut(request: web.Request) -> web.Response:
    """Streams are torn."""
    asked = msgspec.json.decode(await request.read() or b"{}", type=Cut)
    return answer({"streams": request.app[WORLD].cut(asked.after)})


async def disconnect(request: web.Request) -> web.Response:
    """Streams are ended with a word."""
    return answer({"streams": disconnect_all(request.app[WORLD])})


async def silence(request: web.Request) -> web.Response:
    """Streams fall silent."""
    return answer({"streams": request.app[WORLD].silence()})


async def shout(request: web.Request) -> web.Response:
    """A line is sent."""
    asked = msgspec.json.decode(await request.read(), type=Shout)
    request.app[WORLD].shout(asked.line.encode())
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


async def judge(request: web.Request) -> web.Response:
    """What the network thinks of us."""
    world = request.app[WORLD]
    told = {"attempts": world.judge.attempts, "too_soon": world.judge.broken}
    return answer({**told, "dollars": world.bill() / 1_000_000})


HANDLERS: dict[str, Handler] = {
    "post": post,
    "edit": edit,
    "delete": delete,
    "leave": leave,
    "protect": protect,
    "burst": burst,
    "again": again,
    "cut": cut,
    "disconnect": disconnect,
    "silence": silence,
    "shout": shout,
    "refuse": refuse,
    "settings": settings,
    "judge": judge,
}
