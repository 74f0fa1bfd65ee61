from __future__ import annotations

import pytest

from parvis.core.errors import Conflict
from parvis.core.rights import Right
from parvis.core.wall import FormatSpec
from parvis.engine import Engine, Write
from parvis.engine.change import (
    Bury,
    DropFormat,
    DropSource,
    DropWall,
    EndRights,
    MoveCursor,
    PutFormat,
    PutFormatState,
    PutHealth,
    PutRight,
    PutSource,
    PutWall,
    Remember,
)
from tests.engines import both, fill, put_wall, seen
from tests.posts import NOW_MS, post, source, wall

POLL = FormatSpec("poll", "square", "poll", {"question": "Which?"})


def state(rev: int, votes: int) -> Write:
    return Write((PutFormatState("square", "poll", "poll", {"votes": votes}, {"sum": votes}, rev),))


async def test_walls_are_kept_whole_and_by_id(engine: Engine) -> None:
    for name in ("b", "a", "B"):
        await engine.write(put_wall(name, hashtags=("été",)))
    await engine.write(put_wall("c", org="other"))
    assert [one.id for one in await engine.walls()] == ["B", "a", "b"]
    assert [one.id for one in await engine.walls("other")] == ["c"]
    await engine.write(put_wall("a", title="Again", panic=True))
    assert await engine.wall("a") == wall(id="a", title="Again", panic=True)
    assert await engine.wall("z") is None


async def test_sources_and_formats_by_id(engine: Engine) -> None:
    two = source(id="b"), source(id="a", settings={"tag": "x"}, secrets={"key": "ENV"})
    await engine.write(both(put_wall(), Write(tuple(PutSource(one) for one in two))))
    await engine.write(Write((PutSource(source(id="c", wall="tower")),)))
    assert await engine.sources("square") == [two[1], two[0]]
    other = FormatSpec("aaa", "square", "quiz")
    await engine.write(Write((PutFormat(POLL), PutFormat(other))))
    assert await engine.formats("square") == [other, POLL]


async def test_a_source_keeps_its_cursor_until_it_is_dropped(engine: Engine) -> None:
    assert await engine.cursor("hook") == ""
    await engine.write(Write((PutSource(source()), MoveCursor("hook", "c1"))))
    await engine.write(Write((PutSource(source(enabled=False)),)))
    assert await engine.cursor("hook") == "c1"
    await fill(engine, 1)
    await engine.write(Write((PutHealth("hook", "square", True, "Well.", 5), DropSource("hook"))))
    assert await engine.cursor("hook") == ""
    assert await engine.sources("square") == []
    assert await engine.health("square") == []
    assert await engine.counts("square") == {"new": 1}
    await engine.write(Write((DropSource("hook"), PutSource(source()), MoveCursor("hook", "c2"))))
    assert await engine.cursor("hook") == "c2"


async def test_health_says_since_when(engine: Engine) -> None:
    def health(healthy: bool, says: str, at_ms: int, nearest: str = "") -> PutHealth:
        return PutHealth("hook", "square", healthy, says, at_ms, nearest)

    await engine.write(Write((health(True, "Listening.", 10),)))
    await engine.write(Write((health(True, "Still.", 20),)))
    [row] = await engine.health("square")
    assert (row.says, row.since_ms, row.last_post_ms) == ("Still.", 10, 0)
    await engine.write(Write((health(False, "Cut.", 30), health(True, "Back.", 40, "tags"))))
    [row] = await engine.health("square")
    assert (row.healthy, row.says, row.since_ms, row.nearest) == (True, "Back.", 40, "tags")
    await engine.write(Write((PutSource(source(enabled=False)),)))
    assert await engine.health("square") == [], "other settings are not as the ones before were"
    both = (health(True, "Old.", 45), PutSource(source()), health(True, "Anew.", 50))
    await engine.write(Write(both))
    [row] = await engine.health("square")
    assert (row.says, row.since_ms) == ("Anew.", 50)
    await fill(engine, 2)
    await engine.write(seen(post(3, received_at_ms=5)))
    [row] = await engine.health("square")
    assert row.last_post_ms == NOW_MS + 2
    assert await engine.health("tower") == []


async def test_a_format_state_moves_by_its_revision(engine: Engine) -> None:
    await engine.write(both(put_wall(), Write((PutFormat(POLL),))))
    assert await engine.format_state("square", "poll") is None
    await engine.write(both(state(0, 1), state(1, 2)))
    assert await engine.format_state("square", "poll") == ({"votes": 2}, 2)
    for rev in (0, 1, 3):
        with pytest.raises(Conflict):
            await engine.write(state(rev, 9))
    await engine.write(Write((PutFormat(POLL),)))
    assert await engine.format_state("square", "poll") == ({"votes": 2}, 2)


