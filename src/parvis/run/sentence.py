"""How the state of a source or a bridge is put into words, the same wherever it is printed."""

from __future__ import annotations

import re
from datetime import datetime


def with_nearest(says: str, nearest: str) -> str:
    """The sentence, and the nearest tag unless it is named in it already."""
    if not nearest or re.search(rf"(?<!\w){re.escape(nearest)}(?!\w)", says, re.IGNORECASE):
        return says
    return f"{says} Nearest: {nearest}."


def with_since(says: str, since_ms: int) -> str:
    """The sentence, and since when it is so, on this machine's clock."""
    at = datetime.fromtimestamp(since_ms / 1000).isoformat(" ", "minutes")
    return f"{says} (since {at})"
