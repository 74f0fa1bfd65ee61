from __future__ import annotations

from parvis.engine.bell import Bell


def test_it_wakes_those_who_listen_to_the_wall() -> None:
    bell = Bell()
    with bell.listening("a") as one, bell.listening("a") as two, bell.listening("b") as other:
        assert len(bell) == 3
        bell.ring(["a", "nobody"])
        assert (one.is_set(), two.is_set(), other.is_set()) == (True, True, False)
        bell.ring_all()
        assert other.is_set()
    assert len(bell) == 0
    bell.ring(["a"])
