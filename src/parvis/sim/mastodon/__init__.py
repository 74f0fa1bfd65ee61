"""A Mastodon server: REST, streaming by SSE and WebSocket, and a crowd that posts.

Written after https://docs.joinmastodon.org (4.6, read 2026-11). `POST /sim/…` steers it; see
`control`.
"""

from __future__ import annotations

import argparse

from aiohttp import web

from parvis.core.errors import Refused
from parvis.sim import Guide
from parvis.sim.crowd import MOST_A_SECOND, crowding
from parvis.sim.mastodon import control, rest, streaming
from parvis.sim.mastodon.crowd import Square
from parvis.sim.mastodon.world import World

__all__ = ["EXAMPLE", "SUMMARY", "World", "arguments", "build", "guide", "serve"]

SUMMARY = "a Mastodon server whose posts, edits, deletions and faults you steer"
EXAMPLE = "parvis sim mastodon --port 3000 --rate 2 --tag conference"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("--rate", type=float, default=0.0, help="posts a second of the crowd")
    parser.add_argument("--tag", default="parvis", help="hashtag of the crowd's posts")
    parser.add_argument("--beat", type=float, default=15.0, help="seconds between heartbeats")
    parser.add_argument("--token", default="", help="demand this token of readers and streams")


def guide(base: str, args: argparse.Namespace) -> Guide:
    """One server, and the hashtag of its crowd."""
    calls = (
        ("post", f'{{"text": "Hello #{args.tag}"}}'),
        ("edit", '{"id": "ID", "text": "Hello again"}'),
        ("delete", '{"id": "ID"}'),
        ("burst", f'{{"count": 50, "tag": "{args.tag}"}}'),
        ("cut", "{}"),
        ("refuse", '{"what": "all", "status": 503, "times": 3}'),
    )
    settings = f'{{ server = "{base}", tags = ["{args.tag}"] }}'
    return Guide((base,), "mastodon", settings, calls, args.token)


def build(args: argparse.Namespace) -> web.Application:
    """One server with a world of its own."""
    if not 0 <= args.rate <= MOST_A_SECOND:
        raise Refused(f"The rate is {args.rate:g}; give 0 to {MOST_A_SECOND} posts a second.")
    if not 0 < args.beat < 3600:
        raise Refused(f"The beat is {args.beat:g}; give seconds above 0, up to an hour.")
    world = World(beat_s=args.beat)
    if args.token:
        world.tokens = frozenset((args.token,))
        world.stream_open = world.rest_open = False
    return serve(world, rate=args.rate, tag=args.tag)


def serve(world: World, *, rate: float = 0.0, tag: str = "parvis") -> web.Application:
    """A server of `world`; several may share one, such as a streaming host beside the main one."""
    app = web.Application(middlewares=[rest.dialect])
    app[rest.WORLD] = world
    rest.mount(app)
    streaming.mount(app)
    control.mount(app)
    if rate > 0:
        app.cleanup_ctx.append(crowding(Square(world), rate, tag))
    return app
