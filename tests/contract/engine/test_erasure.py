from __future__ import annotations

import asyncio

import msgspec

from parvis.core.event import CardGone, Interaction, PostDecided, PostSeen
from parvis.core.post import Media
from parvis.core.rights import Right
from parvis.core.verdict import Decision, Verdict
from parvis.engine import Engine, Write
from parvis.engine.change import (
    Decide,
    Enqueue,
    ErasePost,
    Feature,
    Pin,
    PutAct,
    PutRight,
    Told,
)
from tests.engines import Place, both, decided, fill, put_wall, seen, shown
from tests.posts import NOW_MS, author, post

HASH = "0123456789abcdef"
SECRETS = ("zygomatic", "quuxhandle", "Quux Name", "test:example.org:666", "proof-of-consent")


async def stand(engine: Engine) -> str:
    """One post on two walls, decided, shown, with rights, among others."""
    item = post(
        666,
        text="Something zygomatic.",
        author=author("quuxhandle", name="Quux Name"),
        media=(Media("image", "https://example.org/zygomatic.png"),),
    )
    await fill(engine, 40)
    await engine.write(put_wall("tower"))
    await engine.write(both(seen(item, print_="zygomatic-print"), key=f"seen {item.key}"))
    await engine.write(seen(item, "tower", print_="zygomatic-print"))
    verdict = Verdict("wordlist", "1", "hold", "It says zygomatic.")
    held = Decision("pending", "rule:words", "It says zygomatic.", NOW_MS, verdicts=(verdict,))
    told = Told("square", PostDecided(item.key, "pending", "d1"))
    await engine.write(Write((Decide("square", item.key, held, 0, "d1"),), (told,)))
    await engine.write(decided(item, "withdrawn", 1, why="The author asked."))
    await engine.write(both(shown(item, "tower"), shown(item)))
    right = Right("consent", ("wall",), "proof-of-consent", 5)
    touched = Told("tower", Interaction(item.key, "tap", {"post": item.key}))
    await engine.write(
        Write((PutRight("tower", item.key, right), Enqueue("media", item.key)), (touched,))
    )
    gesture = PutAct("tower", "person:a", "decide", item.key, "new", "approved", 1, "t", 1)
    light = Feature("tower", item.key, NOW_MS)
    await engine.write(Write((Pin("tower", item.key, True), light, gesture)))
    await engine.take("tower", [item.key], by="person:a", name="Mo", for_s=1e6)
    await fill(engine, 60, "later")
    return item.key


async def test_nothing_of_an_erased_post_is_left_anywhere(place: Place) -> None:
    engine = await place.open()
    key = await stand(engine)
    assert set(SECRETS) <= set(present(await closed(place, engine)))
    engine = await place.open()
    await engine.write(Write((ErasePost(key, HASH),)))
    assert present(await closed(place, engine)) == []


async def closed(place: Place, engine: Engine) -> str:
    await engine.close()
    return place.everything()


def present(everything: str) -> list[str]:
    return [secret for secret in (*SECRETS, "zygomatic-print") if secret in everything]


async def test_an_erasure_is_complete_in_the_file_while_the_engine_runs(place: Place) -> None:
    """Also with readers about, and after thousands of rows have moved between pages."""
    from tests.waiting import until

    engine = await place.open()
    await fill(engine, 1)
    numbers = [(n * 7919) % 3001 for n in range(1, 3001)]
    for start in range(0, 3000, 500):
        some = numbers[start : start + 500]
        posts = [post(n, text=f"words{n}words " * 20) for n in some]
        await asyncio.gather(*[engine.write(both(seen(p), shown(p))) for p in posts])
    gone = numbers[::97]
    for n in gone:
        await engine.write(Write((ErasePost(post(n).key, f"hash{n}"),)))
    await engine.counts("square")

    def clean() -> bool:
        text = place.everything()
        return not any(f"words{n}words" in text for n in gone)

    await until(clean)


