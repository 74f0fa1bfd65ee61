from __future__ import annotations

import msgspec
import pytest

from parvis.core.errors import Conflict, Refused
from parvis.core.verdict import Decision, Verdict
from parvis.engine import Engine, Known, Write
from parvis.engine.change import Decide, PutPost, Reopen
from tests.engines import both, decided, fill, put_wall, seen
from tests.posts import NOW_MS, author, post


async def test_a_post_is_placed_once_and_keeps_its_place(engine: Engine) -> None:
    await engine.write(put_wall())
    await engine.write(seen(post(1), print_="p1"))
    await engine.write(decided(post(1), "approved"))
    await engine.write(seen(post(1), print_="p1", source="other"))
    [placement] = await engine.placements(post(1).key)
    assert placement.source == "hook"
    assert (placement.state, placement.rev, placement.order) == ("approved", 1, 1)
    assert (placement.fingerprint, placement.author) == ("p1", author().key)
    assert placement.received_at_ms == post(1).received_at_ms


async def test_a_post_is_found_by_its_permalink_and_by_the_end_of_its_key(engine: Engine) -> None:
    link = 'https://example.org/@ada/100%_"1"'
    await engine.write(put_wall())
    await engine.write(seen(post(1, permalink=link, text=f'"permalink":"{link}x"')))
    await engine.write(seen(post(11, permalink="https://example.org/@ada/11")))
    for name in (link, "1", "example.org:1"):
        assert await engine.keys_of(name) == [post(1).key], name
    for name in ("", "%", "org:1", link.upper(), link[:-1], f"{link}x", "none"):
        assert await engine.keys_of(name) == [], name
    assert await engine.keys_of("1", "another") == []
    await engine.write(seen(post(2, key="other:example.net:1")))
    assert await engine.keys_of("1") == ["other:example.net:1", post(1).key]


async def test_order_is_unique_and_grows_on_each_wall(engine: Engine) -> None:
    for name in ("square", "tower"):
        await fill(engine, 3, name)
        orders = [
            known.placement.order for known in await engine.undecided(name) if known.placement
        ]
        assert orders == sorted(set(orders))
    assert [p.wall for p in await engine.placements(post(2).key)] == ["square", "tower"]


async def test_known_tells_what_we_hold_and_where_it_stands(engine: Engine) -> None:
    await fill(engine, 1)
    await engine.write(put_wall("tower"))
    await engine.write(seen(post(2), "tower"))
    known = await engine.known("square", [post(1).key, post(2).key, "test:none:3"])
    assert set(known) == {post(1).key, post(2).key}
    assert known[post(1).key].placement is not None
    assert known[post(2).key] == Known(post(2), None)
    assert await engine.known("square", [post(1).key], "other") == {}
    assert await engine.known("square", []) == {}


async def test_a_post_is_replaced_whole(engine: Engine) -> None:
    await fill(engine, 1)
    text = "Été “☕” \u0000 \U0001d4b3"
    edited = msgspec.structs.replace(post(1), text=text, version="2", media=())
    await engine.write(Write((PutPost(edited, "p2"),)))
    known = (await engine.known("square", [edited.key]))[edited.key]
    assert known.post == edited
    assert known.placement is not None
    assert known.placement.fingerprint == "p2"


async def test_undecided_is_oldest_first_and_bounded(engine: Engine) -> None:
    posts = await fill(engine, 4)
    await engine.write(decided(posts[1], "pending"))
    assert [k.post.key for k in await engine.undecided("square", 2)] == [
        posts[0].key,
        posts[2].key,
    ]
    assert len(await engine.undecided("square")) == 3


async def test_decide_bumps_the_revision_and_counts(engine: Engine) -> None:
    await fill(engine, 3)
    await engine.write(decided(post(1), "pending"))
    await engine.write(decided(post(1), "approved", 1, by="person:ada"))
    await engine.write(decided(post(1), "hidden", 2))
    [placement] = await engine.placements(post(1).key)
    assert (placement.state, placement.rev) == ("hidden", 3)
    assert placement.by_person  # a person had a word on it, whatever came after
    assert await engine.counts("square") == {"hidden": 1, "new": 2}
    assert await engine.counts("nowhere") == {}
    assert [d.state for d in await engine.decisions("square", post(1).key)] == [
        "pending",
        "approved",
        "hidden",
    ]


async def test_a_decision_on_an_old_revision_conflicts(engine: Engine) -> None:
    await fill(engine, 1)
    await engine.write(decided(post(1), "pending"))
    with pytest.raises(Conflict, match="changed meanwhile"):
        await engine.write(decided(post(1), "approved", 0))
    assert len(await engine.decisions("square", post(1).key)) == 1


