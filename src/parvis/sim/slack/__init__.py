"""A Slack workspace with one channel: what is said there is a signed call to the door `--to`.

`POST /sim/…` with a JSON body steers it:

post    {"text"?, "user"?, "channel"?, "photo"?, "thread"?, "more"?}  → {"id"}: the message's ts
edit    {"id", "text"}
delete  {"id"}
refuse  {"what", "status"?, "times"?, "body"?, "content_type"?}       what: a method, file, all
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from aiohttp import web

from parvis.sim import Guide
from parvis.sim.calling import Caller
from parvis.sim.steer import Refusal, Refusals, answer
from parvis.sim.steer import mount as mount_steering

__all__ = ["EXAMPLE", "SUMMARY", "World", "arguments", "build", "guide", "serve"]

SUMMARY = "a Slack workspace: what is said in its channel calls parvis"
EXAMPLE = "parvis sim slack --to http://127.0.0.1:8400/in/simulated/hook"
SECRET = "simulated-slack"  # noqa: S105 - opens nothing
TEAM, CHANNEL, OTHER = "T0SIMTEAM", "C0SIMWALL1", "C0SIMOTHER"
CHANNELS = {CHANNEL: "wall", OTHER: "other"}
USERS = {"U0ADA": "Ada Marsh", "U0BO": "Bo", "U0ROBOT": "Robot"}


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    """A message; `photo` is a name in `files`, `thread` the ts that it answers."""

    text: str = ""
    user: str = "U0ADA"
    channel: str = CHANNEL
    photo: str = ""
    thread: str = ""
    more: dict[str, Any] = {}


class Which(msgspec.Struct, forbid_unknown_fields=True):
    """A message, and its new words."""

    id: str
    text: str = ""


class World:
    """One workspace, whose calls go `to` a door."""

    def __init__(
        self,
        to: str = "",
        *,
        secret: str = SECRET,
        again_s: float = 1.0,
        now_s: Callable[[], int] = lambda: int(time.time()),
    ) -> None:
        self.secret = secret
        self.now_s = now_s
        self.calls = Caller(to, self.headers, again_s)
        self.messages: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.emoji = {"port": "https://emoji.example/port.png", "quay": "alias:port"}
        self.asked: list[str] = []
        self.refusals = Refusals()
        self.base = ""
        self._ids = 0

    def headers(self, body: bytes, tries: int) -> Mapping[str, str]:
        """Signed at the moment at which it is sent."""
        stamp = self.now_s()
        signed = f"v0:{stamp}:".encode() + body
        made = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        again = {"X-Slack-Retry-Num": str(tries), "X-Slack-Retry-Reason": "http_error"}
        told = {"X-Slack-Request-Timestamp": str(stamp), "X-Slack-Signature": f"v0={made}"}
        return {**told, **(again if tries else {})}

    def post(self, draft: Draft) -> str:
        """Somebody says something; its ts."""
        ts = self._ts()
        message: dict[str, Any] = {"type": "message", "user": draft.user, "text": draft.text}
        message |= {"ts": ts, "channel": draft.channel, "channel_type": "channel"}
        if draft.thread:
            message["thread_ts"] = draft.thread
        if draft.photo:
            url = f"{self.base}/files/{draft.photo}"
            file = {"id": f"F{draft.photo}", "mimetype": "image/jpeg", "url_private": url}
            message |= {"subtype": "file_share", "files": [file]}
        message |= draft.more
        self.messages[ts] = message
        self.tell({**message, "event_ts": ts})
        return ts

    def edit(self, id_: str, text: str) -> bool:
        """They correct it."""
        if (message := self.messages.get(id_)) is None:
            return False
        before = dict(message)
        message |= {"text": text, "edited": {"user": message["user"], "ts": self._ts()}}
        changed = {"message": message, "previous_message": before}
        self._about(message, "message_changed", changed)
        return True

    def delete(self, id_: str) -> bool:
        """They delete it."""
        if (message := self.messages.pop(id_, None)) is None:
            return False
        more = {"deleted_ts": id_, "previous_message": message}
        self._about(message, "message_deleted", more)
        return True

    def tell(self, event: Mapping[str, Any]) -> None:
        """One call."""
        self._ids += 1
        body = {"team_id": TEAM, "type": "event_callback", "event": event}
        self.calls.put(msgspec.json.encode({**body, "event_id": f"Ev{self._ids:08d}"}))

    def _about(self, message: Mapping[str, Any], kind: str, more: Mapping[str, Any]) -> None:
        ts, channel = self._ts(), message["channel"]
        event = {"type": "message", "subtype": kind, "channel": channel, "channel_type": "channel"}
        self.tell({**event, "ts": ts, "event_ts": ts, **more})

    def _ts(self) -> str:
        self._ids += 1
        return f"{self.now_s()}.{self._ids:06d}"


WORLD = web.AppKey("world", World)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument(
        "--to", default="http://127.0.0.1:8400/in/simulated/hook", help="the door that is called"
    )


def guide(base: str, args: argparse.Namespace) -> Guide:
    """One address for questions and files; the calls go elsewhere."""
    calls = (
        ("post", '{"text": "Hello wall!"}'),
        ("edit", '{"id": "ID", "text": "Hello again!"}'),
        ("delete", '{"id": "ID"}'),
        ("refuse", '{"what": "users.info", "status": 503, "times": 3}'),
    )
    settings = f'{{ server = "{base}/api", channels = ["#wall"] }}'
    return Guide((base,), "slack", settings, calls, SECRET, ("signing_secret", "token"))


def build(args: argparse.Namespace) -> web.Application:
    """A workspace of its own."""
    return serve(World(args.to))


def serve(world: World) -> web.Application:
    """An application over `world`."""
    app = web.Application()
    app[WORLD] = world
    app.cleanup_ctx.append(world.calls.running)
    app.router.add_post("/api/{method}", method)
    app.router.add_get("/files/{name}", file)
    mount_steering(app, {"post": post, "edit": edit, "delete": delete, "refuse": refuse})
    return app


async def method(request: web.Request) -> web.Response:
    """One method of the Web API: errors come with 200."""
    world, name, form = request.app[WORLD], request.match_info["method"], await request.post()
    world.asked.append(name)
    if (refused := world.refusals.answer(name)) is not None:
        return refused
    if request.headers.get("Authorization") != f"Bearer {world.secret}":
        return answer({"ok": False, "error": "invalid_auth"})
    user, channel = str(form.get("user", "")), str(form.get("channel", ""))
    profile = {"display_name": USERS.get(user, ""), "email": f"{user}@square.example"}
    said: dict[str, dict[str, Any]] = {
        "auth.test": {"team": "The square", "team_id": TEAM},
        "users.info": {"user": {"id": user, "profile": profile, "is_bot": user == "U0ROBOT"}},
        "conversations.info": {"channel": {"id": channel, "name": CHANNELS.get(channel, "")}},
        "emoji.list": {"emoji": world.emoji},
    }
    known = name in said and (name != "users.info" or user in USERS)
    return answer({"ok": True, **said[name]} if known else {"ok": False, "error": "not_found"})


async def file(request: web.Request) -> web.Response:
    """A file for the token; a page to sign in for everybody else."""
    world = request.app[WORLD]
    world.asked.append("file")
    if (refused := world.refusals.answer("file")) is not None:
        return refused
    body = world.files.get(request.match_info["name"])
    if request.headers.get("Authorization") != f"Bearer {world.secret}":
        return web.Response(text="<!doctype html>Sign in", content_type="text/html")
    return web.Response(body=body) if body is not None else web.Response(status=404)


async def post(request: web.Request) -> web.Response:
    """Somebody says something."""
    world = request.app[WORLD]
    world.base = str(request.url.origin())
    draft = msgspec.json.decode(await request.read(), type=Draft)
    return answer({"id": world.post(draft)})


async def edit(request: web.Request) -> web.Response:
    """Somebody corrects what they said."""
    asked = msgspec.json.decode(await request.read(), type=Which)
    return _found(request.app[WORLD].edit(asked.id, asked.text))


async def delete(request: web.Request) -> web.Response:
    """Somebody deletes what they said."""
    asked = msgspec.json.decode(await request.read(), type=Which)
    return _found(request.app[WORLD].delete(asked.id))


async def refuse(request: web.Request) -> web.Response:
    """Something is refused from now on."""
    asked = msgspec.json.decode(await request.read(), type=Refusal)
    request.app[WORLD].refusals.put(asked)
    return answer({})


def _found(there: bool) -> web.Response:
    return answer({}) if there else answer({"error": "There is no such message"}, 404)
