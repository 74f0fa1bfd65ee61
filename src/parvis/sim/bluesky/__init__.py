"""Bluesky: Jetstream in both versions, the reading side, and a crowd that posts.

`POST /sim/…` steers it; see `control`.
"""

from __future__ import annotations

import argparse

from aiohttp import web

from parvis.core.errors import Refused
from parvis.sim import Guide
from parvis.sim.bluesky import appview, control, streams
from parvis.sim.bluesky.world import World
from parvis.sim.crowd import MOST_A_SECOND, crowding

__all__ = ["EXAMPLE", "SUMMARY", "World", "arguments", "build", "guide", "serve"]

SUMMARY = "Bluesky's stream and reading side, whose posts, deletions and faults you steer"
EXAMPLE = "parvis sim bluesky --port 3100 --rate 2 --tag conference"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("--rate", type=float, default=0.0, help="posts a second of the crowd")
    parser.add_argument("--tag", default="parvis", help="hashtag of the crowd's posts")
    parser.add_argument(
        "--v1", action="store_true", help="speak the old version of the stream only"
    )


def guide(base: str, args: argparse.Namespace) -> Guide:
    """One address for both sides."""
    uri = "at://did:plc:…/app.bsky.feed.post/…"
    calls = (
        ("post", f'{{"text": "Hello #{args.tag}"}}'),
        ("delete", f'{{"uri": "{uri}"}}'),
        ("leave", '{"author": "ada.square.example"}'),
        ("burst", f'{{"count": 50, "tag": "{args.tag}"}}'),
        ("noise", '{"count": 1000}'),
        ("cut", "{}"),
        ("refuse", '{"what": "stream", "status": 503, "times": 3}'),
    )
    settings = f'{{ jetstream = "{base}", appview = "{base}", tags = ["{args.tag}"] }}'
    return Guide((base,), "bluesky", settings, calls)


def build(args: argparse.Namespace) -> web.Application:
    """A network of its own."""
    if not 0 <= args.rate <= MOST_A_SECOND:
        raise Refused(f"The rate is {args.rate:g}; give 0 to {MOST_A_SECOND} posts a second.")
    return serve(World(speaks=(1,) if args.v1 else (1, 2)), rate=args.rate, tag=args.tag)


def serve(world: World, *, rate: float = 0.0, tag: str = "parvis") -> web.Application:
    """An application over `world`."""
    app = web.Application()
    app[streams.WORLD] = world
    streams.mount(app)
    appview.mount(app)
    control.mount(app, control.HANDLERS)
    if rate > 0:
        app.cleanup_ctx.append(crowding(world, rate, tag))
    return app
