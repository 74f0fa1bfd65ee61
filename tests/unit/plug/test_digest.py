"""Short names for long values."""

from __future__ import annotations

from parvis.plug.digest import keyed_hash, short_hash


def test_the_same_parts_give_the_same_name_and_others_another() -> None:
    assert short_hash("a", "b") == short_hash("a", "b") != short_hash("ab")
    assert len(short_hash("a", size=12)) == 24


def test_a_key_makes_it_another_name() -> None:
    assert keyed_hash("k", "4912345") == keyed_hash("k", "4912345")
    names = {
        keyed_hash("k", "1"),
        keyed_hash("l", "1"),
        keyed_hash("k", "2"),
        short_hash("1", size=12),
    }
    assert len(names) == 4 and "4912345" not in keyed_hash("k", "4912345")
    assert keyed_hash("k" * 500, "\ud800"), "any key and any part"
