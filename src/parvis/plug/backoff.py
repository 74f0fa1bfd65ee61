"""When to try a host again that fails: full jitter, and a circuit that opens after some failures in
a row.
"""

from __future__ import annotations

from random import Random

BASE_S = 1.0
CAP_S = 300.0
OPENS_AFTER = 5
TRIAL_S = 30.0


def delay_s(failures: int, rng: Random, *, base_s: float = BASE_S, cap_s: float = CAP_S) -> float:
    """A random wait between 0 and `base_s` doubled with each failure, at most `cap_s` (full
    jitter).
    """
    return rng.uniform(0.0, min(cap_s, base_s * 2.0 ** min(max(failures - 1, 0), 30)))


class Circuit:
    """One host. Open after `OPENS_AFTER` failures in a row; then one trial at a time until one
    succeeds.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._failures = 0
        self._open_until = 0.0
        self.why = ""
        """What went wrong last, in a sentence; '' when all is well."""

    @property
    def failures(self) -> int:
        """Failures in a row."""
        return self._failures

    @property
    def open(self) -> bool:
        """Whether requests are held back."""
        return self._failures >= OPENS_AFTER

    def enter(self, now_s: float) -> float:
        """Seconds until a request may be tried; 0 lets this one through and, while open, holds
        others back.
        """
        if not self.open:
            return 0.0
        wait = self._open_until - now_s
        if 0.0 < wait <= CAP_S + TRIAL_S:  # a longer one means that the clock was set back
            return wait
        self._open_until = now_s + TRIAL_S
        return 0.0

    def wait_s(self, now_s: float) -> float:
        """Seconds of back-off left since the last failure."""
        return min(max(self._open_until - now_s, 0.0), CAP_S)

    def failed(self, now_s: float) -> float:
        """Counts a failure; seconds until the next try."""
        self._failures += 1
        wait = delay_s(self._failures, self._rng)
        self._open_until = now_s + wait
        return wait

    def healed(self) -> bool:
        """Counts a success; whether the circuit was open before."""
        was_open = self.open
        self.why = ""
        self._failures = 0
        self._open_until = 0.0
        return was_open
