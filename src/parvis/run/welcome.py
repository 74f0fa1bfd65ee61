"""What `up` says once it serves: one line `ready …`, then where everything is and how it is."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import msgspec

from parvis.run.sentence import with_nearest
from parvis.run.wire_up import House
from parvis.web.api.served import served
from parvis.web.api.types import Served, ServedSource, ServedWall
from parvis.web.guard import PASS_MS, digest, new_token
from parvis.web.reach import is_here, outside, reachable

SOURCES_ANSWER_S = 5.0
ASK_AGAIN_S = 0.1
NOBODY = (
    "No contact is set, so the privacy notice names nobody responsible; set contact in"
    " parvis.toml, or PARVIS_CONTACT."
)
ONLY_HERE = (
    "Only this machine can open these pages, so the walls show no QR code; start with"
    " --host 0.0.0.0 (or set public_url) for phones in the room."
)


async def say_ready(house: House, address: str) -> None:
    """Print it; each source as soon as it says how it is, for a moment."""
    house.room.reach.serving(address)
    now = await served(house.room)
    say(f"ready {reachable(address)}", *addresses(now, await opening(house)))
    if not now.walls:
        say("  no wall yet: declare one with `parvis up EVENT.toml`")
    elif not house.room.contact:
        say(f"  {NOBODY}")
    lines = Lines()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SOURCES_ANSWER_S
    say(*lines.news(now))
    while lines.waiting(now) and loop.time() < deadline:
        await asyncio.sleep(ASK_AGAIN_S)
        now = await served(house.room)
        say(*lines.news(now))
    say(*lines.rest(now))


def say(*lines: str) -> None:
    """Print them now. Nobody has to listen."""
    try:
        for line in lines:
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain again at its end, when it writes out what is left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def opening(house: House) -> str:
    """What follows the studio's address: while nobody has an account, a link that makes the first,
    once, within a day.
    """
    token = new_token()
    offered = await house.engine.offer_first(digest(token), house.clock() + PASS_MS)
    return f"#first={token}" if offered else ""


def addresses(now: Served, opens: str = "") -> Iterator[str]:
    """Where the pages are, and for whom; `opens` follows the studio's address."""
    base = base_of(now)
    for wall in now.walls:
        yield f"  wall    {base}/w/{wall.id}"
        yield f"  phone   {base}/p/{wall.id}"
    if is_only_here(now.address, now.public_url):
        yield f"  {ONLY_HERE}"
    yield f"  studio  {reachable(now.address)}/studio{opens}"


def base_of(now: Served) -> str:
    """What the addresses of pages and doors begin with."""
    return now.public_url.rstrip("/") or outside(now.address)


class Lines:
    """The lines of sources: each is given once, when it is known how the source is."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def news(self, now: Served) -> list[str]:
        """Those that have said how they are since the last call."""
        return self._take(now, [one for one in _sources(now) if one.healthy is not None])

    def waiting(self, now: Served) -> bool:
        """Whether some have not."""
        return any(one.id not in self._said for one in _sources(now))

    def rest(self, now: Served) -> list[str]:
        """Those that have not, as such."""
        return self._take(now, _sources(now))

    def _take(self, now: Served, sources: Sequence[ServedSource]) -> list[str]:
        new = [one for one in sources if one.id not in self._said]
        self._said |= {one.id for one in new}
        return [_line(one, base_of(now)) for one in new]


def of_walls(now: Served, walls: Sequence[str]) -> Served:
    """The same, of some walls alone."""
    kept: list[ServedWall] = [wall for wall in now.walls if wall.id in walls]
    return msgspec.structs.replace(now, walls=tuple(kept))


def _sources(now: Served) -> list[ServedSource]:
    return [source for wall in now.walls for source in wall.sources]


def _line(one: ServedSource, base: str) -> str:
    asking = one.healthy is None
    says = "Still asking the network." if asking else with_nearest(one.says, one.nearest)
    mark = "source!" if one.healthy is False else "source "
    doors = [f"POST {base}{door}" for door in one.doors]
    return "  ".join([f"  {mark} {one.id} ({one.plugin}): {says}", *doors])


def is_only_here(address: str, public_url: str) -> bool:
    """Whether no other machine can open what is served at `address`."""
    host = urlsplit(address).hostname or ""
    return bool(host) and not public_url and is_here(host)