async def test_what_is_withdrawn_stays_withdrawn(engine: Engine) -> None:
    await fill(engine, 1)
    await engine.write(decided(post(1), "withdrawn"))
    with pytest.raises(Refused, match="final"):
        await engine.write(decided(post(1), "approved", 1))
    await engine.write(Write((Reopen("square", post(1).key),)))
    [placement] = await engine.placements(post(1).key)
    assert (placement.state, placement.rev) == ("withdrawn", 1)


async def test_reopen_sets_back_and_stops_a_decision_under_way(engine: Engine) -> None:
    await fill(engine, 1)
    await engine.write(decided(post(1), "approved", by="person:ada"))
    await engine.write(Write((Reopen("square", post(1).key), Reopen("square", "test:none:1"))))
    [placement] = await engine.placements(post(1).key)
    assert (placement.state, placement.rev, placement.by_person) == ("new", 2, True)
    assert await engine.counts("square") == {"new": 1}
    with pytest.raises(Conflict):
        await engine.write(decided(post(1), "approved", 1))


async def test_decisions_keep_who_when_why(engine: Engine) -> None:
    await fill(engine, 1)
    verdict = Verdict("wordlist", "3", "hold", "A listed word.", score=0.5)
    said = Decision("pending", "rule:wordlist", "Held.", NOW_MS, "word", "v1", "1", (verdict,))
    await engine.write(Write((Decide("square", post(1).key, said, 0, "d1"),)))
    assert await engine.decisions("square", post(1).key) == [said]
    assert await engine.decisions("tower", post(1).key) == []


async def test_the_queue_is_paged_by_order_over_several_states(engine: Engine) -> None:
    posts = await fill(engine, 9)
    for item in posts[::2]:
        await engine.write(decided(item, "pending"))
    await engine.write(decided(posts[1], "rejected"))
    wanted = [item.key for item in reversed(posts) if item is not posts[1]]
    pages: list[str] = []
    before = None
    while page := await engine.queue_of_wall(
        "square", ["new", "pending", "new"], before=before, limit=3
    ):
        assert len(page) <= 3
        pages += [line.post.key for line in page]
        before = page[-1].placement.order
    assert pages == wanted
    assert await engine.queue_of_wall("square", []) == []


async def test_a_line_of_the_queue_holds_the_last_decision(engine: Engine) -> None:
    await fill(engine, 2)
    await engine.write(decided(post(1), "pending", why="First."))
    await engine.write(decided(post(1), "approved", 1, why="Second."))
    lines = await engine.queue_of_wall("square", ["approved", "new"])
    assert [line.decision and line.decision.why for line in lines] == [None, "Second."]
    await engine.write(Write((Reopen("square", post(1).key),)))
    [_, reopened] = await engine.queue_of_wall("square", ["new"])
    assert reopened.decision is not None
    assert reopened.decision.why == "Second."


async def test_author_posts_are_newest_first_since(engine: Engine) -> None:
    bob = author("bob")
    await fill(engine, 3)
    await engine.write(seen(post(4, author=bob)))
    await engine.write(put_wall("tower"))
    await engine.write(seen(post(5), "tower"))
    since = post(2).received_at_ms
    found = await engine.author_posts("square", [author().key, bob.key, "nobody"], since)
    assert found[author().key] == [(NOW_MS + 3, post(3).key), (NOW_MS + 2, post(2).key)]
    assert found[bob.key] == [(NOW_MS + 4, post(4).key)]
    assert not found["nobody"]
    assert await engine.author_posts("square", [], 0) == {}


async def test_twins_are_those_of_the_wall_oldest_first(engine: Engine) -> None:
    await engine.write(put_wall())
    await engine.write(put_wall("tower"))
    await engine.write(both(*(seen(post(n), print_="same") for n in (2, 1))))
    await engine.write(seen(post(3), "tower", print_="same"))
    await engine.write(seen(post(4), print_="alone"))
    await engine.write(seen(post(5), print_=""))
    found = await engine.twins("square", ["same", "alone", "none", ""])
    assert found["same"] == [post(2).key, post(1).key]
    assert found["alone"] == [post(4).key]
    assert not found["none"]
    assert "" not in found
    await engine.write(Write((PutPost(post(1), "other"),)))
    assert (await engine.twins("square", ["same"]))["same"] == [post(2).key]


async def test_posts_of_an_author(engine: Engine) -> None:
    await fill(engine, 3)
    await engine.write(seen(post(9, author=None)))
    found = await engine.posts_of_author(author().key)
    assert [item.key for item in found] == [post(n).key for n in (3, 2, 1)]
    assert len(await engine.posts_of_author(author().key, limit=2)) == 2
    assert await engine.posts_of_author(author().key, "other") == []


async def test_the_oldest_of_a_state_come_first(engine: Engine) -> None:
    await fill(engine, 3)
    assert [each.post for each in await engine.oldest("square", "new", 2)] == [
        post(1).key,
        post(2).key,
    ]
    assert await engine.oldest("square", "hidden") == []
