"""`parvis trace`: the whole journey of one post."""

from __future__ import annotations

import argparse
import asyncio
import json
from datetime import datetime
from urllib.parse import quote

import msgspec

from parvis.core.errors import Refused
from parvis.engine import Step
from parvis.run import local_call
from parvis.run.settings import Settings, load
from parvis.run.wire_up import open_house
from parvis.web.api.types import NO_TRACE, Trace

SUMMARY = "print the whole journey of a post, also once it was withdrawn"
WHICH = (
    "the post's key, network:host:id (for a webhook, host is the source's setting name, as in"
    " webhook:main:42); or its permalink, or the last part of its key where one post alone has it"
)
EXAMPLE = "parvis trace mastodon:mastodon.social:115000000000000000"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which post, and where."""
    parser.add_argument("post", help=WHICH)
    parser.add_argument("--data", metavar="DIR", help="the data folder (./parvis-data)")
    parser.add_argument("--json", action="store_true", help="one JSON object a step")


def run(args: argparse.Namespace) -> int:
    """Print the steps, oldest first."""
    settings = load({"data": args.data})
    if not args.post.isprintable() or not 0 < len(args.post) <= 512:
        raise Refused(
            "Give the post's key, network:host:id, or its permalink, of at most 512 characters."
        )
    reply = local_call.call(settings.folder, "GET", f"/api/trace?post={quote(args.post, safe='')}")
    if reply is not None:
        trace = msgspec.convert(reply.value(), Trace)
    else:
        trace = asyncio.run(_alone(settings, args.post))
    steps = trace.steps
    if not steps:
        raise Refused(NO_TRACE.format(post=args.post))
    if trace.post != args.post and not args.json:
        print(trace.post)
    for step in steps:
        print(json.dumps(msgspec.to_builtins(step)) if args.json else line_of(step, steps[0].at_ms))
    return 0


def line_of(step: Step, began_ms: int) -> str:
    """One step: when, how long after the first, what, by whom and why."""
    at = datetime.fromtimestamp(step.at_ms / 1000).isoformat(" ", "milliseconds")
    told = [at, f"+{(step.at_ms - began_ms) / 1000:.3f} s", step.wall, step.event]
    if step.state:
        told.append(step.state)
    if step.by:
        told.append(f"by {step.by}")
    return "  ".join(told) + (f": {step.why}" if step.why else "")


async def _alone(settings: Settings, post: str) -> Trace:
    if not settings.engine and not settings.folder.is_dir():
        raise Refused(f"There is no data folder {settings.folder}; name it with --data.")
    house = await open_house(settings)
    try:
        key = await house.road.key_of(post)
        return Trace(key, tuple(await house.road.trace(key)))
    finally:
        await house.close()
