"""What the desk needs kept: picks, claims, acts, tales and searches, the same on both engines."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from parvis.core.event import CardShown, PicksChanged
from parvis.core.verdict import Decision, Verdict
from parvis.core.wire import Picks
from parvis.engine import Engine, Sought, Write
from parvis.engine import search as search_
from parvis.engine.change import (
    Decide,
    DropCard,
    DropWall,
    Feature,
    MarkAct,
    Pin,
    PutAct,
    Told,
)
from parvis.engine.desk import ACTS_KEPT
from parvis.plug.testkit import ManualClock
from tests.engines import Place, both, decided, fill, seen, shown
from tests.posts import NOW_MS, author, post

ONE, TWO, THREE = (post(n).key for n in (1, 2, 3))


async def pins(engine: Engine) -> list[str]:
    return [card.post for card in (await engine.picks("square")).pinned]


# picks --------------------------------------------------------------------------------------------
async def test_the_last_pinned_stands_first_and_goes_with_its_card(engine: Engine) -> None:
    await fill(engine, 3)
    await engine.write(both(*(shown(post(n)) for n in (1, 2, 3))))
    await engine.write(Write((Pin("square", TWO, True), Pin("square", ONE, True))))
    await engine.write(Write((Pin("square", THREE, True),)))
    assert await pins(engine) == [THREE, ONE, TWO]
    await engine.write(Write((Pin("square", ONE, False), DropCard("square", THREE))))
    assert await pins(engine) == [TWO]
    await engine.write(shown(post(3)))
    assert await pins(engine) == [TWO], "a card that comes back is not pinned any more"
    together = Write((Pin("square", ONE, True), DropCard("square", ONE)))
    await engine.write(together)
    await engine.write(shown(post(1)))
    assert await pins(engine) == [TWO]


async def test_one_post_stands_in_the_light(engine: Engine) -> None:
    await fill(engine, 2)
    assert await engine.picks("square") == Picks()
    await engine.write(both(shown(post(1)), shown(post(2))))
    await engine.write(Write((Feature("square", ONE, 5), Feature("square", TWO, 9))))
    snapshot = await engine.snapshot_of_wall("square")
    assert snapshot is not None and snapshot.picks.featured is not None
    assert (snapshot.picks.featured.post, snapshot.picks.until_ms) == (TWO, 9)
    await engine.write(Write((DropCard("square", ONE),)))
    assert (await engine.picks("square")).featured is not None
    await engine.write(Write((DropCard("square", TWO),)))
    await engine.write(shown(post(2)))
    assert await engine.picks("square") == Picks()
    await engine.write(Write((Feature("square", TWO, 9), DropCard("square", TWO))))
    await engine.write(both(shown(post(2)), Write((Feature("square", "", 0),))))
    assert await engine.picks("square") == Picks()


# claims -------------------------------------------------------------------------------------------
async def take(engine: Engine, who: str, *posts: str, for_s: float = 45.0) -> list[str]:
    return list(
        await engine.take("square", posts, by=f"person:{who}", name=who.title(), for_s=for_s)
    )


async def test_a_post_is_held_by_one_until_it_is_let_go_or_over(
    engine: Engine, clock: ManualClock
) -> None:
    await fill(engine, 3)
    assert await take(engine, "mo", TWO, ONE, TWO) == [ONE, TWO]
    assert await take(engine, "zoe", TWO, THREE) == [THREE]
    held = await engine.claims("square", [ONE, TWO, THREE])
    assert {post: claim.name for post, claim in held.items()} == {
        ONE: "Mo",
        TWO: "Mo",
        THREE: "Zoe",
    }
    assert held[ONE].until_ms == NOW_MS + 45_000
    assert await engine.let_go("square", [ONE, THREE], by="person:mo") == 1
    assert await take(engine, "zoe", ONE, TWO) == [ONE]
    clock.now_ms += 44_999
    assert await take(engine, "zoe", TWO) == []
    clock.now_ms += 1
    assert await engine.claims("square", [ONE, TWO, THREE]) == {}
    assert await take(engine, "zoe", TWO) == [TWO]


async def test_whoever_holds_a_post_holds_it_longer(engine: Engine, clock: ManualClock) -> None:
    await fill(engine, 1)
    await take(engine, "mo", ONE)
    clock.now_ms += 30_000
    assert await take(engine, "mo", ONE) == [ONE]
    clock.now_ms += 30_000
    assert await take(engine, "zoe", ONE) == []


async def test_a_clock_that_steps_back_holds_no_post_for_a_day(
    engine: Engine, clock: ManualClock
) -> None:
    await fill(engine, 2)
    await take(engine, "mo", ONE, TWO)
    clock.now_ms -= 24 * 3600 * 1000
    assert await engine.claims("square", [ONE]) == {}
    assert await take(engine, "zoe", ONE) == [ONE]
    assert await take(engine, "mo", ONE, TWO) == [TWO]
    assert {c.by for c in (await engine.claims("square", [ONE])).values()} == {"person:zoe"}


async def test_many_who_reach_at_once_never_hold_the_same(engine: Engine) -> None:
    posts = [item.key for item in await fill(engine, 20)]
    people = [f"p{n}" for n in range(8)]
    taken = await asyncio.gather(
        *(take(engine, who, *(posts if n % 2 else posts[::-1])) for n, who in enumerate(people))
    )
    everything = [post for mine in taken for post in mine]
    assert sorted(everything) == sorted(posts)


async def test_nodes_never_hold_the_same(nodes: Place) -> None:
    engines = [await nodes.open() for _ in range(3)]
    posts = [item.key for item in await fill(engines[0], 20)]
    taken = await asyncio.gather(*(take(e, f"p{n}", *posts) for n, e in enumerate(engines)))
    assert sorted(post for mine in taken for post in mine) == sorted(posts)


# acts ---------------------------------------------------------------------------------------------
def acted(by: str, post: str = ONE, **more: Any) -> Write:
    fields: dict[str, Any] = {
        "kind": "decide",
        "before": "pending",
        "after": "approved",
        "rev": 1,
        "together": "t",
        "at_ms": NOW_MS,
    }
    return Write((PutAct("square", f"person:{by}", post=post, **{**fields, **more}),))


async def test_acts_are_ones_own_and_newest_first(engine: Engine) -> None:
    await fill(engine, 1)
    for name in ("a", "b", "c"):
        await engine.write(acted("mo", together=name))
    await engine.write(acted("zoe"))
    acts = await engine.acts("square", "person:mo")
    assert [act.together for act in acts] == ["c", "b", "a"]
    assert [act.together for act in await engine.acts("square", "person:mo", 2)] == ["c", "b"]
    assert (acts[0].kind, acts[0].post, acts[0].before, acts[0].state) == (
        "decide",
        ONE,
        "pending",
        "done",
    )


async def test_a_new_act_forgets_what_was_taken_back(engine: Engine) -> None:
    await fill(engine, 1)
    await engine.write(acted("mo", together="a"))
    await engine.write(acted("mo", together="b"))
    last = (await engine.acts("square", "person:mo"))[0]
    await engine.write(Write((MarkAct("square", "person:mo", last.n, "undone", 7),)))
    states = [(act.state, act.rev) for act in await engine.acts("square", "person:mo")]
    assert states == [("undone", 7), ("done", 1)]
    await engine.write(acted("zoe"))
    assert (await engine.acts("square", "person:mo"))[0].state == "undone"
    await engine.write(acted("mo", together="c"))
    states = [(act.state, act.rev) for act in await engine.acts("square", "person:mo")]
    assert states == [("done", 1), ("past", 7), ("done", 1)]


async def test_only_the_newest_acts_are_kept(engine: Engine) -> None:
    await fill(engine, 1)
    writes = [acted("mo", together=str(n)) for n in range(ACTS_KEPT + 5)]
    for write in writes[:ACTS_KEPT]:
        await engine.write(write)
    assert len(await engine.acts("square", "person:mo", 999)) == ACTS_KEPT
    for write in writes[ACTS_KEPT:]:
        await engine.write(write)
    kept = await engine.acts("square", "person:mo", 999)
    assert len(kept) == ACTS_KEPT
    assert (kept[0].together, kept[-1].together) == (str(ACTS_KEPT + 4), "5")


async def test_a_wall_that_goes_takes_all_of_it(engine: Engine) -> None:
    await fill(engine, 1)
    await engine.write(both(shown(post(1)), Write((Pin("square", ONE, True),)), acted("mo")))
    await engine.write(Write((Feature("square", ONE, 9),)))
    await take(engine, "mo", ONE)
    await engine.write(Write((DropWall("square"),)))
    assert await engine.picks("square") == Picks()
    assert await engine.acts("square", "person:mo") == []
    assert await engine.claims("square", [ONE]) == {}


# tales --------------------------------------------------------------------------------------------
async def test_a_tale_has_the_steps_of_its_wall_and_the_last_verdicts(engine: Engine) -> None:
    await fill(engine, 2)
    await fill(engine, 1, "tower")
    verdict = Verdict("flood", "1", "hold", "Many at once.")
    held = Decision("pending", "rule:flood", "Many at once.", NOW_MS, verdicts=(verdict,))
    await engine.write(Write((Decide("square", ONE, held, 0, "d1"),)))
    await engine.write(decided(post(1), "approved", 1, by="person:mo", why="It is fine."))
    picked = Told("square", PicksChanged(ONE, "pin", True))
    await engine.write(Write((), (Told("square", CardShown(ONE)), picked)))
    tales = await engine.tales("square", [ONE, TWO, "test:no:1"])
    assert [step.event for step in tales[ONE].steps] == [
        "post.seen",
        "post.decided",
        "card.shown",
        "picks.changed",
    ]
    assert tales[ONE].steps[1].by == "person:mo"
    assert (tales[ONE].steps[3].why, tales[ONE].steps[3].state) == ("pin", "on")
    assert tales[ONE].verdicts == (verdict,)
    assert len(tales[TWO].steps) == 1 and tales[TWO].verdicts == ()
    assert tales["test:no:1"].steps == ()
    assert await engine.tales("square", []) == {}


# search -------------------------------------------------------------------------------------------
async def stock(engine: Engine) -> None:
    await fill(engine, 0)
    posts = [
        post(1, text="Un CAFÉ au port", lang="fr"),
        post(2, text="ein Kaffee", lang="de-AT", network="other"),
        post(3, text="coffee by the harbour", lang="en", author=author("zoe", name="Zoë Café")),
        post(4, text="100 % plain_text", lang="en", created_at_ms=NOW_MS - 5_000_000),
    ]
    for item in posts:
        await engine.write(seen(item))
    await engine.write(decided(posts[0], "approved"))
    await engine.write(decided(posts[1], "rejected"))


async def found(engine: Engine, **sought: Any) -> list[int]:
    seen_ = await engine.search("square", Sought(**sought))
    assert seen_.before is None
    return [int(item.post.key.rpartition(":")[2]) for item in seen_.items]


async def test_words_are_found_without_case_and_accents(engine: Engine) -> None:
    await stock(engine)
    assert await found(engine) == [4, 3, 2, 1]
    assert await found(engine, words=("cafe",)) == [3, 1]
    assert await found(engine, words=("cafe", "PORT")) == [1]
    assert await found(engine, words=("%",)) == [4]
    assert await found(engine, words=("plain_t",)) == [4]
    assert await found(engine, words=("plainxt",)) == []
    assert await found(engine, author="zoe") == [3]


async def test_filters_narrow(engine: Engine) -> None:
    await stock(engine)
    assert await found(engine, states=("approved", "rejected")) == [2, 1]
    assert await found(engine, network="other") == [2]
    assert await found(engine, lang="de") == [2]
    assert await found(engine, media="none") == [4, 3, 2, 1]
    assert await found(engine, media="any") == []
    assert await found(engine, from_ms=NOW_MS - 1_000_000) == [3, 2, 1]
    assert await found(engine, to_ms=NOW_MS - 1_000_000) == [4]
    nowhere = await engine.search("nowhere", Sought())
    assert nowhere.items == ()


async def test_pages_go_on_without_gap_or_double(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_, "LOOKED_AT", 7)
    monkeypatch.setattr(search_, "AT_ONCE", 3)
    posts = await fill(engine, 40)
    for item in posts[::3]:
        await engine.write(decided(item, "approved"))
    sought, walked, before, pages = Sought(words=("number", "1")), [], None, 0
    while True:
        page = await engine.search("square", sought, before=before, limit=4)
        assert page.looked <= 7 and len(page.items) <= 4
        walked += [item.post.key for item in page.items]
        before, pages = page.before, pages + 1
        if before is None:
            break
    assert pages > 5
    assert walked == [item.key for item in reversed(posts) if "1" in item.text]


# claims and decisions -----------------------------------------------------------------------------
def by_hand(n: int, who: str, rev: int = 0) -> Write:
    said = Decision("approved", f"person:{who}", "Fine.", NOW_MS)
    return Write((Decide("square", post(n).key, said, rev, f"d-{who}-{n}", hand=said.by),))


async def test_a_claim_stops_a_decision_where_it_is_written(
    engine: Engine, clock: ManualClock
) -> None:
    await fill(engine, 3)
    await take(engine, "zoe", ONE)
    outcomes = await engine.write_all([by_hand(1, "mo"), by_hand(2, "mo")])
    assert str(outcomes[0]) == "Zoe has this post in hand; wait or ask them."
    assert not isinstance(outcomes[1], Exception)
    assert await engine.decisions("square", ONE) == []
    await engine.write(by_hand(1, "zoe"))
    await take(engine, "zoe", THREE)
    machine = Decision("pending", "rule:flood", "Many.", NOW_MS)
    await engine.write(Write((Decide("square", THREE, machine, 0, "d-m"),)))
    clock.now_ms += 45_000
    await engine.write(by_hand(3, "mo", rev=1))


async def test_a_post_in_hand_and_undecided_stays_undecided(engine: Engine) -> None:
    """However a claim and a decision cross: who was told that they hold a post and saw it undecided
    finds it undecided later.
    """
    posts = await fill(engine, 30)

    async def hold(key: str) -> tuple[str, bool]:
        await take(engine, "zoe", key)
        return key, not await engine.decisions("square", key)

    _, seen_ = await asyncio.gather(
        asyncio.gather(*(engine.write_all([by_hand(n, "mo")]) for n in range(1, 31))),
        asyncio.gather(*(hold(item.key) for item in posts)),
    )
    for key, undecided in seen_:
        assert bool(await engine.decisions("square", key)) is not undecided
