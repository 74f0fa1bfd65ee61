"""Cursors of ids that grow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.cursor import Cursor, age, newer

ids = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)


@given(st.lists(st.tuples(st.sampled_from(["tag:a", "account:b"]), ids), max_size=20))
def test_the_newest_of_each_list_is_kept_in_any_order(moves: list[tuple[str, str]]) -> None:
    cursor = Cursor.read("")
    for name, id_ in moves:
        cursor.move(name, id_)
    again = Cursor.read(cursor.write())
    for name in {name for name, _ in moves}:
        assert again.newest(name) == max((id_ for of, id_ in moves if of == name), key=age)
    assert again.newest("never") == ""


@given(st.lists(st.integers(0, 10**20), min_size=2, max_size=2))
def test_numbers_written_as_text_keep_their_order(two: list[int]) -> None:
    one, other = two
    assert newer(str(one), str(other)) is (one > other)


def test_the_same_ids_are_written_the_same() -> None:
    one, other = Cursor({"a": "1", "b": "2"}), Cursor({"b": "2", "a": "1"})
    assert one.write() == other.write()


@pytest.mark.parametrize("nonsense", ["{", "[]", '{"a": 1}', '{"a": "../.."}', '{"a": ""}', "null"])
def test_nonsense_is_an_empty_cursor(nonsense: str) -> None:
    assert Cursor.read(nonsense).ids == {}


def test_nothing_moves_by_an_id_that_is_none() -> None:
    cursor = Cursor({"a": "5"})
    cursor.move("a", "")
    cursor.move("b", "")
    assert cursor.ids == {"a": "5"}
