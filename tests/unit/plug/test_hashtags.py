"""Hashtags as people set them, and as networks compare them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.errors import Refused
from parvis.plug.hashtags import fold, nearest, passes, read_hashtags


def test_tags_lose_their_sign_and_come_once() -> None:
    given = ["#Fête", " fête ", "\uff30arvis", "東京", "a_1"]
    assert read_hashtags(given, "tags") == ("Fête", "Parvis", "東京", "a_1")


@pytest.mark.parametrize("given", ["", "#", "two words", "2026", "a/../b", "a#b", "x" * 101, "a-b"])
def test_a_wrong_tag_names_the_setting(given: str) -> None:
    with pytest.raises(Refused, match="setting none has"):
        read_hashtags(["fine", given], "none")


tags = st.lists(st.sampled_from(["a", "B", "É", "straße", "STRASSE", "x"]), max_size=4)


@given(tags, tags, tags)
def test_all_of_every_and_none_of_none(has: list[str], every: list[str], none: list[str]) -> None:
    folded = {fold(each) for each in has}
    expected = all(fold(each) in folded for each in every) and not any(
        fold(each) in folded for each in none
    )
    assert passes(has, every, none) is expected


def test_the_nearest_is_close_and_another_one() -> None:
    known = ["parvis", "parvis2026", "PARVÏS", "concert"]
    assert nearest("Parvis", known) == "PARVÏS"
    assert nearest("parvis2025", known) == "parvis2026"
    assert nearest("zebra", known) == "" and nearest("x", []) == ""
