"""What a wall weighs: on the wire, and in the renderer's memory after very many posts."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from parvis.run.bench.house import DOOR, WALL, House, house
from parvis.run.bench.process import Absent
from parvis.run.bench.road import item
from parvis.run.bench.row import Row
from parvis.run.bench.screen.browser import UP, browsing, opened
from parvis.run.bench.screen.burst import NODES
from parvis.run.bench.talk import talking

if TYPE_CHECKING:
    from playwright.async_api import Browser

STATIC = Path(__file__).parents[3] / "static"
SHELLS = {
    "wall": (
        ("wall/player.js", "wall/wall.css", "layouts/masonry.js", "layouts/spotlight.js",
         "layouts/ticker.js"),
        40,
    ),
    "phone": (("phone/phone.js", "phone/phone.css"), 30),
    "studio": (("studio/studio.js", "studio/studio.css"), 200),
}  # fmt: skip
POSTS = 100_000
QUICK_POSTS = 10_000
"""A round, where there are fewer than three."""
BATCH = 100
LOOKS = 10
SETTLE_S = 2.0


def shells() -> list[Row]:
    """JS and CSS as gzip packs them. Raises `Absent`."""
    return [_shell(name, files, most) for name, (files, most) in SHELLS.items()]


def _shell(name: str, files: tuple[str, ...], most: int) -> Row:
    missing = [file for file in files if not (STATIC / file).is_file()]
    if missing:
        raise Absent(f"the front end is not built: there is no {missing[0]}")
    size = sum(len(gzip.compress((STATIC / file).read_bytes(), 9, mtime=0)) for file in files)
    return Row(f"shell {name}", size / 1000, "kB", wanted=f"≤ {most}", note=", ".join(files))


def memory(rounds: int, tell: Callable[[float], None]) -> list[Row]:
    """The renderer after 100,000 posts (fewer rounds than three: fewer posts)."""
    posts = POSTS if rounds >= 3 else QUICK_POSTS * rounds
    with house() as there:
        held, nodes = asyncio.run(_memory(there, posts, tell))
    early, late = held[1:4], held[-3:]
    note = f"{posts:,} posts; " + ", ".join(f"{one:.0f}" for one in held) + " MiB on the way"
    return [
        Row("renderer memory", max(held), "MiB", wanted="≤ 150", note=note),
        Row(
            "renderer memory growth", sum(late) / len(late) - sum(early) / len(early), "MiB",
            wanted="≤ 10", note="last three looks to the second to fourth",
        ),
        Row("elements over it all", nodes, "elements", wanted="≤ 600"),
    ]  # fmt: skip


async def _memory(
    there: House, posts: int, tell: Callable[[float], None]
) -> tuple[list[float], int]:
    held: list[float] = []
    nodes = 0
    async with talking(there.port) as talk, browsing() as browser:
        url = f"http://127.0.0.1:{there.port}/w/{WALL}"
        async with opened(browser, url) as sight:
            await sight.until(UP)
            for look in range(LOOKS):
                for first in range(posts * look // LOOKS, posts * (look + 1) // LOOKS, BATCH):
                    await talk.post(DOOR, [item(f"many-{first + at}") for at in range(BATCH)])
                await asyncio.sleep(SETTLE_S)
                await sight.cdp.send("HeapProfiler.collectGarbage")
                nodes = max(nodes, int(await sight.js(NODES)))
                held.append(await renderer_mib(browser))
                tell((look + 1) / LOOKS)
    return held, nodes


async def renderer_mib(browser: Browser) -> float:
    """Memory of the largest renderer, its share of what is shared counted in. Raises `Absent`."""
    cdp = await browser.new_browser_cdp_session()
    said = await cdp.send("SystemInfo.getProcessInfo")
    await cdp.detach()
    pids = [one["id"] for one in said["processInfo"] if one["type"] == "renderer"]
    return max(_share_mib(pid) for pid in pids)


def _share_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        raise Absent("memory is read from /proc, which is not here") from None
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