async def test_a_dropped_format_begins_again(engine: Engine) -> None:
    await engine.write(both(put_wall(), Write((PutFormat(POLL),)), state(0, 1)))
    await engine.write(Write((DropFormat("square", "poll"),)))
    assert await engine.format_state("square", "poll") is None
    assert await engine.formats("square") == []
    await engine.write(both(state(0, 5), Write((DropFormat("square", "poll"),)), state(0, 7)))
    assert await engine.format_state("square", "poll") == ({"votes": 7}, 1)


async def test_small_strings_are_remembered(engine: Engine) -> None:
    assert await engine.recall("source:hook", "etag") is None
    await engine.write(Write((Remember("source:hook", "etag", "a"),)))
    await engine.write(Write((Remember("source:hook", "etag", "b"), Remember("s", "etag", "c"))))
    assert await engine.recall("source:hook", "etag") == "b"
    assert await engine.recall("s", "etag") == "c"


async def test_tombstones(engine: Engine) -> None:
    await engine.write(Write((Bury("h1"), Bury("h2"), Bury("h1"))))
    await engine.write(Write((Bury("h1"), Bury("h3", "other"))))
    assert await engine.tombstones(["h1", "h3", "h9"]) == {"h1"}
    assert await engine.tombstones(["h3"], "other") == {"h3"}
    assert await engine.tombstones([]) == frozenset()


async def test_rights_live_until_they_are_ended(engine: Engine) -> None:
    key = post(1).key
    first = Right("platform_terms", ("wall",), "terms", 1)
    second = Right("consent", ("wall", "embed"), "form 7", 2, 99)
    await engine.write(Write((PutRight("square", key, first), PutRight("tower", key, first))))
    await engine.write(Write((PutRight("square", key, second),)))
    assert await engine.rights("square", key) == [first, second]
    await engine.write(Write((EndRights("square", key, 5), PutRight("square", key, second))))
    assert await engine.rights("square", key) == [second]
    await engine.write(Write((PutRight("square", key, first), EndRights("square", key, 6))))
    assert await engine.rights("square", key) == []
    assert await engine.rights("tower", key) == [first]


async def test_a_dropped_wall_takes_with_it_what_is_its_own(engine: Engine) -> None:
    await fill(engine, 2)
    await engine.write(both(put_wall("tower"), seen(post(2), "tower")))
    await engine.write(both(state(0, 1), Write((PutFormat(POLL), PutSource(source())))))
    await engine.write(Write((MoveCursor("hook", "c"), PutHealth("hook", "square", True, "", 1))))
    await engine.write(Write((DropWall("square"),)))
    assert [one.id for one in await engine.walls()] == ["tower"]
    assert set(await engine.known("tower", [post(1).key, post(2).key])) == {post(2).key}
    assert (await engine.counts("square"), await engine.counts("tower")) == ({}, {"new": 1})
    assert await engine.facts_after("square", 0) == []
    assert await engine.formats("square") == []
    assert await engine.sources("square") == []
    assert await engine.cursor("hook") == ""
    assert await engine.snapshot_of_wall("square") is None


async def test_a_wall_made_again_goes_on_counting(engine: Engine) -> None:
    await fill(engine, 3)
    await engine.write(Write((DropWall("square"),)))
    await engine.write(put_wall())
    assert (await engine.write(seen(post(1)))).seqs == {"square": 4}


async def test_a_wall_is_replaced_only_while_it_is_what_one_read(engine: Engine) -> None:
    was, now = wall(title="Read"), wall(title="Changed")
    await engine.write(Write((PutWall(was),)))
    await engine.write(Write((PutWall(now, was),)))
    with pytest.raises(Conflict, match="The wall square changed meanwhile"):
        await engine.write(Write((PutWall(wall(title="Late"), was),)))
    with pytest.raises(Conflict):
        await engine.write(Write((PutWall(wall(id="none"), wall(id="none")),)))
    assert await engine.wall("square") == now
    writes = [Write((PutWall(wall(title=f"Title {n}"), now),)) for n in range(5)]
    outcomes = await engine.write_all(writes)
    assert [isinstance(outcome, Conflict) for outcome in outcomes] == [False] + [True] * 4
    assert (await engine.wall("square")) == wall(title="Title 0")


async def test_of_two_new_walls_of_one_name_one_is_made(engine: Engine) -> None:
    first = Write((PutWall(wall(title="First"), new=True),))
    outcomes = await engine.write_all([first, Write((PutWall(wall(title="Second"), new=True),))])
    assert [isinstance(outcome, Conflict) for outcome in outcomes] == [False, True]
    with pytest.raises(Conflict, match="The wall square changed meanwhile"):
        await engine.write(Write((PutWall(wall(title="Third"), new=True),)))
    assert await engine.wall("square") == wall(title="First")
