"""Marks in bytes, UTF-16 and code points, put on cleaned text."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.offsets import Mark, Place, in_bytes, in_code_points, in_utf16, marked

TEXT = "a é 👩‍👩‍👧 #été b"


@pytest.mark.parametrize(
    ("place", "codec", "size"), [(in_bytes, "utf-8", 1), (in_utf16, "utf-16-le", 2)]
)
def test_every_offset_is_where_python_counts_it(place: object, codec: str, size: int) -> None:
    of: Place = place(TEXT)  # type: ignore[operator]
    for at in range(len(TEXT) + 1):
        assert of(len(TEXT[:at].encode(codec)) // size) == at
    assert of(-1) == of(10_000) == -1


def test_the_middle_of_a_character_is_no_place() -> None:
    assert in_bytes("é")(1) == -1
    assert in_utf16("👋")(1) == -1
    assert in_code_points("é")(2) == -1


def test_marks_move_with_what_is_taken_out() -> None:
    said = marked("\u200b  a\u202e #été\u0000 b ", [Mark(6, 10, "tag")])
    assert said.text == "a #été b"
    (tag,) = said.entities
    assert (tag.text, tag.start, tag.end) == ("#été", 2, 6)


def test_of_two_that_overlap_the_first_stays_and_empty_ones_go() -> None:
    marks = [Mark(0, 4, "tag"), Mark(2, 6, "mention"), Mark(6, 7, "link"), Mark(9, 4, "tag")]
    said = marked("#abc x \u200b", [*marks, Mark(7, 8, "tag"), Mark(0, 99, "tag")])
    assert [each.text for each in said.entities] == ["#abc"]


def test_an_address_that_is_none_is_left_out() -> None:
    (link,) = marked("here", [Mark(0, 4, "link", "javascript:alert(1)")]).entities
    assert link.href == ""


@given(
    text=st.text(max_size=60),
    spans=st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70)), max_size=8),
)
def test_every_entity_is_what_it_says(text: str, spans: list[tuple[int, int]]) -> None:
    said = marked(text, [Mark(start, end, "tag") for start, end in spans])
    assert said.text == said.text.strip()
    for each in said.entities:
        assert said.text[each.start : each.end] == each.text
    ends = [each.end for each in said.entities]
    assert all(a <= b.start for a, b in zip(ends, said.entities[1:], strict=False))


def test_a_mark_may_be_shown_otherwise_and_pieces_are_read_after_they_are_cut() -> None:
    text = "a &amp; b https://t.co/x &lt; #c"
    marks = [Mark(10, 24, "link", "https://t.co/x", "example.org"), Mark(30, 32, "tag")]
    said = marked(text, marks, unescape)
    assert said.text == "a & b example.org < #c"
    assert [(each.start, each.end, each.text) for each in said.entities] == [
        (6, 17, "example.org"),
        (20, 22, "#c"),
    ]
    assert said.entities[0].href == "https://t.co/x"
