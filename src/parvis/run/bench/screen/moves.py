"""While something moves on the wall: frames beside an empty page's, what the trace holds, and the
main thread of a machine six times as slow.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parvis.run.bench.row import Row, median
from parvis.run.bench.screen.browser import HD, UHD, UP, Sight, browsing, opened
from parvis.run.bench.screen.first import PAST_MS, read_all
from parvis.run.bench.screen.peers import Scene, scene

if TYPE_CHECKING:
    pass

STANDING = 20
WAITING = 30
WINDOW_S = 12.0
SLOWER = 6
READABLE_S = 8.0
"""The first posts have been read by then: each turn covers one."""
CATEGORIES = ("devtools.timeline", "blink.user_timing")
EMPTY = """<!doctype html><style>
html, body { margin: 0; height: 100%; overflow: hidden; background: #fff; }
div { position: absolute; width: 42%; height: 67%; background: #13f; }
@keyframes rise { from { transform: translateY(100%); } }
div { animation: rise 640ms cubic-bezier(.76, 0, .24, 1) infinite; }
</style><div></div>"""


def smooth(rounds: int, tell: Callable[[float], None]) -> list[Row]:
    """Frames while something moves, to those of an empty page that moves one layer."""
    rows = []
    for at, (name, size) in enumerate((("1080p", HD), ("4K", UHD))):
        pairs = asyncio.run(_smooth(size, rounds))
        ratio = median([own / empty for own, empty in pairs])
        value = median([own for own, _empty in pairs])
        spread = ", ".join(f"{own / empty:.2f}" for own, empty in pairs)
        note = f"software renderer; ratios {spread}"
        rows.append(
            Row(f"frames {name}", value, "frames/s", "an empty page", ratio, "≥ 0.95", note)
        )
        tell((at + 1) / 2)
    return rows


async def _smooth(size: tuple[int, int], rounds: int) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    with scene(None, []) as there, tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.html"
        empty.write_text(EMPTY, encoding="utf-8")
        await there.publish(STANDING, spread_ms=PAST_MS)
        await read_all(there, STANDING)
        for _ in range(rounds):
            async with browsing() as browser:
                async with opened(browser, empty.as_uri(), size=size) as sight:
                    await asyncio.sleep(1)
                    times = await sight.js(f"probe.frames({WINDOW_S * 500})")
                    base = rate(times, [(times[0], times[-1])])
                async with opened(browser, there.walls["parvis"], size=size) as sight:
                    await _keep_turning(there, sight)
                    times = await sight.js(f"probe.frames({WINDOW_S * 1000})")
                    moves = [tuple(one) for one in await sight.js("probe.moves") if one[1]]
                found.append((rate(times, moves), base))
    return found


def rate(times: list[float], spans: list[tuple[Any, ...]]) -> float:
    """Frames a second inside the spans; `times` and spans in ms."""
    frames = whole = 0.0
    for begin, end in spans:
        inside = [at for at in times if begin <= at <= end]
        if len(inside) > 1:
            frames += len(inside) - 1
            whole += inside[-1] - inside[0]
    return 1000 * frames / whole if whole else 0.0


async def _keep_turning(there: Scene, sight: Sight) -> None:
    await sight.until(UP)
    await asyncio.sleep(READABLE_S)
    await sight.js("probe.moves.length = 0")
    await there.publish(WAITING)


def traced(_rounds: int, tell: Callable[[float], None]) -> list[Row]:
    """Layout and paint on the main thread between a move's second frame and its end."""
    counts, moves = asyncio.run(_traced())
    tell(1.0)
    note = f"in {moves} moves, from the trace"
    return [
        Row("layout in a move", counts.get("Layout", 0), "times", wanted="0", note=note),
        Row("paint in a move", counts.get("Paint", 0), "times", wanted="0", note=note),
    ]


async def _traced() -> tuple[dict[str, int], int]:
    with scene(None, []) as there:
        await there.publish(STANDING, spread_ms=PAST_MS)
        await read_all(there, STANDING)
        async with browsing() as browser, opened(browser, there.walls["parvis"]) as sight:
            await _keep_turning(there, sight)
            await browser.start_tracing(page=sight.page, categories=list(CATEGORIES))
            await asyncio.sleep(WINDOW_S)
            return within_moves(json.loads(await browser.stop_tracing())["traceEvents"])


def within_moves(events: list[dict[str, Any]]) -> tuple[dict[str, int], int]:
    """How often each thing happened during the moves, and how many moves there were."""
    marks = sorted(
        (event["ts"], event["name"], event["pid"], event["tid"])
        for event in events
        if event["name"] in ("move-begin", "move-end")
    )
    spans: list[tuple[float, float, int, int]] = []
    begun = None
    for at, name, pid, tid in marks:
        if name == "move-begin":
            begun = at
        elif begun is not None:
            spans.append((begun, at, pid, tid))
            begun = None
    counts: dict[str, int] = {}
    for event in events:
        for begin, end, pid, tid in spans:
            if begin < event["ts"] < end and (event["pid"], event["tid"]) == (pid, tid):
                counts[event["name"]] = counts.get(event["name"], 0) + 1
    return counts, len(spans)


def slow(rounds: int, tell: Callable[[float], None]) -> list[Row]:
    """Turns and a burst on a main thread six times as slow."""
    found = []
    for number in range(rounds):
        found.append(asyncio.run(_slow()))
        tell((number + 1) / rounds)
    busy, clock, load = (median([one[at] for one in found]) for at in range(3))
    note = (
        f"CPU time of the longest task, from the trace, {WAITING} posts at once and their turns;"
        f" by the clock of this machine {clock:.0f} ms; while the page opens {load:.0f} ms"
    )
    return [Row(f"task at CPU / {SLOWER}", busy, "ms", wanted="≤ 50", note=note)]


async def _slow() -> tuple[float, float, float]:
    with scene(None, []) as there:
        await there.publish(STANDING, spread_ms=PAST_MS)
        await read_all(there, STANDING)
        async with browsing() as browser, opened(browser, "about:blank") as sight:
            await sight.cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            await sight.page.goto(there.walls["parvis"])
            await sight.until(UP)
            await asyncio.sleep(READABLE_S)
            load = await sight.longest_task()
            await browser.start_tracing(page=sight.page, categories=[*CATEGORIES, "toplevel"])
            since = float(await sight.js("performance.now()"))
            await there.publish(WAITING)
            await asyncio.sleep(WINDOW_S)
            clock = await sight.longest_task(since)
            events = json.loads(await browser.stop_tracing())["traceEvents"]
            return longest_busy(events), clock, load


def longest_busy(events: list[dict[str, Any]]) -> float:
    """CPU time of the longest task on the thread that has the moves, ms."""
    own = {(one["pid"], one["tid"]) for one in events if one["name"] == "move-begin"}
    tasks = [
        one.get("tdur", 0)
        for one in events
        if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in own
    ]
    return max(tasks, default=0) / 1000
