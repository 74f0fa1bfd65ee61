"""Duplicate: the same words and media stand on this wall already."""

from __future__ import annotations

from parvis.core.post import Post
from parvis.core.verdict import Verdict
from parvis.plug.check import Around, Check


def open_check() -> Check:
    """The check."""
    return Duplicate()


class Duplicate(Check):
    """Believes the fingerprints that the flow compared."""

    version = "1.0.0"

    def judge(self, post: Post, around: Around) -> Verdict:
        """Holds a twin; the flow sets it aside as a duplicate of the earlier one."""
        earlier = [key for key in around.twins if key != post.key]
        if not earlier:
            told = "No earlier post on this wall has the same words and media."
            return Verdict("duplicate", self.version, "pass", told, "duplicate.none")
        told = f"An earlier post on this wall has the same words and media: {earlier[0]}."
        return Verdict("duplicate", self.version, "hold", told, "duplicate", 1.0)
