"""A screen's snapshot after messages: idempotent, bounded, newest first."""

from __future__ import annotations

import msgspec

from parvis.core.wire import (
    Card,
    Face,
    Format,
    FormatFace,
    Hide,
    Message,
    Picked,
    Picks,
    Reset,
    Show,
    Snapshot,
    WallFace,
    apply,
)


def face(capacity: int = 2) -> WallFace:
    return WallFace("w", "W", "en", "masonry", "conference", "dark", capacity=capacity)


def card(number: int, text: str = "") -> Card:
    return Card(f"t:h:{number}", "t", text or str(number), number, 0, 0)


def fold(*messages: Message, capacity: int = 2) -> Snapshot:
    snapshot = Snapshot(0, face(capacity))
    for seq, message in enumerate(messages, 1):
        snapshot = apply(snapshot, message, seq)
    return snapshot


def orders(snapshot: Snapshot) -> list[int]:
    return [card.order for card in snapshot.cards]


def test_newest_first_whatever_the_order_of_arrival() -> None:
    assert orders(fold(Show(card(2)), Show(card(1)))) == [2, 1]


def test_the_oldest_leaves_a_full_wall() -> None:
    assert orders(fold(Show(card(1)), Show(card(2)), Show(card(3)))) == [3, 2]


def test_showing_again_replaces() -> None:
    snapshot = fold(Show(card(1)), Show(card(1, "edited")))
    assert [c.text for c in snapshot.cards] == ["edited"]


def test_hide_takes_off_and_hiding_the_unknown_changes_nothing() -> None:
    assert orders(fold(Show(card(1)), Show(card(2)), Hide("t:h:1"), Hide("t:h:9"))) == [2]


def test_every_message_twice_is_as_once() -> None:
    messages: list[Message] = [
        Show(card(1)),
        Hide("t:h:1"),
        Show(card(2)),
        Face(face(1)),
        Format(FormatFace("p", "poll", {"n": 1})),
        Format(FormatFace("p", "poll", {}), gone=True),
        Picked(Picks((card(2),), card(1), 9)),
    ]
    snapshot = Snapshot(0, face())
    for message in messages:
        once = apply(snapshot, message, 1)
        assert apply(once, message, 1) == once
        snapshot = once


def test_a_smaller_wall_drops_its_oldest_cards() -> None:
    assert orders(fold(Show(card(1)), Show(card(2)), Face(face(1)))) == [2]


def test_formats_stand_in_order_of_their_ids() -> None:
    snapshot = fold(Format(FormatFace("b", "poll", {})), Format(FormatFace("a", "poll", {})))
    assert [f.format for f in snapshot.formats] == ["a", "b"]


def test_what_is_put_forward_changes_and_goes_with_its_card() -> None:
    picked = Picked(Picks((card(1), card(2)), card(1), 99))
    assert fold(picked, Show(card(1, "new"))).picks == Picks(
        (card(1, "new"), card(2)), card(1, "new"), 99
    )
    assert fold(picked, Hide("t:h:1")).picks == Picks((card(2),))
    assert fold(picked, Hide("t:h:2")).picks == Picks((card(1),), card(1), 99)
    assert fold(picked, Show(card(9))).picks == picked.picks
    assert fold(picked, Picked(Picks())).picks == Picks()


def test_reset_is_a_message_without_content() -> None:
    assert msgspec.json.encode(Reset()) == b'{"type":"reset"}'
    assert fold(Show(card(1)), Reset()).cards == (card(1),)


def test_the_union_is_closed() -> None:
    decoder = msgspec.json.Decoder(Message)
    assert decoder.decode(msgspec.json.encode(Hide("t:h:1"))) == Hide("t:h:1")
    try:
        decoder.decode(b'{"type":"html","body":"<b>"}')
    except msgspec.ValidationError:
        return
    raise AssertionError("an unknown message was accepted")
