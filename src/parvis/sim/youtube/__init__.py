"""YouTube's Data API with its quota, live chats with their pace, the hub of its channels, and a
crowd that chats. `POST /sim/…` steers it; see `control`.
"""

from __future__ import annotations

import argparse

from aiohttp import web

from parvis.core.errors import Refused
from parvis.sim import Guide
from parvis.sim.crowd import MOST_A_SECOND, crowding
from parvis.sim.youtube import control, pushing, rest
from parvis.sim.youtube.world import Draft, World

__all__ = ["EXAMPLE", "SUMMARY", "World", "arguments", "build", "guide", "serve"]

SUMMARY = "YouTube's videos, comments, live chats and quota, which you steer"
EXAMPLE = "parvis sim youtube --port 3200 --rate 2 --tag conference"
LIVE = "sim00000002"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument(
        "--rate", type=float, default=0.0, help="messages a second in the live chat"
    )
    parser.add_argument(
        "--tag", default="parvis", help="hashtag of the crowd and of the first video"
    )
    parser.add_argument("--key", default="sim-key", help="the API key that it knows")
    parser.add_argument("--units", type=int, default=10_000, help="units a day")


def guide(base: str, args: argparse.Namespace) -> Guide:
    """One server, its channel, and its live chat."""
    calls = (
        ("publish", f'{{"title": "The doors are open #{args.tag}"}}'),
        ("edit", '{"id": "ID", "text": "Another title"}'),
        ("delete", '{"id": "ID"}'),
        ("comment", f'{{"video": "{LIVE}", "text": "Hello"}}'),
        ("say", f'{{"video": "{LIVE}", "text": "Hello, chat"}}'),
        ("ban", f'{{"video": "{LIVE}", "author": "@ada"}}'),
        ("end", f'{{"id": "{LIVE}"}}'),
        ("settings", '{"spent": 9990}'),
        ("refuse", '{"what": "videos", "status": 503, "times": 3}'),
    )
    settings = (
        f'{{ server = "{base}", hub = "{base}/subscribe", tags = ["{args.tag}"],'
        f' channels = ["@square"], videos = ["{LIVE}"], chat = ["{LIVE}"] }}'
    )
    return Guide((base,), "youtube", settings, calls, args.key, ("key",))


def build(args: argparse.Namespace) -> web.Application:
    """A network with one channel, one video, and one live stream."""
    if not 0 <= args.rate <= MOST_A_SECOND:
        raise Refused(f"The rate is {args.rate:g}; give 0 to {MOST_A_SECOND} messages a second.")
    world = World(key=args.key)
    world.quota.units = args.units
    world.publish(Draft(f"A walk through the square #{args.tag}", "Three minutes by the water."))
    world.publish(Draft("Live from the square", live=True))
    return serve(world, rate=args.rate, tag=args.tag)


def serve(world: World, *, rate: float = 0.0, tag: str = "parvis") -> web.Application:
    """An application over `world`."""
    app = web.Application()
    app[rest.WORLD] = world
    rest.mount(app)
    app.router.add_post("/subscribe", pushing.subscribe)
    control.mount(app)
    app.on_cleanup.append(_stop)
    if rate > 0:
        app.cleanup_ctx.append(crowding(world, rate, tag))
    return app


async def _stop(app: web.Application) -> None:
    await app[rest.WORLD].hub.stop()
