"""An event file applied to a house that runs: nothing doubles, nothing is half."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parvis.core.errors import Refused
from parvis.engine import Write
from parvis.engine.change import PutWall
from parvis.flow.declare import carry_out
from parvis.run import declaring
from parvis.run.settings import load
from parvis.run.wire_up import House, open_house, salt_of
from tests.street import EVENT, Street
from tests.waiting import until

WALL = (
    '[[wall]]\nid = "{}"\ntitle = "T"\n[[wall.source]]\nid = "{}"\nplugin = "webhook"\n'
    'settings = {{ name = "{}" }}\n'
)


async def rows(house: House, wall: str = "square") -> tuple[list[str], list[str]]:
    sources = [spec.id for spec in await house.engine.sources(wall)]
    return sources, [spec.id for spec in await house.engine.formats(wall)]


async def test_applied_twice_nothing_changes(street: Street) -> None:
    head = await street.house.engine.head("square")
    applied = await street.house.declaring.apply(EVENT)
    assert applied.said == ()
    assert await street.house.engine.head("square") == head


async def test_panic_pressed_while_a_file_is_applied_stays(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = []

    async def pressed_first(*given: Any) -> None:
        planned.append(given)
        if len(planned) == 1:
            await street.post("/api/walls/square/panic", {"on": True})
            await street.post("/p/square/lunch/vote", {"answer": "1", "who": "a"}, key=False)
        await carry_out(*given)

    monkeypatch.setattr(declaring, "carry_out", pressed_first)
    other = EVENT.replace("The <square>", "Other").replace("Soup or salad?", "What will it be?")
    await street.house.declaring.apply(other)
    wall = await street.house.engine.wall("square")
    assert wall is not None and (wall.panic, wall.title) == (True, "Other")
    assert len(planned) == 2
    state = await street.house.engine.format_state("square", "lunch")
    assert state is not None and state[0]["votes"] == {"a": 1}


async def test_what_left_the_file_is_removed_and_its_posts_stay(street: Street) -> None:
    await street.tell("1", "Hello")
    less = EVENT.partition("[[wall.format]]")[0].replace('id = "signed"', 'id = "other"')
    applied = await street.house.declaring.apply(less)
    assert "source signed: removed, its posts stay" in applied.said
    assert await rows(street.house) == (["hook", "other", "room"], [])
    assert (await street.post("/in/signed/post", {}, key=False)).status == 404
    assert (await street.post("/p/square/lunch/vote", {}, key=False)).status == 404
    await until(lambda: street.house.collector.source("other") is not None)
    assert len(await street.cards()) == 1


async def test_a_changed_source_is_opened_anew(street: Street) -> None:
    assert (await street.post("/in/hook/post", b"{}", key=False)).status == 422
    await street.house.declaring.apply(EVENT.replace("open = true", "open = false"))
    assert (await street.post("/in/hook/post", b"{}", key=False)).status == 403


async def test_a_switched_off_source_has_no_door(street: Street) -> None:
    off = EVENT.replace('id = "hook"\n', 'id = "hook"\nenabled = false\n')
    await street.house.declaring.apply(off)
    assert (await street.post("/in/hook/post", b"{}", key=False)).status == 404


async def test_votes_stay_when_a_poll_is_worded_anew(street: Street) -> None:
    await street.post("/p/square/lunch/vote", {"answer": "1", "who": "a"}, key=False)
    await street.house.declaring.apply(EVENT.replace("Soup or salad?", "What will it be?"))
    state = await street.house.engine.format_state("square", "lunch")
    assert state is not None
    assert (state[0]["question"], state[0]["votes"]) == ("What will it be?", {"a": 1})


async def test_what_a_poll_takes_with_it_is_told(street: Street) -> None:
    for who in "abc":
        await street.post("/p/square/lunch/vote", {"answer": "1", "who": who}, key=False)
    await street.post("/p/square/lunch/vote", {"answer": "0", "who": "d"}, key=False)
    other = EVENT.replace('"Soup", "Salad"', '"Soup", "Bread"')
    told = await street.house.declaring.apply(other, dry=True)
    assert told.said == ("format lunch: changed (answers); of its 4 votes stay 1 vote",)
    less = EVENT.partition("[[wall.format]]")[0]
    told = await street.house.declaring.apply(less, dry=True)
    assert told.said == ("format lunch: removed, with its 4 votes",)
    fresh = EVENT.replace('id = "lunch"', 'id = "tea"')
    await street.house.declaring.apply(fresh)
    assert (await street.house.declaring.apply(EVENT)).said == (
        "format lunch: made",
        "format tea: removed",
    )


async def test_what_changed_is_named_as_the_file_names_it(street: Street) -> None:
    changed = (
        EVENT.replace("The <square>", "Other")
        .replace('mode = "show_first"', 'mode = "approve_first"\n[wall.brand]\nscheme = "light"')
        .replace('"#parvis"', '"else"')
        .replace("open = true", 'open = true, name = "b"')
        .replace('basis = "own_content"\n', "enabled = false\n")
    )
    told = await street.house.declaring.apply(changed, dry=True)
    assert told.said == (
        "wall square: changed (title, hashtags, mode, scheme)",
        "source hook: changed (name)",
        "source signed: changed (basis, enabled)",
    )


async def test_a_fault_in_the_second_wall_leaves_the_first_alone(street: Street) -> None:
    two = WALL.format("fresh", "s1", "a") + WALL.format("more", "hook", "b")
    with pytest.raises(Refused, match="already used by the wall square"):
        await street.house.declaring.apply(two)
    assert await street.house.engine.wall("fresh") is None


async def test_a_wall_that_is_covered_stays_covered(street: Street) -> None:
    await street.post("/api/walls/square/panic", {"on": True})
    await street.house.declaring.apply(EVENT.replace("The <square>", "Another title"))
    wall = await street.house.engine.wall("square")
    assert wall is not None
    assert (wall.title, wall.panic) == ("Another title", True)


async def test_a_source_that_cannot_be_opened_says_why(street: Street) -> None:
    bad = EVENT.replace("settings = { open = true }", 'settings = { name = "a b" }')
    await street.house.declaring.apply(bad)

    async def says() -> list[Any]:
        health = await street.house.engine.health("square")
        return [each for each in health if "use letters, digits" in each.says]

    found = await until(says)
    assert not found[0].healthy


async def test_the_salt_is_made_once(tmp_path: Path) -> None:
    settings = load({"data": str(tmp_path / "data")}, {})
    salts = []
    for _ in range(2):
        house = await open_house(settings)
        salts += [await salt_of(house.engine), await salt_of(house.engine)]
        await house.close()
    assert len(set(salts)) == 1
    assert len(salts[0]) == 32


async def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    settings = load({"data": str(tmp_path / "data")}, {})
    house = await open_house(settings)
    with pytest.raises(Refused, match="already used by parvis"):
        await open_house(settings)
    await house.close()
    await (await open_house(settings)).close()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=r"data folder .* cannot be"):
        await open_house(load({"data": str(tmp_path / "file" / "data")}, {}))


async def test_several_walls_are_declared_all_or_none(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = street.house.engine
    several = "".join(WALL.format(name, f"{name}-hook", name) for name in ("one", "two", "three"))
    written = engine.write

    async def full(write: Write) -> object:
        if any(isinstance(change, PutWall) and change.wall.id == "two" for change in write.changes):
            raise Refused("The disk is full.")
        return await written(write)

    with monkeypatch.context() as patch:
        patch.setattr(engine, "write", full)
        with pytest.raises(Refused, match="disk is full"):
            await street.house.declaring.apply(several)
    assert [wall.id for wall in await engine.walls()] == ["square"], "none of the file is there"
    applied = await street.house.declaring.apply(several)
    assert len(applied.said) == 6
    assert {wall.id for wall in await engine.walls()} == {"square", "one", "two", "three"}
    await until(lambda: street.house.collector.source("three-hook") is not None)
    assert (await street.house.declaring.apply(several)).said == ()
