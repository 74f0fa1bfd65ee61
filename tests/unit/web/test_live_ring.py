from __future__ import annotations

from parvis.web.live.ring import DEAD_AT_LEAST, Entry, Ring


def show(seq: int, post: str, size: int = 10) -> Entry:
    return Entry(seq, f"post {post}", b"s" * size)


def hide(seq: int, post: str) -> Entry:
    return Entry(seq, f"post {post}", b"h" * 10, lasts=True)


def filled(*entries: Entry, floor: int = 0, limit: int = 1000) -> Ring:
    ring = Ring(floor, limit)
    for entry in entries:
        ring.add(entry)
    return ring


def seqs(entries: list[Entry]) -> list[int]:
    return [entry.seq for entry in entries]


def test_between_is_after_one_and_up_to_the_other() -> None:
    ring = filled(show(3, "a"), show(5, "b"), show(8, "c"), floor=2)
    assert seqs(ring.between(2, 99)) == [3, 5, 8]
    assert seqs(ring.between(3, 7)) == [5]
    assert ring.between(8, 99) == []


def test_an_edit_takes_the_place_of_what_was_said_before() -> None:
    first = show(1, "a")
    ring = filled(first, show(2, "b"), show(3, "a"))
    assert first.body == b""
    assert seqs(ring.between(0, 9)) == [2, 3]
    assert len(ring) == 2
    assert ring.size == 20
    assert ring.floor == 0


def test_a_hide_takes_out_the_post_and_keeps_its_own_place() -> None:
    ring = filled(show(1, "a"), hide(2, "a"), show(3, "a"), hide(4, "a"))
    assert seqs(ring.between(0, 9)) == [2, 4]
    assert all(entry.lasts for entry in ring.between(0, 9))


def test_bytes_are_bounded_and_the_floor_says_what_was_let_go() -> None:
    ring = filled(*(show(seq, str(seq), 100) for seq in range(1, 21)), limit=500)
    assert ring.size <= 500
    assert ring.floor == 15
    assert seqs(ring.between(15, 99)) == [16, 17, 18, 19, 20]


def test_one_entry_larger_than_the_ring_is_not_kept() -> None:
    ring = filled(show(1, "a", 50), limit=20)
    assert (len(ring), ring.size, ring.floor) == (0, 0, 1)


def test_letting_go_of_what_is_dead_loses_nothing() -> None:
    ring = filled(show(1, "a", 10), show(2, "b", 10), show(3, "a", 10), limit=20)
    assert ring.floor == 0
    ring.add(show(4, "c", 10))
    assert ring.floor == 2
    assert seqs(ring.between(2, 9)) == [3, 4]


def test_a_format_told_all_day_takes_the_room_of_one_entry() -> None:
    ring = filled(show(1, "kept"))
    for seq in range(2, 5000):
        ring.add(Entry(seq, "format poll", b"votes"))
    assert len(ring) == 2
    assert len(ring._entries) <= 2 * DEAD_AT_LEAST
    assert seqs(ring.between(0, 9999)) == [1, 4999]
    assert ring.floor == 0


def test_outdates_tells_a_page_of_the_store_what_not_to_say() -> None:
    ring = filled(show(5, "a"), hide(6, "b"))
    assert ring.outdates(show(4, "a"))
    assert ring.outdates(show(4, "b"))
    assert not ring.outdates(show(5, "a"))
    assert not ring.outdates(show(4, "c"))
    assert not ring.outdates(hide(4, "a"))
