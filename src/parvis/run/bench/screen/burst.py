"""Many posts at once: what the page's main thread and its frames say to it."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from parvis.run.bench.row import Row
from parvis.run.bench.screen.browser import browsing, opened
from parvis.run.bench.screen.first import PAST_MS, read_all
from parvis.run.bench.screen.peers import card_of, present, scene

if TYPE_CHECKING:
    from playwright.async_api import Browser

BEFORE = 50
REST_S = 3.0
WINDOW_S = 14.0
"""Longer than the ten seconds between two looks of a wall that polls."""
PATIENCE_S = 75.0
NODES = "document.querySelectorAll('body *').length"


class Strain(msgspec.Struct, frozen=True):
    """Longest task and longest time between two frames, by the clock, ms; elements in the page
    afterwards. `busy`: CPU time of its longest task, ms: by the clock a task is as long as the
    machine, which the server shares, keeps the page waiting. `mute`: it gave no answer in time.
    """

    task: float
    frame: float
    nodes: int
    mute: bool = False
    busy: float = 0.0

    def said(self, name: str) -> str:
        """For a note."""
        if self.mute:
            return f"{name} gave no answer for {PATIENCE_S:.0f} s"
        return (
            f"{name}: task {self.task:.0f} ms ({self.busy:.0f} ms of CPU time),"
            f" frame {self.frame:.0f} ms, {self.nodes} elements"
        )


def burst(count: int, peers: Path | None, _rounds: int, tell: Callable[[float], None]) -> list[Row]:
    """A row for each of: longest task, elements."""
    names = present(peers)
    strains = asyncio.run(_all(count, peers, names, tell))
    own, beside = strains.pop("parvis"), [one.said(name) for name, one in strains.items()]
    longest = max((one.task for one in strains.values()), default=0.0)
    against = max(strains, key=lambda name: strains[name].task, default="")
    missing = "" if names else "no peer is built in --peers"
    return [
        Row(
            f"burst {count} task", own.task, "ms", against,
            own.task / longest if longest else None, "≤ 50",
            "; ".join([own.said("parvis"), *beside]), missing,
        ),
        Row(f"burst {count} elements", own.nodes, "elements", wanted="≤ 600"),
    ]  # fmt: skip


async def _all(
    count: int, peers: Path | None, names: list[str], tell: Callable[[float], None]
) -> dict[str, Strain]:
    found = {}
    for at, name in enumerate(["parvis", *names]):  # each alone, with a network of its own
        async with browsing() as browser:
            found[name] = await _one(browser, name, count, peers)
        tell((at + 1) / (1 + len(names)))
    return found


async def _one(browser: Browser, name: str, count: int, peers: Path | None) -> Strain:
    from playwright.async_api import Error

    wanted = [] if name == "parvis" else [name]
    with scene(peers, wanted, with_house=not wanted) as there:
        await there.publish(BEFORE, spread_ms=PAST_MS)
        await read_all(there, BEFORE)
        async with opened(browser, there.walls[name], card_of(name)) as sight:
            await sight.cards(card_of(name), 4 if name == "parvis" else BEFORE)
            await asyncio.sleep(REST_S)
            await browser.start_tracing(page=sight.page, categories=["toplevel"])
            since = float(await sight.js("performance.now()"))
            frames = asyncio.create_task(sight.js(f"probe.frames({WINDOW_S * 1000})"))
            await there.publish(count)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    times = await frames
                    task = await sight.longest_task(since)
                    nodes = int(await sight.js(NODES))
            except (TimeoutError, Error):
                return Strain(PATIENCE_S * 1000, PATIENCE_S * 1000, 0, mute=True)
            events = json.loads(await browser.stop_tracing())["traceEvents"]
            gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
            return Strain(task, max(gaps), nodes, busy=busiest(events))


def busiest(events: list[dict[str, Any]]) -> float:
    """CPU time of the longest task on any page's main thread, ms; 0 when the trace has none."""
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        one.get("tdur", 0)
        for one in events
        if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in mains
    ]
    return max(tasks, default=0) / 1000
