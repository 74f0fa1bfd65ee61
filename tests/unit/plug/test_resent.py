"""Messages sent again, and memory that cannot grow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.recent import Recent
from parvis.plug.resent import Resent

deliveries = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["m1", "m2", "m3"])), max_size=30
)


@given(deliveries)
def test_nothing_is_held_back_but_what_a_later_message_has_changed(
    given: list[tuple[str, str]],
) -> None:
    """Against a plain model of the same rule."""
    resent, last, seen = Resent(), dict[str, str](), set[str]()
    for item, message in given:
        held = message in seen and last.get(item, message) != message
        assert resent.is_news(item, message) is not held
        if not held:
            last[item] = message
        resent.note(message)
        seen.add(message)


def test_a_message_without_a_name_is_always_news_and_forgets_the_order() -> None:
    resent = Resent()
    assert resent.is_news("a", "m1")
    resent.note("m1")
    assert resent.is_news("a", "m2")
    resent.note("m2")
    assert not resent.is_news("a", "m1")
    for _ in range(2):
        assert resent.is_news("a", "")
        resent.note("")
    assert resent.is_news("a", "m1")


@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.integers(1, 5))
def test_only_the_last_are_kept(keys: list[str], most: int) -> None:
    recent: Recent[int] = Recent(most)
    order: list[str] = []
    for number, key in enumerate(keys):
        recent.put(key, number)
        order = [*(each for each in order if each != key), key]
    kept = order[-most:]
    assert len(recent) == len(kept)
    assert [key for key in "abcdefgh" if key in recent] == sorted(kept)
    for key in kept:
        assert recent.get(key) == len(keys) - 1 - keys[::-1].index(key)


def test_what_is_dropped_is_gone() -> None:
    recent: Recent[int] = Recent(2)
    recent.put("a", 1)
    recent.drop("a")
    recent.drop("never")
    assert "a" not in recent and recent.get("a") is None
