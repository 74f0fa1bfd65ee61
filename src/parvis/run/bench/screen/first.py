"""How soon a wall shows its first post: cold pages in turns, the same twenty posts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from parvis.run.bench.house import WALL
from parvis.run.bench.row import Row, median
from parvis.run.bench.screen.browser import Sight, browsing, opened
from parvis.run.bench.screen.peers import Scene, card_of, folder_of, present, scene
from parvis.run.bench.screen.wait import wait_for
from parvis.run.bench.talk import talking

POSTS = 20
PAST_MS = 20_000
PAGES = 5
"""Cold pages of each wall a round."""
VISIBLE = "probe.first > 0"
NOTE = "post in the viewport, opaque; same posts, same run, cold pages in turns"


async def read_all(there: Scene, count: int) -> None:
    """Wait until the house has so many posts of the network on its wall."""
    if there.house is None:
        return
    async with talking(there.house.port, there.house.key) as talk:

        async def read() -> bool:
            return (await talk.ask("GET", f"/api/walls/{WALL}/snapshot")).count(b'"post":') >= count

        await wait_for(f"The wall's {count} posts", read, 60)


def first(peers: Path | None, rounds: int, tell: Callable[[float], None]) -> list[Row]:
    """One row a peer. Raises `Absent` when there is none."""
    names = present(peers) or [folder_of(peers, "fediwall").name]
    took, strangers = asyncio.run(_first(peers, names, rounds * PAGES, tell))
    own = took["parvis"]
    rows = [_row(name, own, took.get(name, [])) for name in ("fediwall", "mastowall")]
    asked = Row(
        "third-party requests", len(strangers), "requests", wanted="0",
        note=" ".join(sorted(set(strangers))[:3]) or f"of {rounds * PAGES} pages",
    )  # fmt: skip
    return [*rows, asked]


def _row(name: str, own: list[float], peer: list[float]) -> Row:
    called = f"first post vs {name}"
    if not peer:
        return Row(called, median(own), "ms", name, absent=f"{name} is not built in --peers")
    ratios = [mine / theirs for mine, theirs in zip(own, peer, strict=True)]
    wanted = "≤ 0.6" if name == "fediwall" else ""
    note = f"{name} {median(peer):.0f} ms; {NOTE}"
    return Row(called, median(own), "ms", name, median(ratios), wanted, note)


async def _first(
    peers: Path | None, names: list[str], pages: int, tell: Callable[[float], None]
) -> tuple[dict[str, list[float]], list[str]]:
    strangers: list[str] = []
    with scene(peers, names) as there:
        took: dict[str, list[float]] = {name: [] for name in there.walls}
        await there.publish(POSTS, spread_ms=PAST_MS)
        await read_all(there, POSTS)
        async with browsing() as browser:
            for number in range(-1, pages):
                for name, url in there.walls.items():
                    async with opened(browser, url, card_of(name)) as sight:
                        await sight.until(VISIBLE)
                        if number >= 0:  # the first one of each warms the servers
                            took[name].append(float(await sight.js("probe.first")))
                        if name == "parvis":
                            strangers += await _settled(sight)
                tell(max(0.0, (number + 1) / pages))
    return took, strangers


async def _settled(sight: Sight) -> list[str]:
    await sight.page.wait_for_load_state("load")
    return sight.strangers()
