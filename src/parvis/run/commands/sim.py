"""`parvis sim NETWORK`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

from parvis import sim
from parvis.core.errors import Refused

SUMMARY = "simulate a network on this machine: posts, edits, deletions, faults"
EXAMPLE = "parvis sim mastodon --port 3000 --rate 2 --tag conference"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The network, where to listen, and what the network's simulator takes."""
    networks = parser.add_subparsers(dest="network", metavar="NETWORK", required=True)
    for name in sim.names():
        simulator = sim.find(name)
        each = networks.add_parser(name, help=simulator.SUMMARY, description=simulator.SUMMARY)
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
    async with sim.serving(sim.find(args.network).build(args), args.host, args.port) as address:
        print(f"ready {address}", flush=True)
        await over.wait()
    return 0
