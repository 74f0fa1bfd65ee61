from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from parvis.core.look import Brand, look_of
from parvis.core.wall import FormatSpec
from parvis.core.wire import FormatFace, WallFace
from parvis.engine import Engine, Write
from parvis.engine.change import DropCard, PutCard, PutFormat, PutFormatState
from tests.engines import both, card_of, fill, put_wall, shown, with_order
from tests.posts import post


def face(format: str, rev: int = 0) -> PutFormatState:
    return PutFormatState("square", format, "poll", {"secret": 1}, {"sum": rev}, rev)


async def test_a_new_card_comes_before_all_others_and_a_standing_one_keeps_its_place(
    engine: Engine,
) -> None:
    await fill(engine, 3)
    for number in (2, 1, 3):
        await engine.write(shown(post(number)))
    snapshot = await engine.snapshot_of_wall("square")
    assert snapshot is not None
    assert [card.post for card in snapshot.cards] == [post(n).key for n in (3, 1, 2)]
    before = {card.post: card.order for card in snapshot.cards}
    edited = msgspec.structs.replace(card_of(post(2)), text="Edited.")
    await engine.write(Write((PutCard("square", edited),)))
    cards = await engine.cards("square", [post(2).key, post(9).key])
    assert cards == {post(2).key: with_order(edited, before[post(2).key])}
    await engine.write(Write((DropCard("square", post(2).key), PutCard("square", edited))))
    again = (await engine.cards("square", [post(2).key]))[post(2).key]
    assert again.order > max(before.values())


async def test_a_dropped_card_is_off(engine: Engine) -> None:
    await fill(engine, 2)
    await engine.write(both(shown(post(1)), shown(post(2))))
    await engine.write(Write((DropCard("square", post(1).key), DropCard("square", "test:no:1"))))
    assert set(await engine.cards("square", [post(1).key, post(2).key])) == {post(2).key}
    await engine.write(both(shown(post(1)), Write((DropCard("square", post(1).key),))))
    assert await engine.cards("square", [post(1).key]) == {}
    assert await engine.cards("square", []) == {}


async def test_next_card_walks_down(engine: Engine) -> None:
    await fill(engine, 3)
    await engine.write(both(*(shown(post(n)) for n in (1, 2, 3))))
    walked, below = [], 1 << 40
    while (card := await engine.next_card("square", below)) is not None:
        walked.append(card.post)
        below = card.order
    assert walked == [post(n).key for n in (3, 2, 1)]


async def test_a_snapshot_is_what_a_fresh_screen_needs(engine: Engine) -> None:
    brand = Brand("festival", "light", logo="/x.png")
    wall: dict[str, Any] = {
        "capacity": 2,
        "lang": "fr",
        "hashtags": ("fête",),
        "brand": brand,
        "panic": True,
    }
    await fill(engine, 3)
    await engine.write(put_wall(**wall))
    await engine.write(both(*(shown(post(n)) for n in (1, 2, 3))))
    off = FormatSpec("off", "square", "poll", enabled=False)
    formats = (PutFormat(FormatSpec("b", "square", "poll")), PutFormat(off))
    await engine.write(Write((*formats, face("b"), face("a"), face("off"))))
    snapshot = await engine.snapshot_of_wall("square")
    assert snapshot is not None
    assert snapshot.seq == await engine.head("square") == 6
    assert snapshot.wall == WallFace(
        "square",
        "The square",
        "fr",
        "masonry",
        "festival",
        "light",
        ("fête",),
        2,
        True,
        look_of(brand),
    )
    assert [card.post for card in snapshot.cards] == [post(3).key, post(2).key]
    assert snapshot.formats == (
        FormatFace("a", "poll", {"sum": 0}),
        FormatFace("b", "poll", {"sum": 0}),
    )


async def test_there_is_no_snapshot_of_no_wall(engine: Engine) -> None:
    assert await engine.snapshot_of_wall("nowhere") is None


async def test_a_snapshot_is_consistent_at_its_sequence_while_others_write(engine: Engine) -> None:
    """Every card here comes with exactly one event, so cards and sequence must agree."""
    await engine.write(put_wall(capacity=1000))
    stop = False

    async def write() -> None:
        for number in range(1, 150):
            await engine.write(shown(post(number)))
        nonlocal stop
        stop = True

    writing = asyncio.ensure_future(write())
    taken: list[int] = []
    while not stop:
        snapshot = await engine.snapshot_of_wall("square")
        assert snapshot is not None
        assert len(snapshot.cards) == snapshot.seq
        taken.append(snapshot.seq)
    await writing
    assert len({seq for seq in taken if 0 < seq < 149}) > 1
