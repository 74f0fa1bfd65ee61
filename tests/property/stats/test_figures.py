"""Whatever happens to posts, each figure is the sum of its rows, and both are those of a model."""

from __future__ import annotations

import asyncio
import dataclasses
import math
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.core.metric import facts_of
from parvis.core.post import Author, Entity, Metric, Post
from parvis.engine import Engine, Period, Write
from parvis.engine.change import Decide, ErasePost, PutCard, PutPost
from parvis.engine.open import open_engine
from parvis.engine.reads.tallied import YOUNG_MS
from parvis.plug.testkit import ManualClock
from parvis.stats.definitions import Figure
from parvis.stats.figures import Numbers, numbers_of
from parvis.stats.rows import Row, rows_of
from tests.engines import card_of, decided, put_wall, seen
from tests.posts import NOW_MS, author, post

FIGURES: tuple[Figure, ...] = get_args(Figure)
OWN = ("#Event",)
COUNT = 6

people: st.SearchStrategy[Author | None] = st.one_of(
    st.none(),
    st.builds(
        lambda who, n: author(who, followers=n),
        *(st.sampled_from("abc"), st.sampled_from((-1, 0, 7, 100))),
    ),
)
tags = st.lists(st.sampled_from(("#Event", "#event", "#Sea", "#sea", "#Slow")), max_size=3)
metrics = st.lists(
    st.builds(Metric, st.sampled_from(("like", "share", "view")), st.integers(0, 9)), max_size=3
)
facts = st.builds(
    lambda n, who, named, told, late: post(
        n,
        author=who,
        entities=tuple(Entity("tag", 0, 1, tag) for tag in named),
        metrics=tuple(told),
        received_at_ms=NOW_MS + n // 2,  # several arrive at once
        created_at_ms=NOW_MS + n // 2 - late,
    ),
    st.integers(1, COUNT), people, tags, metrics, st.sampled_from((0, 40, YOUNG_MS, YOUNG_MS + 1)),
)  # fmt: skip
deeds = st.lists(
    st.tuples(
        st.sampled_from(("come", "edit", "show", "withdraw", "erase")),
        facts,
        st.integers(0, 5000),
    ),
    max_size=14,
)
periods = st.sampled_from(
    (Period(), Period(NOW_MS + 1, NOW_MS + 3), Period(NOW_MS + 2), Period(0, NOW_MS + 2))
)


@dataclasses.dataclass
class Model:
    """Posts that are there, and when each was first shown."""

    posts: dict[str, Post] = dataclasses.field(default_factory=dict)
    shown: dict[str, int] = dataclasses.field(default_factory=dict)
    gone: set[str] = dataclasses.field(default_factory=set)

    def write(self, deed: str, item: Post, ms: int) -> Write | None:
        """What is to be written; None for what cannot happen."""
        key, there = item.key, item.key in self.posts
        if deed == "come" and not there and key not in self.gone:
            self.posts[key] = item
            return seen(item)
        if not there:
            return None
        if deed == "edit":
            kept = self.posts[key]
            self.posts[key] = msgspec.structs.replace(
                item,
                author=item.author if kept.author == item.author else kept.author,
                received_at_ms=kept.received_at_ms,
                created_at_ms=kept.created_at_ms,
            )
            return Write((PutPost(self.posts[key], ""),))
        if deed == "show":
            card = msgspec.structs.replace(card_of(self.posts[key]), shown_at_ms=NOW_MS + ms)
            self.shown.setdefault(key, NOW_MS + ms)
            return Write((PutCard("square", card),))
        if deed == "withdraw":
            self.lose(key)
            return Write(tuple(c for c in decided(item, "withdrawn").changes if type(c) is Decide))
        self.lose(key)
        return Write((ErasePost(key, f"hash{key[-1]}"),))

    def lose(self, key: str) -> None:
        del self.posts[key]
        self.shown.pop(key, None)
        self.gone.add(key)

    def values(self, period: Period) -> dict[str, int | None]:
        """Each figure, counted anew."""
        here = [
            each
            for each in self.posts.values()
            if period.from_ms <= each.received_at_ms < period.to_ms
        ]
        followed: dict[str, int] = {}
        topics: set[str] = set()
        for each in here:
            told = facts_of(each)
            topics |= set(told.tags.split())
            if each.author is not None:
                who = each.author.key
                followed[who] = max(followed.get(who, -1), told.followers)
        acts = [facts_of(each).interactions for each in here]
        known = [n for n in acts if n >= 0]
        reach = [n for n in followed.values() if n >= 0]
        times = sorted(
            max(0, self.shown[each.key] - each.created_at_ms)
            for each in here
            if each.key in self.shown and each.received_at_ms - each.created_at_ms <= YOUNG_MS
        )
        authors = len(followed)
        return {
            "posts": len(here),
            "shown": sum(each.key in self.shown for each in here),
            "authors": authors if not here or any(each.author for each in here) else None,
            "reach": sum(reach) if reach or not followed else None,
            "interactions": sum(known) if known or not acts else None,
            "topics": len(topics - {"event"}),
            "time_to_screen": rank(times, 0.5),
            "time_to_screen_p95": rank(times, 0.95),
        }


