"""What is said of sums: nothing is guessed, and every figure is defined in both languages."""

from __future__ import annotations

import re
from typing import Any, get_args

import msgspec
import pytest

from parvis.core.errors import Refused
from parvis.core.metric import MOST, facts_of, tag_of
from parvis.core.post import Entity, Metric
from parvis.engine import Apart, Grouped, Period, Sums
from parvis.stats.definitions import MEANINGS, Figure
from parvis.stats.figures import Alone, Numbers, OneFigure, numbers_of
from parvis.stats.rows import COLUMNS, Row, after_of
from tests.e2e.studio import crowd
from tests.posts import author, post

NOTHING = Sums(0, 0, 0, 0, 0, 0, 0, 0, 0, None, None, 60_000, (), (), (), ())


def figures(**more: Any) -> dict[str, OneFigure]:
    sums = msgspec.structs.replace(NOTHING, **more)
    return {one.id: one for one in numbers_of(sums, Period(), ("#Event",), "en").figures}


def test_every_figure_says_what_it_is_in_both_languages() -> None:
    ids = get_args(Figure)
    assert set(ids) == set(MEANINGS) == set(COLUMNS) == set(figures())
    for figure in ids:
        said = MEANINGS[figure]
        assert set(said) == {"en", "fr"}
        for meaning in said.values():
            assert meaning.definition.endswith(".") and meaning.definition.count(". ") == 0
            assert meaning.excludes and not meaning.excludes.endswith(".")
        assert said["en"] != said["fr"]
        french = f"{said['fr'].definition} {said['fr'].excludes}"
        assert not re.search(r"[^\u202f];|[^\u00a0]:|'", french), french


def test_columns_are_those_of_rows() -> None:
    fields = set(Row.__struct_fields__)
    for columns in COLUMNS.values():
        assert set(columns) <= fields and columns[0] == "value"


def test_what_is_not_told_is_a_share_and_no_zero() -> None:
    half = figures(posts=4, authors=4, authors_unknown=2, reach=50, interactions_unknown=4)
    assert (half["reach"].value, half["reach"].unknown_share) == (50, 0.5)
    assert (half["interactions"].value, half["interactions"].unknown_share) == (None, 1.0)
    whole = figures(posts=4, authors=4, authors_unknown=4)
    assert (whole["reach"].value, whole["reach"].unknown_share) == (None, 1.0)


def test_nothing_is_zero_where_there_was_nothing_to_know() -> None:
    empty = figures()
    assert {one.value for one in empty.values()} == {0, None}
    assert empty["time_to_screen"].value is None and empty["reach"].value == 0
    assert {one.unknown_share for one in empty.values()} == {0.0}


def test_the_walls_own_hashtags_are_no_topic() -> None:
    told = (("event", 90), ("sea", 3))
    sums = msgspec.structs.replace(NOTHING, posts=90, tags=told)
    numbers = numbers_of(sums, Period(5, 9), ("#EVENT",), "fr")
    assert [(one.tag, one.n) for one in numbers.topics] == [("#sea", 3)]
    assert (numbers.from_ms, numbers.to_ms) == (5, 9)
    assert next(one.value for one in numbers.figures if one.id == "topics") == 1


def test_a_person_whose_followers_are_not_told_has_no_reach() -> None:
    people = (Grouped("a:b:c", "a", 2, 0, "Ada", "ada"), Grouped("a:b:d", "a", 1, -1))
    found = numbers_of(msgspec.structs.replace(NOTHING, people=people), Period(), (), "en").people
    assert [(one.reach, one.reach_known) for one in found] == [(0, True), (None, False)]


@pytest.mark.parametrize("before", ["x", "~", "1.5~a", "--1~a", "9" * 20 + "~a", "\u0661~a"])
def test_a_page_that_is_none_of_ours_is_refused(before: str) -> None:
    with pytest.raises(Refused, match="before"):
        after_of(before)


def test_a_page_goes_on_where_it_ended() -> None:
    assert after_of("") is None
    assert after_of("-1~a:b:c~d") == (-1, "a:b:c~d")


def test_views_are_no_interaction_and_a_silent_network_is_unknown() -> None:
    assert facts_of(post(1, metrics=(Metric("view", 9),))).interactions == -1
    told = (Metric("like", 2), Metric("share", 3), Metric("view", 9), Metric("reply", -4))
    assert facts_of(post(1, metrics=told)).interactions == 5
    assert facts_of(post(1, author=None)).followers == -1
    assert facts_of(post(1, author=author(followers=-7))).followers == -1


def test_no_lie_of_a_network_spoils_a_sum() -> None:
    """A store's integers have 64 bits, and so has the sum of many of them."""
    boast = post(1, author=author(followers=10**30), metrics=(Metric("like", 10**30),) * 2)
    facts = facts_of(boast)
    assert facts.followers == facts.interactions == MOST
    assert MOST * 10**7 < 2**63


def test_the_pages_are_tested_with_what_the_server_gives() -> None:
    """The studio's tests draw figures of our own; they have the shape of the real ones."""
    numbers = msgspec.convert(crowd.numbers(10**12), Numbers, strict=True)
    assert {one.id for one in numbers.figures} == set(get_args(Figure))


@pytest.mark.parametrize(
    ("text", "tag"),
    [("#Sea", "sea"), ("＃ＳＥＡ", "sea"), ("#Été", "été"), ("#", ""), ("two words", ""),  # noqa: RUF001
     ("#" + "x" * 81, ""), ("  #slow ", "slow"), ("##twice", "twice")],
)  # fmt: skip
def test_a_hashtag_is_compared_without_sign_and_case(text: str, tag: str) -> None:
    assert tag_of(text) == tag


def test_a_post_gives_each_hashtag_once_and_a_bounded_number() -> None:
    named = tuple(Entity("tag", 0, 1, f"#t{n:02}") for n in range(30))
    twice = (*named, Entity("tag", 0, 1, "#T00"), Entity("link", 0, 1, "#no"))
    tags = facts_of(post(1, entities=twice)).tags.split()
    assert tags == [f"t{n:02}" for n in range(20)]


def test_figures_that_stand_apart_are_neither_added_nor_unknown() -> None:
    apart = (Apart("tube", 3, 40, 0, 2, 1, 900), Apart("mute", 1, 0, 1, 1, 1, 0))
    sums = msgspec.structs.replace(
        NOTHING, posts=6, authors=5, reach=50, interactions=7, interactions_unknown=1, apart=apart
    )
    numbers = numbers_of(sums, Period(), (), "en")
    found = {one.id: one for one in numbers.figures}
    assert (found["posts"].value, found["authors"].value) == (6, 5)
    assert (found["interactions"].value, found["interactions"].counted) == (7, 2)
    assert found["interactions"].unknown_share == 0.5
    assert (found["reach"].value, found["reach"].counted) == (50, 2)
    assert numbers.apart == (Alone("tube", 3, 40, 900), Alone("mute", 1, None, None))
