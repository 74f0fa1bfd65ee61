"""Flood: one author may not fill the wall; what is too much waits for a person."""

from __future__ import annotations

from parvis.core.post import Post
from parvis.core.verdict import Verdict
from parvis.plug.check import Around, Check


def open_check() -> Check:
    """The check."""
    return Flood()


class Flood(Check):
    """Counts the author's posts of the last seconds, this one included."""

    version = "1.0.0"

    def judge(self, post: Post, around: Around) -> Verdict:
        """Holds what is over the policy's limit."""
        limit = around.policy.flood
        if limit.posts < 1 or limit.within_s < 1:
            return self._say("pass", "This wall sets no limit to one author's posts.", "flood.off")
        if post.author is None:
            return self._say("pass", "The network names no author to count.", "flood.nobody")
        at_ms = post.received_at_ms or around.now_ms
        since_ms = at_ms - limit.within_s * 1000
        count = 1 + sum(since_ms < each <= at_ms for each in around.author_posts_ms)
        told = (
            f"{count} of the author's posts within {limit.within_s} s; {limit.posts} are allowed."
        )
        if count > limit.posts:
            return self._say("hold", told, "flood", min(count / limit.posts, 100.0))
        return self._say("pass", told, "flood.within", count / limit.posts)

    def _say(self, outcome: str, because: str, code: str, score: float = 0.0) -> Verdict:
        return Verdict(
            "flood", self.version, "hold" if outcome == "hold" else "pass", because, code, score
        )
