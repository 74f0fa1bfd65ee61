"""Times as networks write them."""

from __future__ import annotations

from datetime import UTC, datetime

YEAR_2100_MS = 4_102_444_800_000
"""No post of ours is younger: beyond it, a clock or a field is wrong."""


def iso_ms(text: str) -> int:
    """An ISO 8601 time in milliseconds since 1970 (UTC where it names no zone); 0 for none."""
    try:
        at = datetime.fromisoformat(text.strip()[:40])
        return round(at.replace(tzinfo=at.tzinfo or UTC).timestamp() * 1000)
    except (ValueError, OverflowError):
        return 0