def rank(times: list[int], share: float) -> int | None:
    return times[max(0, math.ceil(share * len(times)) - 1)] if times else None


async def all_rows(engine: Engine, figure: Figure, period: Period, limit: int) -> list[Row]:
    found: list[Row] = []
    before = ""
    while True:
        page = await rows_of(engine, "square", figure, period, own=OWN, before=before, limit=limit)
        found += page.rows
        if page.before is None:
            return found
        before = page.before


def add_up(figure: Figure, rows: list[Row]) -> int | None:
    """The figure, made of its rows as its definition says."""
    known = [row.value for row in rows if row.value is not None]
    if figure.startswith("time_to_screen"):
        return rank(sorted(known), 0.95 if figure.endswith("p95") else 0.5)
    return None if rows and not known else sum(known)


async def asked(
    folder: Path, done: list[tuple[str, Post, int]], period: Period, limit: int
) -> tuple[Model, Numbers, dict[Figure, list[Row]]]:
    model = Model()
    engine = await open_engine(str(folder), clock=ManualClock(), blobs_dir=folder / "blobs")
    try:
        await engine.write(put_wall())
        for deed in done:
            write = model.write(*deed)
            if write is not None:
                await engine.write(write)
        numbers = numbers_of(await engine.sums("square", period), period, OWN, "en")
        rows = {figure: await all_rows(engine, figure, period, limit) for figure in FIGURES}
        return model, numbers, rows
    finally:
        await engine.close()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(done=deeds, period=periods, limit=st.integers(1, 4))
def test_each_figure_is_the_sum_of_its_rows(
    tmp_path_factory: pytest.TempPathFactory,
    done: list[tuple[str, Post, int]],
    period: Period,
    limit: int,
) -> None:
    folder = tmp_path_factory.mktemp("figures")
    model, numbers, rows = asyncio.run(asked(folder, done, period, limit))
    values = model.values(period)
    for figure in numbers.figures:
        mine = rows[figure.id]
        if figure.id == "authors" and figure.unknown_share == 1.0:
            assert not mine  # nobody is named: unknown, and no row to add up
        else:
            assert figure.value == add_up(figure.id, mine), figure.id
        assert figure.value == values[figure.id], figure.id
        names = [row.post or row.tag or f"{row.handle}{row.network}" for row in mine]
        assert len(names) == len(set(names)), figure.id
    unknown = {figure.id: figure.unknown_share * figure.counted for figure in numbers.figures}
    for figure_id in ("reach", "interactions"):
        silent = sum(row.value is None for row in rows[figure_id])
        assert round(unknown[figure_id]) == silent
    assert sum(step[1] for step in numbers.over_time.rows) == values["posts"]
    assert sum(step[2] for step in numbers.over_time.rows) == values["shown"]
    there = {row.post for row in rows["posts"]}
    assert there.isdisjoint(model.gone)
