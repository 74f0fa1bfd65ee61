"""What the clock asks for: rights that end, and the cards that a source brought."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from parvis.core.rights import Right
from parvis.engine import Engine, Write
from parvis.engine.change import DropCard, EndRights, ErasePost, PutRight
from parvis.engine.store import Store
from tests.engines import BEFORE_ENDS, Place, both, fill, put_wall, seen, shown
from tests.posts import NOW_MS, post


def right(until_ms: int) -> Right:
    return Right("consent", ("wall",), "form 7", NOW_MS, until_ms)


def granted(number: int, until_ms: int, on: str = "square") -> Write:
    return Write((PutRight(on, post(number).key, right(until_ms)),))


async def test_rights_are_given_back_when_their_end_has_come(engine: Engine) -> None:
    await fill(engine, 4)
    assert await engine.next_end() == 0
    for number, until in ((1, NOW_MS + 300), (2, NOW_MS + 100), (3, 0), (4, NOW_MS + 200)):
        await engine.write(granted(number, until))
    assert await engine.next_end() == NOW_MS + 100
    assert await engine.ended_rights(NOW_MS + 99) == []
    found = await engine.ended_rights(NOW_MS + 200)
    assert [(one.wall, one.post, one.org) for one in found] == [
        ("square", post(2).key, "main"),
        ("square", post(4).key, "main"),
    ]
    assert found[0].right == right(NOW_MS + 100)
    assert len(await engine.ended_rights(NOW_MS + 999, limit=2)) == 2


async def test_a_right_that_was_ended_is_not_due(engine: Engine) -> None:
    await fill(engine, 1)
    ended = EndRights("square", post(1).key, NOW_MS)
    longer = PutRight("square", post(1).key, right(NOW_MS + 900))
    await engine.write(granted(1, NOW_MS + 100))
    await engine.write(Write((ended, longer)))
    assert await engine.next_end() == NOW_MS + 900
    taken_back = Write((PutRight("square", post(1).key, right(NOW_MS + 50)), ended))
    await engine.write(taken_back)  # granted and ended in one go
    assert await engine.next_end() == 0


async def test_an_erased_posts_right_does_not_name_it(engine: Engine) -> None:
    await fill(engine, 1)
    await engine.write(granted(1, NOW_MS + 100))
    await engine.write(Write((ErasePost(post(1).key, "0a1b"),)))
    assert [one.post for one in await engine.ended_rights(NOW_MS + 100)] == ["0a1b"]


async def test_cards_of_a_source_are_walked_from_the_oldest(engine: Engine) -> None:
    await engine.write(put_wall())
    await engine.write(put_wall("hall"))
    for number in range(1, 8):
        source = "other" if number == 4 else "hook"
        await engine.write(both(seen(post(number), source=source), shown(post(number))))
    await engine.write(both(seen(post(9), "hall"), shown(post(9), "hall")))
    await engine.write(Write((DropCard("square", post(2).key),)))
    count, top = await engine.how_many_on_show("square", "hook")
    assert count == 5
    walked, above = [], 0
    while page := await engine.on_show("square", "hook", above=above, upto=top, limit=2):
        assert len(page) <= 2
        walked += [one.post.key for one in page]
        above = page[-1].order
    assert walked == [post(n).key for n in (1, 3, 5, 6, 7)]
    await engine.write(both(seen(post(8)), shown(post(8))))
    assert await engine.on_show("square", "hook", above=above, upto=top) == []
    assert await engine.how_many_on_show("square", "nobody") == (0, 0)


async def test_a_store_of_before_finds_the_ends_of_its_rights(place: Place) -> None:
    engine = await place.open()
    await fill(engine, 2)
    await engine.write(granted(1, NOW_MS + 700))
    await engine.write(granted(2, 0))
    assert isinstance(engine, Store)

    def back(conn: sa.Connection) -> None:
        for statement in BEFORE_ENDS:
            conn.exec_driver_sql(statement)
        conn.exec_driver_sql("update alembic_version set version_num = '0002'")

    await engine._act(back)
    await engine.close()
    again = await place.open()
    assert await again.next_end() == NOW_MS + 700
    (ended,) = await again.ended_rights(NOW_MS + 700)
    assert msgspec.structs.astuple(ended)[:2] == ("square", post(1).key)
