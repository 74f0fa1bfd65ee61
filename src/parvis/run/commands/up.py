"""`parvis up`: starts everything in one process, or applies a file to the one that runs."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from parvis.core.errors import Refused
from parvis.run import local_call, logs
from parvis.run.applying import Applying, say_changed
from parvis.run.certificate import context_of
from parvis.run.dry_run import dry_run
from parvis.run.event_file import read_event, read_file
from parvis.run.recipe import introduce, read_recipe, stays, where_of
from parvis.run.settings import Settings, load
from parvis.run.welcome import say, say_ready
from parvis.run.wire_up import House, known, open_house
from parvis.web.live.channel import VIEWS
from parvis.web.live.follow import admit_with
from parvis.web.live.server import Server, new_loop

if TYPE_CHECKING:
    from parvis.run.acme.automatic import Automatic
    from parvis.run.demo import Demo

SUMMARY = "start everything; with a file, declare the event in it"
EXAMPLE = "parvis up examples/conference.toml --port 8400"
INTERRUPTED = 130
DEMO_FOLDER = "parvis-demo"
HANDED_OVER_S = 0.001
"""A post changes threads some ten times on its way; with checks at work, each change waits so long.
"""
ON_WINDOWS = (
    "parvis: on Windows no other command reaches the one that serves (there is no local socket), so"
    " stop it before `trace`, `doctor` or a changed event file; inside WSL everything works."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The event file and what stands above every other setting."""
    parser.add_argument("event", nargs="?", type=Path, metavar="EVENT.toml", help="an event file")
    parser.add_argument("--data", metavar="DIR", help="the data folder (./parvis-data)")
    parser.add_argument("--host", metavar="H", help="the address to listen at (127.0.0.1)")
    parser.add_argument("--port", type=int, metavar="P", help="the port (8400; 0 picks one)")
    parser.add_argument("--public-url", metavar="URL", help="the address that visitors open")
    parser.add_argument("--demo", action="store_true", help="a wall and a crowd, in ./parvis-demo")
    parser.add_argument(
        "--recipe", metavar="NAME", help="a ready-made wall: event, office, outdoor, shop or site"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only say what the file would change"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until stopped; 0 when stopped cleanly."""
    if args.dry_run and args.event is None:
        raise Refused("--dry-run needs an event file to look at.")
    given: dict[str, Any] = {"data": args.data, "host": args.host, "port": args.port}
    given["public_url"] = args.public_url
    if args.demo and args.data is None:
        given["data"] = DEMO_FOLDER
    if args.recipe is not None and args.event is not None:
        raise Refused("Give an event file or --recipe, not both: a recipe is an event file.")
    text, where, new_wall = "", "", ""
    if args.recipe is not None:
        text, where = read_recipe(args.recipe), where_of(args.recipe)
    elif args.event is not None:
        text, where = read_file(args.event), str(args.event)
    settings = load(given)
    context_of(settings)  # a wrong certificate is told before anything is opened
    if text:
        declared = read_event(
            text, known(), where
        )  # wrong files are told before anything is opened
        new_wall = declared[0].wall.id if args.recipe is not None else ""
    if local_call.is_served(settings.folder):
        apply_there = Applying(settings, where, dry=args.dry_run, new_wall=new_wall)
        return apply_there.run(text, elsewhere=args.port is not None or args.host is not None)
    if args.dry_run:
        say_changed(asyncio.run(dry_run(settings, text, where)).said, where, True)
        return 0
    if sys.platform == "win32":
        print(ON_WINDOWS, file=sys.stderr)
    logs.set_up(settings.log)
    sys.setswitchinterval(HANDED_OVER_S)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        serving = Serving(settings)
        return runner.run(serving.serve(text, where, demo_too=args.demo, only_new=bool(new_wall)))


def say_certificate(line: str) -> None:
    """Among the lines of the sources."""
    say(f"  {line}")


class Serving:
    """One run of the house, from signals to the last lock."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: Server | None = None
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, text: str, where: str, *, demo_too: bool, only_new: bool = False) -> int:
        """Open, declare, start, serve, stop. `only_new`: a wall that is there stays as it is."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._heard(loop))
        crowd: Demo | None = None
        if demo_too:
            from parvis.run.demo import open_demo  # a simulated network, which few starts need

            crowd = await open_demo()
            allowed = (*self._settings.allow_private, *crowd.allow_private)
            self._settings = msgspec.structs.replace(self._settings, allow_private=allowed)
        try:
            house = await open_house(self._settings)
            try:
                if only_new:
                    if there := await introduce(house, text, where):
                        print(stays(there, where), file=sys.stderr)
                elif text:
                    await house.declaring.apply(text, False, where)
                if crowd is not None:
                    await crowd.declare(house)
                await self._run(house, crowd)
            finally:
                await house.stop()
        finally:
            if crowd is not None:
                await crowd.stop()
        return 0

    async def _run(self, house: House, crowd: Demo | None) -> None:
        await house.start()
        house.declaring.runs = True
        if self._stopping:
            return

        def ready(address: str) -> None:
            self._begin(lambda: self._welcome(house, address, automatic))
            if crowd is not None:
                self._begin(lambda: crowd.play(house, address))

        automatic = self._automatic(house)
        tls = automatic.context() if automatic is not None else context_of(self._settings)
        self._server = Server(
            house.app,
            house.hub,
            admit_with(house.admission, frozenset(VIEWS)),
            host=self._settings.host,
            port=self._settings.port,
            data=self._settings.folder,
            ready=ready,
            tls=tls,
            signals=False,
        )
        try:
            await self._server.serve()
        finally:
            if automatic is not None:
                await automatic.stop()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _automatic(self, house: House) -> Automatic | None:
        """What gets certificates, where it is to."""
        if not self._settings.tls:
            return None
        from parvis.run.acme.automatic import Automatic  # its tools come with an extra

        def moved(address: str) -> None:
            house.reach.serving(address)
            house.reach.meanwhile("")

        made = Automatic(self._settings, house.http, house.clock, say=say_certificate, moved=moved)
        house.reach.certificate = made.renewal.now
        return made

    async def _welcome(self, house: House, address: str, automatic: Automatic | None) -> None:
        if automatic is not None and self._server is not None:
            house.reach.meanwhile(await automatic.begin(self._server))
        await say_ready(house, address)

    def _begin(self, what: Callable[[], Any]) -> None:
        task = asyncio.ensure_future(what())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _heard(self, loop: asyncio.AbstractEventLoop) -> None:
        """The first signal stops cleanly; the second at once, whatever the loop is doing. What was
        acknowledged is on disk either way.
        """
        if self._stopping:
            os._exit(INTERRUPTED)
        self._stopping = True
        with contextlib.suppress(RuntimeError):  # the loop is closed: we are ending anyway
            loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        say("stopping…")
        for task in self._tasks:
            task.cancel()  # the demo's crowd would talk to closed doors
        if self._server is not None:
            self._server.stop()
