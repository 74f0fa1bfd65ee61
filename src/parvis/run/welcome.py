"""What `up` says once it serves: one line `ready …`, then where everything is and how it is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys

from parvis.run.wire_up import House
from parvis.web.guard import PASS_MS, digest, new_token
from parvis.web.reach import outside, reachable

SOURCES_ANSWER_S = 5.0
ASK_AGAIN_S = 0.1


async def say_ready(house: House, address: str) -> None:
    """Print it; sources are given a moment to say how they are. Nobody has to listen."""
    house.reach.serving(address)
    with contextlib.suppress(BrokenPipeError):
        await _say(house, address)
        return
    # Python would complain again at its end, when it writes out what is left
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def _say(house: House, address: str) -> None:
    print(f"ready {reachable(address)}", flush=True)
    base = house.settings.public_url.rstrip("/") or outside(address)
    walls = await house.engine.walls()
    for wall in walls:
        print(f"  wall    {base}/w/{wall.id}")
        print(f"  phone   {base}/p/{wall.id}")
    if walls and not house.reach.join(walls[0].id):
        print(
            "  no phone can reach this address, so the walls show no QR code: start with"
            " --host 0.0.0.0, or set public_url",
            flush=True,
        )
    print(f"  studio  {reachable(address)}/studio{await opening(house)}", flush=True)
    if not walls:
        print("  no wall yet: declare one with `parvis up EVENT.toml`", flush=True)
    for wall in walls:
        for line in await _sources(house, wall.id, base):
            print(line, flush=True)


async def opening(house: House) -> str:
    """What follows the studio's address: while nobody has an account, a link that makes the first,
    once, within a day.
    """
    token = new_token()
    offered = await house.engine.offer_first(digest(token), house.clock() + PASS_MS)
    return f"#first={token}" if offered else ""


async def _sources(house: House, wall: str, base: str) -> list[str]:
    specs = [spec for spec in await house.engine.sources(wall) if spec.enabled]
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SOURCES_ANSWER_S
    while True:
        health = {each.source: each for each in await house.engine.health(wall)}
        if all(spec.id in health for spec in specs) or loop.time() > deadline:
            break
        await asyncio.sleep(ASK_AGAIN_S)
    lines = []
    for spec in specs:
        found = health.get(spec.id)
        says = found.says if found is not None else "Still asking the network."
        if found is not None and found.nearest:
            says += f" Nearest: {found.nearest}."
        source = house.collector.source(spec.id)
        doors = source.doors() if source is not None else ()
        taken = [f"POST {base}/in/{spec.id}/{d.name}" for d in doors if "POST" in d.methods]
        mark = "source " if found is None or found.healthy else "source!"
        lines.append("  ".join([f"  {mark} {spec.id} ({spec.plugin}): {says}", *taken]))
    return lines
