"""Values of any shape, as words and times."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.post import Raw
from parvis.plug.mapped import FIELDS, moment_of, post_of, words_of
from parvis.plug.testkit import sound

AT_MS = 1_793_646_000_000


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-02T19:00:00Z",
        "2026-11-02 19:00",
        "Mon, 02 Nov 2026 20:00:00 +0100",
        1_793_646_000,
        1_793_646_000.0,
        AT_MS,
        str(AT_MS),
    ],
)
def test_times_are_understood_however_they_are_written(value: object) -> None:
    assert moment_of(value) == AT_MS


@pytest.mark.parametrize("value", [None, "", "soon", -5, 10**30, math.inf, "nan", [], {"a": 1}])
def test_what_is_no_time_is_none(value: object) -> None:
    assert moment_of(value) == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (True, "yes"),
        (21.50, "21.5"),
        (3, "3"),
        (math.nan, ""),
        ([1, "a", None, ["b"]], "1 a b"),
        ({"a": 1}, ""),
    ],
)
def test_values_are_read_as_people_write_them(value: object, words: str) -> None:
    assert words_of(value) == words


def test_a_row_without_words_or_picture_is_no_post() -> None:
    raw = Raw(b"", received_at_ms=1)
    assert post_of({"id": 1, "name": "Ada", "text": " \u200b "}, raw, "list", "x") is None
    assert post_of({"picture": "javascript:alert(1)"}, raw, "list", "x") is None
    shown = post_of({"picture": "https://a.example/film.mp4"}, raw, "list", "x")
    assert shown is not None and shown.media[0].type == "video"


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    LEAVES, lambda deep: st.lists(deep, max_size=3) | st.dictionaries(st.text(max_size=3), deep)
)


@given(row=st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_any_row_is_a_sound_post_or_none(row: dict[str, object]) -> None:
    post = post_of(row, Raw(b"", received_at_ms=AT_MS), "list", "a.example/abc")
    assert post is None or sound(post)
