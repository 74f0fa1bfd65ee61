"""A poll as the wall's pages get it."""

from __future__ import annotations

from parvis.core.wire import FormatFace


def poll_with(*shares: int, text: str, question: str = "Tea?") -> FormatFace:
    """One answer for each share, all of the same words."""
    answers = [{"text": text, "count": share, "share": share} for share in shares]
    view = {"question": question, "open": True, "votes": 100, "answers": answers}
    return FormatFace(format="q1", plugin="poll", view=view)
