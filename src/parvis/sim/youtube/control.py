"""`POST /sim/…` with a JSON body: what happens on the simulated network.

publish   a Draft                      → {"id"}; pushed to whoever subscribed
edit      {"id", "text"}               another title of a video, other words of a comment
delete    {"id"}                       a video, a comment, or a message of a chat
show      {"id", "privacy"}            public, unlisted, private
comment   a Remark                     → {"id"}
mute      {"id"}                       the comments of a video are turned off
say       a Remark                     → {"id"}: a message in the chat of a video
ban       {"video", "author"}          somebody is sent out of a chat
end       {"id"}                       a live stream is over
burst     {"count", "tag"?}            the crowd writes so many messages in the newest chat
refuse    {"what", "status"?, "times"?, "body"?, "content_type"?}
                                       what: a resource such as videos, or rest, or all
settings  {"units"?, "searches"?, "spent"?, "searched"?, "intervals"?}
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec
from aiohttp import web

from parvis.sim import steer
from parvis.sim.crowd import utterance
from parvis.sim.steer import Handler, Refusal, answer
from parvis.sim.youtube import pushing
from parvis.sim.youtube.rest import WORLD
from parvis.sim.youtube.world import Draft, Remark, World

T = TypeVar("T")
MOST = 10_000


class Which(msgspec.Struct, forbid_unknown_fields=True):
    """A video, a comment or a message; `text` and `privacy` where it changes."""

    id: str
    text: str = ""
    privacy: str = "private"


class Ban(msgspec.Struct, forbid_unknown_fields=True):
    """Who is sent out of which chat."""

    video: str
    author: str


class Burst(msgspec.Struct, forbid_unknown_fields=True):
    """Many messages at once."""

    count: int
    tag: str = "parvis"


class Settings(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What is set otherwise."""

    units: int | None = None
    searches: int | None = None
    spent: int | None = None
    searched: int | None = None
    intervals: tuple[int, ...] | None = None


def mount(app: web.Application) -> None:
    """Add the routes."""
    steer.mount(app, HANDLERS)


def _verb(kind: type[T], act: Callable[[World, T, str], dict[str, str] | bool]) -> Handler:
    async def verb(request: web.Request) -> web.Response:
        asked = msgspec.json.decode(await request.read() or b"{}", type=kind)
        done = act(request.app[WORLD], asked, f"{request.scheme}://{request.host}")
        if done is False:
            return answer({"error": "There is none of that id."}, 404)
        return answer(done if isinstance(done, dict) else {})

    return verb


def publish(world: World, draft: Draft, base: str) -> dict[str, str]:
    """A video comes up."""
    id_ = world.publish(draft)
    pushing.tell(world, id_, base)
    return {"id": id_}


def edit(world: World, asked: Which, base: str) -> bool:
    """Other words."""
    if world.edit(asked.id, asked.text):
        pushing.tell(world, asked.id, base)
        return True
    return world.amend(asked.id, asked.text)


def delete(world: World, asked: Which, base: str) -> bool:
    """Gone."""
    video = world.videos.get(asked.id)
    if world.delete(asked.id):
        if video is not None:
            pushing.tell_deletion(world, asked.id, video["snippet"]["channelId"], base)
        return True
    return any([chat.delete(asked.id, world.at()) for chat in world.chats.values()])


def ban(world: World, asked: Ban, base: str) -> bool:
    """Somebody is sent out."""
    chat = world.chat_of(asked.video)
    if chat is not None:
        chat.ban(world.channel(asked.author), asked.author, world.at())
    return chat is not None


def mute(world: World, asked: Which, base: str) -> bool:
    """No comments any more."""
    world.silent.add(asked.id)
    return asked.id in world.videos


def say(world: World, asked: Remark, base: str) -> dict[str, str] | bool:
    """A message."""
    id_ = world.speak(asked)
    return {"id": id_} if id_ else False


def burst(world: World, asked: Burst, base: str) -> bool:
    """The crowd writes."""
    for number in range(min(asked.count, MOST) if world.chats else 0):
        world.say(utterance(number, asked.tag))
    return bool(world.chats)


def refuse(world: World, asked: Refusal, base: str) -> bool:
    """Something is refused from now on."""
    world.refusals.put(asked)
    return True


def settings(world: World, asked: Settings, base: str) -> bool:
    """The network is set up otherwise."""
    told: dict[str, object] = msgspec.to_builtins(asked)
    for name, value in told.items():
        if value is not None:
            put = tuple(value) if isinstance(value, list) else value
            setattr(world if name == "intervals" else world.quota, name, put)
    return True


HANDLERS: dict[str, Handler] = {
    "publish": _verb(Draft, publish),
    "edit": _verb(Which, edit),
    "delete": _verb(Which, delete),
    "show": _verb(Which, lambda world, asked, base: world.show(asked.id, asked.privacy)),
    "comment": _verb(Remark, lambda world, asked, base: {"id": world.comment(asked)}),
    "mute": _verb(Which, mute),
    "say": _verb(Remark, say),
    "ban": _verb(Ban, ban),
    "end": _verb(Which, lambda world, asked, base: world.end(asked.id)),
    "burst": _verb(Burst, burst),
    "refuse": _verb(Refusal, refuse),
    "settings": _verb(Settings, settings),
}