async def test_what_stays_is_that_something_was_there(engine: Engine) -> None:
    key = await stand(engine)
    before = len(await engine.facts_after("square", 0))
    await engine.write(Write((ErasePost(key, HASH),)))
    assert await engine.known("square", [key, HASH]) == {}
    assert await engine.placements(key) == []
    assert [(p.wall, p.state, p.fingerprint, p.author) for p in await engine.placements(HASH)] == [
        ("square", "withdrawn", "", ""),
        ("tower", "withdrawn", "", ""),
    ]
    assert await engine.counts("square") == {"new": 40, "withdrawn": 1}
    assert await engine.counts("tower") == {"withdrawn": 1}
    assert await engine.cards("tower", [key, HASH]) == {}
    assert await engine.twins("square", ["zygomatic-print"]) == {"zygomatic-print": []}
    assert await engine.posts_of_author("test:example.org:quuxhandle") == []
    said = await engine.decisions("square", HASH)
    assert [(d.state, d.by, d.why, d.verdicts) for d in said] == [
        ("pending", "rule:words", "", ()),
        ("withdrawn", "rule:test", "The author asked.", ()),
    ]
    assert [right.proof for right in await engine.rights("tower", HASH)] == [""]
    assert await engine.tombstones([HASH, key]) == {HASH}
    assert len(await engine.facts_after("square", 0)) == before
    assert await engine.claim("media", worker="w") == []


async def test_the_journey_is_found_by_the_hash(engine: Engine) -> None:
    key = await stand(engine)
    await engine.write(Write((ErasePost(key, HASH),)))
    assert await engine.journey(key) == []
    steps = await engine.journey(HASH)
    assert [step.event for step in steps if step.wall == "square"] == [
        "post.seen",
        "post.decided",
        "post.decided",
        "card.shown",
    ]
    assert steps[-1].event in {"interaction", "card.shown"}
    [tap] = [f for f in await engine.facts_after("tower", 0) if isinstance(f.event, Interaction)]
    assert tap.event == Interaction(HASH, "tap", {"post": HASH})


async def test_others_of_the_author_keep_their_author(engine: Engine) -> None:
    await fill(engine, 2)
    await engine.write(Write((ErasePost(post(1).key, HASH),)))
    assert [item.author for item in await engine.posts_of_author(author().key)] == [author()]


async def test_an_event_told_beside_the_erasure_does_not_name_it(engine: Engine) -> None:
    await fill(engine, 1)
    gone = Told("square", CardGone(post(1).key))
    written = await engine.write(Write((ErasePost(post(1).key, HASH),), (gone,), key="e"))
    assert written.seqs == {"square": 2}
    assert [fact.event for fact in await engine.facts_after("square", 1)] == [CardGone(HASH)]
    again = await engine.write(Write((ErasePost(post(1).key, HASH),), (gone,), key="e"))
    assert (again.again, again.seqs) == (True, {"square": 2})


async def test_a_post_that_came_back_is_erased_again(engine: Engine) -> None:
    await fill(engine, 1)
    for _ in range(2):
        await engine.write(Write((ErasePost(post(1).key, HASH),)))
        await engine.write(seen(post(1)))
    await engine.write(Write((ErasePost(post(1).key, HASH),)))
    assert await engine.counts("square") == {"withdrawn": 1}
    assert len(await engine.placements(HASH)) == 1


async def test_an_erasure_stands_or_falls_with_its_write(engine: Engine) -> None:
    await fill(engine, 2)
    bad = both(Write((ErasePost(post(1).key, HASH),)), decided(post(2), rev=9), key="k")
    results = await asyncio.gather(
        engine.write(seen(post(3))),
        engine.write(bad),
        engine.write(seen(post(4))),
        return_exceptions=True,
    )
    assert [type(result).__name__ for result in results] == ["Written", "Conflict", "Written"]
    assert set(await engine.known("square", [post(1).key])) == {post(1).key}
    assert await engine.tombstones([HASH]) == frozenset()
    await engine.write(both(Write((ErasePost(post(1).key, HASH),)), decided(post(2)), key="k"))
    assert await engine.counts("square") == {"new": 2, "approved": 1, "withdrawn": 1}


async def test_erasing_what_we_never_held_leaves_a_tombstone(engine: Engine) -> None:
    await engine.write(Write((ErasePost("test:none:1", HASH),)))
    assert await engine.tombstones([HASH]) == {HASH}


async def test_the_same_post_of_another_organisation_stays(engine: Engine) -> None:
    await fill(engine, 1)
    await engine.write(Write((ErasePost(post(1).key, HASH, "other"),)))
    assert set(await engine.known("square", [post(1).key])) == {post(1).key}
    told = (await engine.facts_after("square", 0))[0].event
    assert msgspec.structs.asdict(told) == msgspec.structs.asdict(PostSeen(post(1).key, "hook"))
