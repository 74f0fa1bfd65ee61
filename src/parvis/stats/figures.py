"""A wall's figures of one period."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from parvis.core.metric import tag_of
from parvis.engine import Apart, Counted, Grouped, Period, Sums
from parvis.stats.definitions import Figure, Lang, meaning

MOST = 12
"""Topics, people and posts that stand beside the figures."""


class OneFigure(msgspec.Struct, frozen=True):
    """`value` is null when nothing of it is known; `unknown_share` is the share (0 to 1) of what it
    counts about which the networks told nothing, and `counted` of how many that is.
    """

    id: Figure
    value: int | None
    unit: str
    unknown_share: float
    counted: int
    definition: str
    excludes: str


class OverTime(msgspec.Struct, frozen=True):
    """Rows of [ms at which the step begins, posts that arrived, how many of them were shown]."""

    step_s: int
    rows: tuple[tuple[int, int, int], ...]


class Topic(msgspec.Struct, frozen=True):
    """A hashtag, without case, and how many posts have it."""

    tag: str
    n: int


class Someone(msgspec.Struct, frozen=True):
    """Who posted; `reach` is null where the network does not tell it."""

    name: str
    handle: str
    network: str
    posts: int
    reach: int | None
    reach_known: bool


class Answered(msgspec.Struct, frozen=True):
    """A post that people did something with; `shown_ms` is when it was first on the wall."""

    post: str
    text: str
    author: str
    network: str
    interactions: int
    shown_ms: int | None


class Alone(msgspec.Struct, frozen=True):
    """What a network whose figures may be added to no other's has by itself; null is unknown."""

    network: str
    posts: int
    interactions: int | None
    reach: int | None


class Numbers(msgspec.Struct, frozen=True):
    """A wall's figures over the posts that arrived in [from_ms, to_ms); null is no bound. What
    stands in `apart` is neither in the figures of interactions nor of reach.
    """

    figures: tuple[OneFigure, ...]
    over_time: OverTime
    topics: tuple[Topic, ...]
    people: tuple[Someone, ...]
    posts: tuple[Answered, ...]
    apart: tuple[Alone, ...] = ()
    from_ms: int | None = None
    to_ms: int | None = None


def numbers_of(sums: Sums, period: Period, own: Iterable[str], lang: Lang) -> Numbers:
    """What the sums say; `own` are the wall's own hashtags."""
    topics = topics_of(sums.tags, own)
    free = Period()
    return Numbers(
        figures=_figures(sums, len(topics), lang),
        over_time=OverTime(sums.step_ms // 1000, sums.steps),
        topics=tuple(Topic(f"#{tag}", n) for tag, n in topics[:MOST]),
        people=tuple(_someone(each) for each in sums.people[:MOST]),
        posts=tuple(_answered(each) for each in sums.top[:MOST]),
        apart=tuple(_alone(each) for each in sums.apart),
        from_ms=None if period.from_ms == free.from_ms else period.from_ms,
        to_ms=None if period.to_ms == free.to_ms else period.to_ms,
    )


def topics_of(tags: Iterable[tuple[str, int]], own: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """All but the wall's own, which nearly every post has."""
    left_out = {tag_of(each) for each in own}
    return tuple((tag, n) for tag, n in tags if tag not in left_out)


def _figures(sums: Sums, topics: int, lang: Lang) -> tuple[OneFigure, ...]:
    def one(id: Figure, value: int | None, unit: str, of: int, unknown: int = 0) -> OneFigure:
        said = meaning(id, lang)
        known = None if unknown and unknown == of else value
        share = round(unknown / of, 4) if of else 0.0
        return OneFigure(id, known, unit, share, of, said.definition, said.excludes)

    posts, authors = sums.posts, sums.authors
    added = posts - sum(each.posts for each in sums.apart)
    followed = authors - sum(each.authors for each in sums.apart)
    return (
        one("posts", posts, "posts", posts),
        one("shown", sums.shown, "posts", posts),
        one("authors", authors, "people", posts, sums.unsigned),
        one("reach", sums.reach, "followers", followed, sums.authors_unknown),
        one("interactions", sums.interactions, "", added, sums.interactions_unknown),
        one("topics", topics, "", posts),
        one("time_to_screen", sums.p50_ms, "ms", sums.timed),
        one("time_to_screen_p95", sums.p95_ms, "ms", sums.timed),
    )


def _alone(one: Apart) -> Alone:
    acts = one.interactions if one.interactions_unknown < one.posts else None
    reach = one.reach if one.authors_unknown < one.authors else None
    return Alone(one.network, one.posts, acts, reach)


def _someone(one: Grouped) -> Someone:
    known = one.followers >= 0
    reach = one.followers if known else None
    return Someone(one.name, one.handle, one.network, one.posts, reach, known)


def _answered(one: Counted) -> Answered:
    name = one.name or one.handle
    shown = one.shown_ms or None
    return Answered(one.post, one.text, name, one.network, one.interactions, shown)
