"""Who opens the stream too soon after a failure is counted, and answered 429.

docs.x.com/x-api/fundamentals/handling-disconnections (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

GRACE_MS = 50
"""What clocks may differ."""


@dataclass
class Judge:
    """What was answered to those who open the stream, and what they make of it."""

    clock: Callable[[], int]
    broken: list[str] = field(default_factory=list)
    """Each attempt that came too soon, in words."""
    attempts: int = 0
    _fails: dict[str, int] = field(default_factory=dict)
    _not_before_ms: int = 0
    _why: str = ""
    _again: bool = False

    def attempt(self) -> bool:
        """Somebody tries to open it; False when it is too soon."""
        self.attempts += 1
        early_ms = self._not_before_ms - GRACE_MS - self.clock()
        if early_ms <= 0:
            self._again = False
            return True
        if self._why.startswith("a network") and not self._again:
            self._again = True  # on a kept connection HTTP itself tries once more (RFC 9110 9.2.2)
            return True
        self.broken.append(f"{early_ms / 1000:.2f} s too soon after {self._why}")
        return False

    def opened(self) -> None:
        """It worked, and something was sent."""
        self._fails.clear()
        self._not_before_ms = 0

    def failed(self, status: int) -> None:
        """It was answered so; 0: the connection was cut before an answer."""
        kind = "a network error" if not status else "429" if status == 429 else "an HTTP error"
        more = 0 if self._again and not status else 1
        count = self._fails[kind] = self._fails.get(kind, 0) + more
        wait_s = {
            "a network error": min(0.25 * count, 16.0),
            "an HTTP error": min(5.0 * 2.0 ** (count - 1), 320.0),
            "429": min(60.0 * 2.0 ** (count - 1), 3600.0),
        }[kind]
        self._why = f"{kind} (number {count})"
        self._not_before_ms = self.clock() + round(wait_s * 1000)
