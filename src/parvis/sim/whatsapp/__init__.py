"""A WhatsApp number: people send to it, and every message is a signed call to the door `--to`.

Files are given in two steps: an id gives an address, and that, for five minutes, the file; both
want the token. `POST /sim/…` with a JSON body steers it:

post    a Draft              → {"id"}
edit    {"id", "text"}
revoke  {"id"}
burst   {"count", "tag"?}    the crowd sends so many at once
receipt {"id"}               something of ours was delivered
refuse  {"what", "status"?, "times"?, "body"?, "content_type"?}   what: media, file, all
"""

from __future__ import annotations

import argparse
import hmac

import msgspec
from aiohttp import web

from parvis.core.errors import Refused
from parvis.sim import Guide
from parvis.sim.crowd import MOST_A_SECOND, crowding, utterance
from parvis.sim.steer import Refusal, answer
from parvis.sim.steer import mount as mount_steering
from parvis.sim.whatsapp.world import LIVES_S, NUMBER, SECRET, Draft, World

__all__ = ["EXAMPLE", "SUMMARY", "World", "arguments", "build", "guide", "serve"]

SUMMARY = "a WhatsApp number: people send to it, and it calls parvis"
EXAMPLE = "parvis sim whatsapp --to http://127.0.0.1:8400/in/simulated/hook --rate 1"
WORLD = web.AppKey("world", World)
MOST = 10_000


class Which(msgspec.Struct, forbid_unknown_fields=True):
    """A message, and its new words."""

    id: str
    text: str = ""


class Burst(msgspec.Struct, forbid_unknown_fields=True):
    """Many at once."""

    count: int
    tag: str = "parvis"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument(
        "--to", default="http://127.0.0.1:8400/in/simulated/hook", help="the door that is called"
    )
    parser.add_argument("--rate", type=float, default=0.0, help="messages a second of the crowd")
    parser.add_argument("--tag", default="parvis", help="hashtag of the crowd's messages")


def guide(base: str, args: argparse.Namespace) -> Guide:
    """One address for files; the calls go elsewhere."""
    calls = (
        ("post", '{"text": "Hello wall!"}'),
        ("edit", '{"id": "ID", "text": "Hello again!"}'),
        ("revoke", '{"id": "ID"}'),
        ("burst", f'{{"count": 50, "tag": "{args.tag}"}}'),
        ("refuse", '{"what": "file", "status": 500, "times": 3}'),
    )
    settings = f'{{ server = "{base}", number = "{NUMBER}" }}'
    credentials = ("app_secret", "verify_token", "token")
    return Guide((base,), "whatsapp", settings, calls, SECRET, credentials)


def build(args: argparse.Namespace) -> web.Application:
    """A number of its own."""
    if not 0 <= args.rate <= MOST_A_SECOND:
        raise Refused(f"The rate is {args.rate:g}; give 0 to {MOST_A_SECOND} messages a second.")
    return serve(World(args.to), rate=args.rate, tag=args.tag)


def serve(world: World, *, rate: float = 0.0, tag: str = "parvis") -> web.Application:
    """An application over `world`."""
    app = web.Application()
    app[WORLD] = world
    app.cleanup_ctx.append(world.calls.running)
    app.router.add_get(r"/v{version:\d+\.\d+}/{id}", media)
    app.router.add_get("/file/{id}/{until}", file)
    handlers = {"post": post, "edit": edit, "revoke": revoke, "burst": burst}
    mount_steering(app, handlers | {"receipt": receipt, "refuse": refuse})
    if rate > 0:
        app.cleanup_ctx.append(crowding(world, rate, tag))
    return app


async def media(request: web.Request) -> web.Response:
    """Where a file is, or how the number calls itself."""
    world, id_ = request.app[WORLD], request.match_info["id"]
    world.asked.append("media")
    if (refused := world.refusals.answer("media") or _closed(request)) is not None:
        return refused
    if id_ == NUMBER:
        return answer({"verified_name": "The square", "id": NUMBER})
    if id_ not in world.files:
        return _wrong(400, 100, "Unsupported get request. Object with ID does not exist")
    url = f"{request.url.origin()}/file/{id_}/{world.now_s() + LIVES_S}"
    size = len(world.files[id_])
    return answer({"url": url, "file_size": size, "id": id_, "messaging_product": "whatsapp"})


async def file(request: web.Request) -> web.Response:
    """A file, while its address is good."""
    world = request.app[WORLD]
    world.asked.append("file")
    if (refused := world.refusals.answer("file") or _closed(request)) is not None:
        return refused
    if int(request.match_info["until"]) <= world.now_s():
        return web.Response(status=404)
    body = world.files[request.match_info["id"]]
    return web.Response(body=body, content_type="application/octet-stream")


def _closed(request: web.Request) -> web.Response | None:
    given = request.headers.get("Authorization", "").encode()
    if hmac.compare_digest(given, f"Bearer {request.app[WORLD].secret}".encode()):
        return None
    return _wrong(401, 190, "Invalid OAuth access token - Cannot parse access token")


def _wrong(status: int, code: int, message: str) -> web.Response:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "sim"}
    return answer({"error": error}, status)


async def post(request: web.Request) -> web.Response:
    """Somebody sends."""
    draft = msgspec.json.decode(await request.read(), type=Draft)
    return answer({"id": request.app[WORLD].post(draft)})


async def edit(request: web.Request) -> web.Response:
    """Somebody corrects what they sent."""
    asked = msgspec.json.decode(await request.read(), type=Which)
    return _found(request.app[WORLD].edit(asked.id, asked.text))


async def revoke(request: web.Request) -> web.Response:
    """Somebody deletes what they sent."""
    asked = msgspec.json.decode(await request.read(), type=Which)
    return _found(request.app[WORLD].revoke(asked.id))


async def burst(request: web.Request) -> web.Response:
    """The crowd sends."""
    asked = msgspec.json.decode(await request.read(), type=Burst)
    sayings = [utterance(number, asked.tag) for number in range(min(asked.count, MOST))]
    return answer({"ids": [request.app[WORLD].say(each) for each in sayings]})


async def receipt(request: web.Request) -> web.Response:
    """A receipt of delivery."""
    asked = msgspec.json.decode(await request.read(), type=Which)
    request.app[WORLD].delivered(asked.id)
    return answer({})


async def refuse(request: web.Request) -> web.Response:
    """Something is refused from now on."""
    asked = msgspec.json.decode(await request.read(), type=Refusal)
    request.app[WORLD].refusals.put(asked)
    return answer({})


def _found(there: bool) -> web.Response:
    return answer({}) if there else answer({"error": "There is no such message"}, 404)
