"""What a person sees while waiting. Standard library only: the script loads it before set-up."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

BAR_CELLS = 24
REDRAW_S = 0.2
LINE_EVERY_S = 10.0
NEVER_DONE = 0.97  # an unfinished step never looks finished


class Wait:
    """One wait in named steps: a bar on a terminal, plain lines elsewhere, nothing when short.

    `steps` maps each step's name to the seconds it is expected to take, in order.
    """

    def __init__(
        self,
        steps: Mapping[str, float],
        out: TextIO | None = None,
        quiet_s: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._steps = dict(steps)
        self._out = out or sys.stderr
        self._quiet_s = quiet_s
        self._clock = clock
        self._began = clock()
        self._step = ""
        self._step_began = self._began
        self._told: float | None = None
        self._finished: list[str] = []
        self._line_at: dict[str, float] = {}
        self._drawn = False

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[float], None]]:
        """Enter a step; the value given tells its progress, 0 to 1, where that is known."""
        self._step, self._step_began, self._told = name, self._clock(), None
        over = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(over,), daemon=True)
        ticker.start()
        try:
            yield self._tell
        finally:
            over.set()
            ticker.join()
            self._clear()
        self._finished.append(name)

    def fraction(self) -> float:
        """How much of the whole wait is behind, 0 to 1."""
        whole = sum(self._steps.values()) or 1.0
        behind = sum(self._steps[name] for name in self._finished)
        return min(1.0, (behind + self._steps[self._step] * self._fraction_of_step()) / whole)

    def left_s(self) -> float:
        """Seconds left: as expected at first, then at the pace shown so far."""
        fraction = self.fraction()
        expected = sum(self._steps.values()) * (1 - fraction)
        if fraction < 0.05:
            return expected
        at_pace = (self._clock() - self._began) * (1 - fraction) / fraction
        return (1 - fraction) * expected + fraction * at_pace

    def draw(self) -> None:
        """Show where the wait stands, if it has lasted long enough to be worth a line."""
        now = self._clock()
        if now - self._step_began < self._quiet_s and not self._drawn:
            return
        number = list(self._steps).index(self._step) + 1
        head = f"[{number}/{len(self._steps)}] {self._step}"
        left = f"{max(1, round(self.left_s()))} s left"
        if self._out.isatty():
            full = round(self.fraction() * BAR_CELLS)
            bar = "█" * full + "░" * (BAR_CELLS - full)
            self._out.write(f"\r\x1b[K{head} {bar} {left}")
            self._drawn = True
        elif now - self._line_at.get(self._step, float("-inf")) >= LINE_EVERY_S:
            self._line_at[self._step] = now
            self._out.write(f"{head}: {round(self.fraction() * 100)} %, about {left}\n")
        self._out.flush()

    def _tell(self, fraction: float) -> None:
        self._told = min(1.0, max(0.0, fraction))

    def _fraction_of_step(self) -> float:
        if self._step in self._finished:
            return 0.0
        if self._told is not None:
            return self._told
        expected = self._steps[self._step] or 1.0
        return min(NEVER_DONE, (self._clock() - self._step_began) / expected)

    def _tick(self, over: threading.Event) -> None:
        while not over.wait(REDRAW_S):
            self.draw()

    def _clear(self) -> None:
        if self._drawn:
            self._out.write("\r\x1b[K")
            self._out.flush()


def megabytes(size: int) -> str:
    """A size in bytes as people read it."""
    return f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
