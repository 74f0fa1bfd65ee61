"""`parvis sim NETWORK`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from collections.abc import Iterator

from parvis import sim
from parvis.core.errors import Refused
from parvis.run.welcome import say
from parvis.web.reach import reachable

SUMMARY = "simulate a network on this machine: posts, edits, deletions, faults"
EXAMPLE = "parvis sim mastodon --port 3000 --rate 2 --tag conference"

VARIABLE = "SIM_TOKEN"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The network, where to listen, and what the network's simulator takes."""
    networks = parser.add_subparsers(dest="network", metavar="NETWORK", required=True)
    for name in sim.names():
        simulator = sim.find(name)
        each = networks.add_parser(
            name,
            help=simulator.SUMMARY,
            description=simulator.SUMMARY,
            epilog=f"example:\n  {simulator.EXAMPLE}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        each.add_argument("--host", default="127.0.0.1", help="address to listen on")
        each.add_argument("--port", type=int, default=0, help="port; 0 takes a free one")
        simulator.arguments(each)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    return asyncio.run(_serve(args))


async def _serve(args: argparse.Namespace) -> int:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C ends asyncio.run instead
            loop.add_signal_handler(each, over.set)
    if not 0 <= args.port <= 65535:
        raise Refused(f"The port is {args.port}; give one from 1 to 65535, or 0 for any.")
    simulator = sim.find(args.network)
    async with sim.serving(simulator.build(args), args.host, args.port) as address:
        base = reachable(address)
        say(f"ready {address}", *lines_of(simulator.guide(base, args), base))
        await over.wait()
        say("stopping…")
    return 0


def lines_of(guide: sim.Guide, base: str) -> Iterator[str]:
    """What to write where, ready to be copied."""
    target = base.partition("://")[2]
    yield f"addresses:  {'  '.join(guide.addresses)}"
    yield "in the event file, under its [[wall]]:"
    yield "  [[wall.source]]"
    yield '  id = "simulated"'
    yield f'  plugin = "{guide.plugin}"'
    yield f"  settings = {guide.settings}"
    if guide.secret:
        named = ", ".join(f'{name} = "{VARIABLE}"' for name in guide.credentials)
        yield f"  secrets = {{ {named} }}"
    yield "in parvis.toml of the data folder, before parvis starts:"
    yield f'  allow_private = ["{target}"]'
    before = f"{VARIABLE}={guide.secret} " if guide.secret else ""
    yield f"  or: {before}PARVIS_ALLOW_PRIVATE={target} parvis up EVENT.toml"
    yield "steer it:"
    for verb, body in guide.calls:
        yield f"  curl -d '{body}' {base}/sim/{verb}"
