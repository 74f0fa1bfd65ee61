"""A clock that a test sets."""

from __future__ import annotations

NOW_MS = 1_790_000_000_000


class ManualClock:
    """A clock that moves only when told; milliseconds since 1970 UTC."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        """The time it shows."""
        return self.now_ms

    def advance(self, seconds: float) -> None:
        """Moves the clock (back, when negative)."""
        self.now_ms += round(seconds * 1000)
