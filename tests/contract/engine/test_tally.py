"""What figures are made of: kept with every write, the same on both stores."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from parvis.core.post import Entity, Metric, Post
from parvis.engine import After, Apart, By, Counted, Engine, Grouped, Period, Sums, Write
from parvis.engine.change import DropCard, DropWall, ErasePost, PutCard, PutPlacement, PutPost
from parvis.engine.reads.tallied import STEPS, YOUNG_MS
from parvis.engine.store import Store
from tests.engines import Place, both, card_of, decided, put_wall, seen, shown
from tests.posts import NOW_MS, author, post

ALL = Period()


def told(number: int, **more: object) -> Post:
    """A post of a network that tells its figures."""
    given = {
        "author": author(f"a{number}", followers=100 * number),
        "metrics": (Metric("like", number), Metric("share", 1), Metric("view", 1000)),
        "entities": tuple(
            Entity("tag", 0, 1, text) for text in ("#Sea", f"#n{number}", "#sea", "two words")
        ),
        **more,
    }
    return post(number, **given)


async def stood(engine: Engine, *posts: Post, on: str = "square") -> None:
    await engine.write(put_wall(on))
    for item in posts:
        await engine.write(seen(item, on))


async def rows(engine: Engine) -> int:
    assert isinstance(engine, Store)
    return await engine._read(
        lambda conn: conn.execute(sa.text("select count(*) from tally")).scalar_one()
    )


async def test_sums_are_over_what_the_networks_tell(engine: Engine) -> None:
    silent = post(3, metrics=(Metric("view", 7),))
    await stood(
        engine, told(1), told(2), silent, post(4, author=None), told(5, author=author("a1"))
    )
    sums = await engine.sums("square", ALL)
    assert (sums.posts, sums.shown, sums.unsigned) == (5, 0, 1)
    assert (sums.interactions, sums.interactions_unknown) == (2 + 3 + 6, 2)
    assert (sums.authors, sums.authors_unknown, sums.reach) == (3, 1, 100 + 200)
    assert sums.tags == (("sea", 3), ("n1", 1), ("n2", 1), ("n5", 1))
    assert (sums.people, sums.top) == ((), ()), "nobody carries a wall with what it never showed"
    for item in (told(1), told(5, author=author("a1")), silent):
        await engine.write(shown(item))
    sums = await engine.sums("square", ALL)
    assert [(each.handle, each.posts, each.followers) for each in sums.people] == [
        ("a1", 2, 100), ("ada@example.org", 1, -1),
    ]  # fmt: skip
    assert [each.post for each in sums.top] == [told(n).key for n in (5, 1)]
    assert (sums.top[0].text, sums.top[0].name) == (told(5).text, "Ada")


async def test_a_wall_without_posts_has_empty_sums(engine: Engine) -> None:
    await stood(engine)
    sums = await engine.sums("square", ALL)
    empty = Sums(0, 0, 0, 0, 0, 0, 0, 0, 0, None, None, 60_000, (), (), (), ())
    assert sums == empty


async def test_a_period_begins_with_its_first_millisecond_and_ends_before_its_last(
    engine: Engine,
) -> None:
    await stood(engine, *(told(number) for number in (1, 2, 3)))  # they arrive at NOW_MS + number
    period = Period(NOW_MS + 1, NOW_MS + 3)
    assert (await engine.sums("square", period)).posts == 2
    found = await engine.counted("square", period, "arrival")
    assert [each.post for each in found] == [told(2).key, told(1).key]
    assert await engine.tags("square", Period(NOW_MS + 3, NOW_MS + 4)) == (("n3", 1), ("sea", 1))


async def test_the_first_showing_counts(engine: Engine) -> None:
    await stood(engine, told(1), told(2))
    first = msgspec.structs.replace(card_of(told(1)), shown_at_ms=NOW_MS + 500)
    again = msgspec.structs.replace(first, shown_at_ms=NOW_MS + 900)
    await engine.write(Write((PutCard("square", first),)))
    await engine.write(Write((DropCard("square", first.post),)))
    await engine.write(Write((PutCard("square", again),)))
    sums = await engine.sums("square", ALL)
    delay = NOW_MS + 500 - told(1).created_at_ms
    assert (sums.shown, sums.timed, sums.p50_ms, sums.p95_ms) == (1, 1, delay, delay)
    (one,) = await engine.counted("square", ALL, "delay")
    assert (one.post, one.number, one.shown_ms) == (first.post, delay, NOW_MS + 500)
    (same,) = await engine.counted("square", ALL, "shown")
    assert same.number == NOW_MS + 500


async def test_a_post_placed_and_shown_in_one_write_is_shown(engine: Engine) -> None:
    await engine.write(put_wall())
    await engine.write(both(seen(told(1)), shown(told(1))))
    assert (await engine.sums("square", ALL)).shown == 1


async def test_delays_are_of_posts_that_were_young_when_they_arrived(engine: Engine) -> None:
    old = told(2, created_at_ms=NOW_MS + 2 - YOUNG_MS - 1)
    edge = told(3, created_at_ms=NOW_MS + 3 - YOUNG_MS)
    late = told(4, created_at_ms=NOW_MS + 60_000)  # a clock that lies: no delay below zero
    await stood(engine, told(1), old, edge, late)
    for item in (told(1), old, edge, late):
        await engine.write(shown(item))
    sums = await engine.sums("square", ALL)
    assert (sums.shown, sums.timed) == (4, 3)
    assert sums.p95_ms == YOUNG_MS - 3
    assert [each.number for each in await engine.counted("square", ALL, "delay")] == [
        YOUNG_MS - 3, 59_999, 0,
    ]  # fmt: skip


async def test_an_edit_corrects_the_figures_of_every_wall(engine: Engine) -> None:
    await stood(engine, told(1))
    await engine.write(put_wall("tower"))
    place = PutPlacement("tower", told(1).key, "hook", NOW_MS + 9, "", told(1).author.key)  # type: ignore[union-attr]
    await engine.write(Write((place,)))  # what is known already is only placed
    assert (await engine.sums("tower", ALL)).interactions == 2
    edited = told(1, metrics=(Metric("reply", 40),), entities=(), author=author("a1", followers=7))
    await engine.write(Write((PutPost(edited, ""),)))
    for wall in ("square", "tower"):
        sums = await engine.sums(wall, ALL)
        assert (sums.posts, sums.interactions, sums.reach, sums.tags) == (1, 40, 7, ())


async def test_what_the_team_wrote_is_in_no_figure(engine: Engine) -> None:
    own = told(1, network="staff")
    await stood(engine, own)
    await engine.write(shown(own))
    assert await rows(engine) == 0


async def test_a_withdrawn_post_leaves_the_figures_at_once_and_an_erased_one_the_store(
    engine: Engine,
) -> None:
    await stood(engine, told(1), told(2))
    await engine.write(seen(told(1), "tower"))
    await engine.write(decided(told(1), "withdrawn"))
    assert (await engine.sums("square", ALL)).posts == 1
    assert [each.post for each in await engine.counted("square", ALL, "arrival")] == [told(2).key]
    assert (await engine.sums("tower", ALL)).posts == 1
    await engine.write(Write((PutPost(told(1, metrics=()), ""),)))  # does not bring it back
    assert await rows(engine) == 2
    await engine.write(Write((ErasePost(told(1).key, "hash1"),)))
    assert await rows(engine) == 1
    assert (await engine.sums("tower", ALL)).posts == 0


async def test_a_post_that_is_new_and_withdrawn_in_one_write_never_counts(engine: Engine) -> None:
    await engine.write(put_wall())
    await engine.write(both(seen(told(1)), decided(told(1), "withdrawn")))
    assert await rows(engine) == 0


async def test_other_decisions_change_nothing(engine: Engine) -> None:
    await stood(engine, told(1))
    await engine.write(decided(told(1), "rejected"))
    assert (await engine.sums("square", ALL)).posts == 1


async def test_a_wall_that_is_dropped_takes_its_rows(engine: Engine) -> None:
    await stood(engine, told(1))
    await stood(engine, told(1), on="tower")
    await engine.write(Write((DropWall("square"),)))
    assert await rows(engine) == 1
    assert (await engine.sums("tower", ALL)).posts == 1


async def test_pages_follow_on_each_other(engine: Engine) -> None:
    """Also where many rows have the same number."""
    equal = [told(n, metrics=(Metric("like", n % 2),), received_at_ms=NOW_MS) for n in range(1, 8)]
    await stood(engine, *equal)
    kinds: tuple[By, ...] = ("arrival", "interactions")
    for by in kinds:
        whole = await engine.counted("square", ALL, by, limit=100)
        after: After = None
        paged: list[Counted] = []
        while page := await engine.counted("square", ALL, by, after=after, limit=2):
            paged += page
            after = (page[-1].number, page[-1].post)
        assert paged == list(whole) and len(paged) == 7
    people = await engine.who_posted("square", ALL)
    after, met = None, list[Grouped]()
    while group := await engine.who_posted("square", ALL, after=after, limit=3):
        met += group
        after = (group[-1].followers, group[-1].author)
    assert met == list(people)
    assert [each.followers for each in met] == [100 * n for n in range(7, 0, -1)]


async def test_a_curve_has_no_gap_and_a_bounded_number_of_steps(engine: Engine) -> None:
    minute = 60_000
    base = NOW_MS // minute * minute
    await stood(engine, told(1, received_at_ms=base), told(2, received_at_ms=base + 3 * minute))
    await engine.write(shown(told(2)))
    sums = await engine.sums("square", ALL)
    assert sums.step_ms == minute
    assert sums.steps == tuple(
        (base + n * minute, *counts) for n, counts in enumerate(((1, 0), (0, 0), (0, 0), (1, 1)))
    )
    year = 365 * 24 * 60 * minute
    await engine.write(seen(told(3, received_at_ms=base + 40 * year)))
    steps = (await engine.sums("square", ALL)).steps
    assert len(steps) <= STEPS and steps[-1][1] == 1


async def test_a_store_of_before_counts_what_it_has(place: Place) -> None:
    engine = await place.open()
    await stood(engine, told(1), told(2), told(3, network="staff"))
    await engine.write(shown(told(1)))
    await engine.write(decided(told(2), "withdrawn"))
    await stood(engine, told(4), on="tower")
    wanted = [await engine.sums(wall, ALL) for wall in ("square", "tower")]
    assert isinstance(engine, Store)

    def go_back(conn: sa.Connection) -> None:
        conn.exec_driver_sql("drop table tally")
        conn.exec_driver_sql("update alembic_version set version_num = '0007'")

    await engine._act(go_back)
    await engine.close()
    engine = await place.open()
    found = [await engine.sums(wall, ALL) for wall in ("square", "tower")]
    # the feed's clock says when it was shown, the card's moment was not kept for all
    assert [sums.shown for sums in found] == [1, 0]
    for mine, theirs in zip(found, wanted, strict=True):
        assert msgspec.structs.replace(mine, p50_ms=None, p95_ms=None, top=()) == (
            msgspec.structs.replace(theirs, p50_ms=None, p95_ms=None, top=())
        )
    assert await rows(engine) == 2


async def test_networks_that_stand_apart_are_in_no_sum_of_others(engine: Engine) -> None:
    alone = told(7, network="tube", key="tube:video:7", author=author("t7", followers=9_000))
    mute = told(
        8, network="tube", key="tube:video:8", author=author("t8"), metrics=(Metric("view", 7),)
    )
    await stood(engine, told(1), told(2), alone, mute, post(3))
    together = await engine.sums("square", ALL)
    sums = await engine.sums("square", ALL, apart=("tube", "other"))
    assert (sums.posts, sums.authors) == (together.posts, together.authors) == (5, 5)
    assert (together.interactions, sums.interactions) == (2 + 3 + 8, 2 + 3)
    assert (together.reach, sums.reach) == (9_300, 300)
    assert (sums.interactions_unknown, sums.authors_unknown) == (1, 1)
    assert sums.apart == (Apart("tube", 2, 8, 1, 2, 1, 9_000),) and not together.apart
    rows = await engine.counted("square", ALL, "interactions", without=("tube",))
    assert [each.network for each in rows] == ["test"] * 3
    assert len(await engine.counted("square", ALL, "arrival", without=("tube",))) == 5
    people = await engine.who_posted("square", ALL, without=("tube",))
    assert [each.followers for each in people] == [200, 100, -1]
    assert len(await engine.who_posted("square", ALL)) == 5
