"""When the stream may be opened again: the network's own rules, one wait for each kind of failure.

docs.x.com/x-api/fundamentals/handling-disconnections (read 2026-11).
"""

from __future__ import annotations

from parvis.core.ports import Clock

NETWORK_STEP_S, NETWORK_MOST_S = 0.25, 16.0
HTTP_FIRST_S, HTTP_MOST_S = 5.0, 320.0
LIMITED_FIRST_S = 60.0
LIMITED_MOST_S = 3600.0
"""Ours: the network names no end. Its window is a quarter of an hour."""


class Pace:
    """Failures in a row. The waits it gives are the least; whoever waits longer does no harm."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._network = self._http = self._limited = 0
        self._not_before_ms = 0

    def wait_s(self) -> float:
        """Seconds until it may be opened; a clock that was set back does not lengthen them."""
        wait_s = (self._not_before_ms - self._clock()) / 1000
        return wait_s if 0 < wait_s <= LIMITED_MOST_S else 0.0

    def opened(self) -> None:
        """It is open: all is forgotten."""
        self._network = self._http = self._limited = 0

    def dropped(self) -> float:
        """An open one was cut: at once again, without a wait."""
        return self._until(0.0)

    def unreachable(self) -> float:
        """The network failed: a quarter of a second more each time."""
        self._network += 1
        return self._until(min(NETWORK_STEP_S * self._network, NETWORK_MOST_S))

    def refused(self) -> float:
        """An HTTP error: twice as long each time."""
        self._http += 1
        return self._until(min(HTTP_FIRST_S * 2.0 ** min(self._http - 1, 20), HTTP_MOST_S))

    def limited(self, reset_in_s: float = 0.0) -> float:
        """429: a minute, then twice as long each time, and never before the network counts anew."""
        self._limited += 1
        wait_s = LIMITED_FIRST_S * 2.0 ** min(self._limited - 1, 20)
        return self._until(min(max(wait_s, reset_in_s), LIMITED_MOST_S))

    def _until(self, wait_s: float) -> float:
        self._not_before_ms = self._clock() + round(wait_s * 1000)
        return wait_s
