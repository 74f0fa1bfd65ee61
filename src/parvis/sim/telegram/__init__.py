"""Telegram's Bot API for one bot, a group and a channel it sits in, and people who write to it.

`POST /sim/…` with a JSON body steers it:

post      a Draft              → {"id"}
edit      {"id", "text"}
burst     {"count", "tag"?}    the crowd writes so many at once
shout     {"update"}           an update as it is
refuse    {"what", "status"?, "times"?, "body"?, "content_type"?}   what: a method, file, all
settings  {"retry_after"?, "reads_groups"?, "error"?}
"""

from __future__ import annotations

import argparse
from typing import Any

import msgspec
from aiohttp import web

from parvis.core.errors import Refused
from parvis.sim import Guide
from parvis.sim.crowd import MOST_A_SECOND, crowding, utterance
from parvis.sim.steer import Refusal, answer
from parvis.sim.steer import mount as mount_steering
from parvis.sim.telegram import api
from parvis.sim.telegram.world import NAME, TOKEN, Draft, World

__all__ = ["EXAMPLE", "SUMMARY", "World", "arguments", "build", "guide", "serve"]

SUMMARY = "Telegram's Bot API: a bot, a group, a channel, and people who write there"
EXAMPLE = "parvis sim telegram --port 3200 --rate 1 --tag conference"
SETTINGS: dict[str, Any] = {"retry_after": int, "reads_groups": bool, "error": str}
MOST = 10_000


class Edit(msgspec.Struct, forbid_unknown_fields=True):
    """Other words of a message."""

    id: int
    text: str


class Burst(msgspec.Struct, forbid_unknown_fields=True):
    """Many at once."""

    count: int
    tag: str = "parvis"


class Shout(msgspec.Struct, forbid_unknown_fields=True):
    """An update without its number."""

    update: dict[str, Any]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("--rate", type=float, default=0.0, help="messages a second of the crowd")
    parser.add_argument("--tag", default="parvis", help="hashtag of the crowd's messages")


def guide(base: str, args: argparse.Namespace) -> Guide:
    """One address."""
    calls = (
        ("post", '{"text": "Hello wall!"}'),
        ("post", f'{{"chat": "group", "text": "Hello @{NAME} #{args.tag}"}}'),
        ("edit", '{"id": 1, "text": "Hello again!"}'),
        ("post", '{"text": "/delete", "reply_to": 1}'),
        ("burst", f'{{"count": 50, "tag": "{args.tag}"}}'),
        ("refuse", '{"what": "getUpdates", "status": 502, "times": 3}'),
    )
    settings = f'{{ server = "{base}", tags = ["{args.tag}"], answer = true }}'
    return Guide((base,), "telegram", settings, calls, TOKEN)


def build(args: argparse.Namespace) -> web.Application:
    """A Telegram of its own."""
    if not 0 <= args.rate <= MOST_A_SECOND:
        raise Refused(f"The rate is {args.rate:g}; give 0 to {MOST_A_SECOND} messages a second.")
    return serve(World(), rate=args.rate, tag=args.tag)


def serve(world: World, *, rate: float = 0.0, tag: str = "parvis") -> web.Application:
    """An application over `world`."""
    app = web.Application()
    app[api.WORLD] = world
    api.mount(app)
    mount_steering(
        app,
        {
            "post": post,
            "edit": edit,
            "burst": burst,
            "shout": shout,
            "refuse": refuse,
            "settings": settings,
        },
    )
    if rate > 0:
        app.cleanup_ctx.append(crowding(world, rate, tag))
    return app


async def post(request: web.Request) -> web.Response:
    """Somebody writes."""
    draft = msgspec.json.decode(await request.read(), type=Draft)
    return answer({"id": request.app[api.WORLD].post(draft)})


async def edit(request: web.Request) -> web.Response:
    """Somebody corrects what they wrote."""
    asked = msgspec.json.decode(await request.read(), type=Edit)
    there = request.app[api.WORLD].edit(asked.id, asked.text)
    return answer({}) if there else answer({"error": "There is no such message"}, 404)


async def burst(request: web.Request) -> web.Response:
    """The crowd writes."""
    asked = msgspec.json.decode(await request.read(), type=Burst)
    sayings = [utterance(number, asked.tag) for number in range(min(asked.count, MOST))]
    return answer({"ids": [request.app[api.WORLD].say(each) for each in sayings]})


async def shout(request: web.Request) -> web.Response:
    """An update is told."""
    asked = msgspec.json.decode(await request.read(), type=Shout)
    request.app[api.WORLD].shout(asked.update)
    return answer({})


async def refuse(request: web.Request) -> web.Response:
    """Something is refused from now on."""
    asked = msgspec.json.decode(await request.read(), type=Refusal)
    request.app[api.WORLD].refusals.put(asked)
    return answer({})


async def settings(request: web.Request) -> web.Response:
    """It behaves otherwise."""
    asked = msgspec.json.decode(await request.read(), type=dict[str, Any])
    for name, value in asked.items():
        if name not in SETTINGS:
            known = ", ".join(SETTINGS)
            return answer({"error": f"There is no setting {name}; choose from {known}"}, 422)
        setattr(request.app[api.WORLD], name, msgspec.convert(value, SETTINGS[name]))
    return answer({})
