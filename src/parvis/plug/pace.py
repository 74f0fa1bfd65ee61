"""How often to ask a network that is polled: soon where there is news, slower where there is none,
and never faster than it allows.
"""

from __future__ import annotations

from collections.abc import Mapping

from parvis.plug.budget import allowance

SLOWER = 1.5
SLOWEST = 3.0
SCARCE = 60
PATIENCE_S = 300.0


def next_wait_s(last_s: float, fastest_s: float, *, news: bool) -> float:
    """Seconds until the next look: `fastest_s` after news, then longer by half each time, up to
    three times as long.
    """
    if news:
        return fastest_s
    return min(max(last_s, fastest_s) * SLOWER, fastest_s * SLOWEST)


def spread_s(wait_s: float, headers: Mapping[str, str], requests: int, now_ms: int) -> float:
    """`wait_s`, longer where the last answer's `headers` say that what the network still allows
    must be spread over the time until it counts anew; `requests`: how many one look needs.
    """
    told = allowance(headers, now_ms / 1000)
    if told is not None and told[0] < SCARCE:
        wait_s = max(wait_s, told[1] * requests / max(told[0], 1.0))
    return min(wait_s, PATIENCE_S)
