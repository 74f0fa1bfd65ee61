"""Names that somebody mistyped."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


def did_you_mean(given: str, known: Collection[str], otherwise: str) -> str:
    """The end of a sentence about a name that is not known, with its mark: `otherwise` is said
    where none is near.
    """
    close = get_close_matches(given, known, 1)
    return f"did you mean {close[0]}?" if close else f"{otherwise}."
