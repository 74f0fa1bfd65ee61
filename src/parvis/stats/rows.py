"""The rows behind a figure, page by page: what each adds to it, null where that is not known."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from parvis.core.errors import Refused
from parvis.engine import After, By, Counted, Engine, Grouped, Period
from parvis.stats.definitions import Figure
from parvis.stats.figures import topics_of

T = TypeVar("T")


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """`value` is what the row adds to its figure (of a time to screen: the time itself, in ms),
    null where the network does not tell it; the rest says what the row is.
    """

    value: int | None
    author: str = ""
    handle: str = ""
    network: str = ""
    text: str = ""
    tag: str = ""
    posts: int = 0
    at_ms: int = 0
    written_ms: int = 0
    shown_ms: int = 0
    post: str = ""
    source: str = ""


class Page(msgspec.Struct, frozen=True):
    """Rows, the largest first; `before` asks for the next ones and is null at the end. `columns`
    are those that rows of this figure have, in order.
    """

    rows: tuple[Row, ...]
    before: str | None
    columns: tuple[str, ...]


POST = ("value", "author", "text", "network", "at_ms", "written_ms", "shown_ms", "handle", "post")
PERSON = ("value", "author", "handle", "network", "posts")
TOPIC = ("value", "tag", "posts")
COLUMNS: dict[Figure, tuple[str, ...]] = {
    "posts": POST, "shown": POST, "interactions": POST, "time_to_screen": POST,
    "time_to_screen_p95": POST, "authors": PERSON, "reach": PERSON, "topics": TOPIC,
}  # fmt: skip
_BY: dict[Figure, By] = {
    "posts": "arrival", "shown": "shown", "interactions": "interactions",
    "time_to_screen": "delay", "time_to_screen_p95": "delay",
}  # fmt: skip
Told = Callable[[Counted], int | None]
_ADDS: dict[Figure, Told] = {
    "interactions": lambda one: one.interactions if one.interactions >= 0 else None,
    "time_to_screen": lambda one: one.number,
    "time_to_screen_p95": lambda one: one.number,
}


async def rows_of(
    engine: Engine,
    wall: str,
    figure: Figure,
    period: Period,
    *,
    own: Iterable[str] = (),
    before: str = "",
    limit: int = 50,
    org: str = "main",
    apart: Sequence[str] = (),
) -> Page:
    """A page; `own` are the wall's own hashtags, `apart` the networks whose figures are added to no
    other's: their rows are in no sum. `Refused` when `before` is none of ours.
    """
    after = after_of(before)
    if figure == "topics":
        topics = topics_of(await engine.tags(wall, period), own)
        return _page(figure, _below(topics, after)[:limit], limit, _topic)
    if figure in ("authors", "reach"):
        without = apart if figure == "reach" else ()
        people = await engine.who_posted(
            wall, period, after=after, limit=limit, org=org, without=without
        )
        make = _person if figure == "authors" else _carrier
        return _page(figure, people, limit, make)
    by = _BY[figure]
    posts = await engine.counted(wall, period, by, after=after, limit=limit, org=org, without=apart)
    adds = _ADDS.get(figure, lambda one: 1)
    return _page(figure, posts, limit, lambda one: _post(one, adds))


def after_of(before: str) -> After:
    """Where the page before ended."""
    if not before:
        return None
    number, _, name = before.partition("~")
    digits = number.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        raise Refused("before must be what the page before gave as `before`.")
    return int(number), name


def _page(
    figure: Figure, found: Sequence[T], limit: int, make: Callable[[T], tuple[Row, int, str]]
) -> Page:
    made = [make(each) for each in found]
    before = None
    if made and len(made) == limit:
        _, number, name = made[-1]
        before = f"{number}~{name}"
    return Page(tuple(row for row, *_ in made), before, COLUMNS[figure])


def _below(topics: Sequence[tuple[str, int]], after: After) -> Sequence[tuple[str, int]]:
    """They are sorted by count, then by name."""
    if after is None:
        return topics
    place = bisect.bisect_right(topics, (-after[0], after[1]), key=lambda one: (-one[1], one[0]))
    return topics[place:]


def _topic(one: tuple[str, int]) -> tuple[Row, int, str]:
    return Row(1, tag=f"#{one[0]}", posts=one[1]), one[1], one[0]


def _person(one: Grouped) -> tuple[Row, int, str]:
    row = Row(1, one.name, one.handle, one.network, posts=one.posts)
    return row, one.followers, one.author


def _carrier(one: Grouped) -> tuple[Row, int, str]:
    row, number, name = _person(one)
    told = one.followers if one.followers >= 0 else None
    return msgspec.structs.replace(row, value=told), number, name


def _post(one: Counted, adds: Told) -> tuple[Row, int, str]:
    row = Row(
        adds(one),
        one.name,
        one.handle,
        one.network,
        one.text,
        at_ms=one.at_ms,
        written_ms=one.written_ms,
        shown_ms=one.shown_ms,
        post=one.post,
        source=one.source,
    )
    return row, one.number, one.post
