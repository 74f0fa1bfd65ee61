"""X's API v2: filtered stream with its rules, recent search, lookups, and a bill.

`POST /sim/…` steers it; see `control`. Whoever opens the stream too soon after a failure is counted
and answered 429.
"""

from __future__ import annotations

import argparse

from aiohttp import web

from parvis.core.errors import Refused
from parvis.sim import Guide
from parvis.sim.crowd import MOST_A_SECOND, crowding
from parvis.sim.x import control, rest, stream
from parvis.sim.x.wire import WORLD
from parvis.sim.x.world import World

__all__ = ["EXAMPLE", "SUMMARY", "World", "arguments", "build", "guide", "serve"]

SUMMARY = "X's stream, searches and bill, whose posts, deletions and faults you steer"
EXAMPLE = "parvis sim x --port 3200 --rate 1 --tag conference"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("--rate", type=float, default=0.0, help="posts a second of the crowd")
    parser.add_argument("--tag", default="parvis", help="hashtag of the crowd's posts")
    parser.add_argument("--beat", type=float, default=20.0, help="seconds between signs of life")
    parser.add_argument("--acts", type=float, default=20.0, help="seconds until a new rule acts")
    parser.add_argument("--token", default="sim-token", help="the bearer token that is accepted")


def guide(base: str, args: argparse.Namespace) -> Guide:
    """One address for all."""
    calls = (
        ("post", f'{{"text": "Hello #{args.tag}"}}'),
        ("edit", '{"id": "ID", "text": "Hello again"}'),
        ("delete", '{"id": "ID"}'),
        ("protect", '{"author": "ada"}'),
        ("burst", f'{{"count": 50, "tag": "{args.tag}"}}'),
        ("cut", "{}"),
        ("disconnect", "{}"),
        ("refuse", '{"what": "stream", "status": 503, "times": 3}'),
        ("settings", '{"capped": true}'),
        ("judge", "{}"),
    )
    settings = f'{{ server = "{base}", tags = ["{args.tag}"] }}'
    return Guide((base,), "x", settings, calls, args.token)


def build(args: argparse.Namespace) -> web.Application:
    """A network of its own."""
    if not 0 <= args.rate <= MOST_A_SECOND:
        raise Refused(f"The rate is {args.rate:g}; give 0 to {MOST_A_SECOND} posts a second.")
    if not 0 < args.beat < 3600:
        raise Refused(f"The beat is {args.beat:g}; give seconds above 0, up to an hour.")
    if not 0 <= args.acts < 3600:
        raise Refused(f"Rules act after {args.acts:g}; give seconds from 0, up to an hour.")
    world = World(beat_s=args.beat, acts_after_s=args.acts, tokens=frozenset((args.token,)))
    return serve(world, rate=args.rate, tag=args.tag)


def serve(world: World, *, rate: float = 0.0, tag: str = "parvis") -> web.Application:
    """An application over `world`."""
    app = web.Application()
    app[WORLD] = world
    stream.mount(app)
    rest.mount(app)
    control.mount(app, control.HANDLERS)
    if rate > 0:
        app.cleanup_ctx.append(crowding(world, rate, tag))
    return app
