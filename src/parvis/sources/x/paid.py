"""What was paid for today: the network bills a post, or an account, once a day of UTC.

docs.x.com/x-api/getting-started/pricing (read 2026-11). Whether it bills authors that come along
with posts is not said: each is counted, unless the setting `price_author` is 0.
"""

from __future__ import annotations

from collections.abc import Iterable

from parvis.core.ports import Clock
from parvis.plug.fields import Fields, ident, rows, table

DAY_MS = 86_400_000
MOST = 200_000
"""What goes beyond is counted as if it were paid for again."""


class Paid:
    """Of one source, since its start: what was read before that is counted again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._day = 0
        self._ids: set[str] = set()

    def has(self, id_: str) -> bool:
        """Whether the post was read today."""
        self._turn()
        return f"post {id_}" in self._ids

    def note(self, answer: Fields) -> dict[str, int]:
        """What of an answer, or of a line, is new today, by kind; noted."""
        self._turn()
        data = answer.get("data")
        posts = [table(answer, "data")] if isinstance(data, dict) else list(rows(answer, "data"))
        more = table(answer, "includes")
        posts += [*rows(more, "tweets"), *rows(more, "posts")]
        return {
            "post": self._count("post", map(ident, posts)),
            "author": self._count("author", map(ident, rows(more, "users"))),
        }

    def _count(self, kind: str, ids: Iterable[str]) -> int:
        new = {f"{kind} {id_}" for id_ in ids} - self._ids
        if len(self._ids) < MOST:
            self._ids |= new
        return len(new)

    def _turn(self) -> None:
        day = self._clock() // DAY_MS
        if day != self._day:
            self._day = day
            self._ids.clear()
