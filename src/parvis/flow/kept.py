"""Kept: whether a person kept back what a post shows, and whether it still shows that. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

from parvis.core.post import Post
from parvis.core.verdict import Decision, by_person

Kept = Literal["", "same", "other"]
"""'': nobody kept anything back, or a person let it in since · same: nothing but what was kept back
· other: it shows something that nobody has kept back.
"""


def marks_of(post: Post) -> tuple[str, ...]:
    """One for each picture and film: what tells it from another one, without naming it. Networks
    sign addresses anew each time, so that what follows the path does not count.
    """
    shown = (f"{media.type} {media.url.partition('?')[0]}" for media in post.media)
    return tuple(hashlib.blake2b(each.encode(), digest_size=8).hexdigest() for each in shown)


def kept_of(said: Sequence[Decision], post: Post) -> Kept:
    """By what people last said (oldest first): an edit or a machine's word lets nothing in."""
    last = _last_up(said)
    if last is None or not last.without_media or not post.media:
        return ""
    known = set(last.kept_back)
    return "same" if not known or known.issuperset(marks_of(post)) else "other"


def _last_up(said: Sequence[Decision]) -> Decision | None:
    """The last time a person put it up and did not take that back."""
    before: list[Decision | None] = []
    last: Decision | None = None
    for decision in filter(by_person, said):
        if decision.state == "approved":
            if decision.code != "undo":
                before.append(last)
            last = decision
        elif decision.code == "undo":
            last = before.pop() if before else None
    return last
