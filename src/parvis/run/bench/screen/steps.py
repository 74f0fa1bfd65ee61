"""The steps of `parvis bench wall`."""

from __future__ import annotations

import functools
from pathlib import Path

from parvis.run.bench.screen import burst, first, moves, road, weight
from parvis.run.bench.step import Step


def steps(peers: Path | None = None) -> list[Step]:
    """The wall in a browser; `peers` is where others' walls are built."""
    return [
        Step(("shell wall", "shell phone", "shell studio"), "kB", "", 1,
             lambda _n, _t: weight.shells()),
        Step(("first post vs fediwall", "first post vs mastowall", "third-party requests"), "ms",
             "fediwall", 90, functools.partial(first.first, peers)),
        Step(("approve to player", "idle wall first frame"), "ms", "", 90, road.approve),
        Step(("panic covered", "panic acknowledged"), "ms", "", 20, road.panic),
        Step(("burst 100 task", "burst 100 elements"), "ms", "fediwall", 90,
             functools.partial(burst.burst, 100, peers)),
        Step(("burst 1000 task", "burst 1000 elements"), "ms", "fediwall", 220,
             functools.partial(burst.burst, 1000, peers)),
        Step(("frames 1080p", "frames 4K"), "frames/s", "an empty page", 200, moves.smooth),
        Step(("layout in a move", "paint in a move"), "times", "", 30, moves.traced),
        Step(("task at CPU / 6",), "ms", "", 35, moves.slow),
        Step(("renderer memory", "renderer memory growth", "elements over it all"), "MiB", "", 240,
             weight.memory),
    ]  # fmt: skip
