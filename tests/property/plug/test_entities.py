"""Two lists of entities put together, whatever they are."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from parvis.core.post import Entity
from parvis.plug.entities import find_shortcodes, merged

TEXT = "a" * 60


def spans(starts: list[int], sizes: list[int]) -> list[Entity]:
    """Entities that do not overlap, in order."""
    found, at = [], 0
    for gap, size in zip(starts, sizes, strict=False):
        start, end = at + gap, at + gap + size
        found.append(Entity(type="link", start=start, end=end, text=TEXT[start:end]))
        at = end
    return found


lists = st.builds(
    spans, st.lists(st.integers(0, 9), max_size=9), st.lists(st.integers(1, 7), max_size=9)
)


@given(lists, lists)
def test_the_first_list_stays_whole_and_nothing_overlaps(
    first: list[Entity], second: list[Entity]
) -> None:
    both = merged(reversed(first), second)
    assert [each for each in both if any(each is mine for mine in first)] == first
    assert all(one.end <= other.start for one, other in pairwise(both))


@given(lists, lists)
def test_of_the_second_list_only_what_overlaps_is_left_out(
    first: list[Entity], second: list[Entity]
) -> None:
    both = merged(first, second)
    for each in second:
        free = all(each.end <= mine.start or mine.end <= each.start for mine in first)
        assert any(each is kept for kept in both) is free


@given(st.text(alphabet=":ab_ ", max_size=40))
def test_shortcodes_are_the_signs_they_name(text: str) -> None:
    images = {"a": "https://e.example/a.png", "b": "javascript:alert(1)"}
    end = 0
    for each in find_shortcodes(text, images):
        assert (each.text, each.image) == (":a:", "https://e.example/a.png")
        assert text[each.start : each.end] == each.text and each.start >= end
        end = each.end
    assert list(find_shortcodes(text, {})) == []


def test_a_shortcode_stands_alone() -> None:
    images = {"a": "https://e.example/a.png"}
    found = find_shortcodes(":a: x:a: :a:x :a::a: (:a:)", images)
    assert [each.start for each in found] == [0, 22]
