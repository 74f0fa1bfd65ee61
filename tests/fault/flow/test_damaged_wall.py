"""A wall's row that somebody spoilt by hand: its own wall is left out, the others go on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from parvis.engine.embedded.engine import FILE
from parvis.run.settings import load
from parvis.run.wire_up import House, open_house

TWO = """
[[wall]]
id = "{0}"
title = "The {0}"
mode = "show_first"
[[wall.source]]
id = "{0}-hook"
plugin = "webhook"
settings = {{ open = true, name = "{0}" }}
"""


async def opened(folder: Path) -> House:
    return await open_house(load({"data": str(folder)}, {}))


def spoil(folder: Path, body: str) -> None:
    with closing(sqlite3.connect(folder / FILE)) as store:
        store.execute("UPDATE wall SET body = ? WHERE id = 'square'", (body,))
        store.commit()


@pytest.mark.parametrize(
    "body", ["", "{", "null", '{"id": "square"}', '{"id": 5, "title": "T"}', "[" * 9000]
)
async def test_one_sentence_names_it_and_the_others_go_on(
    tmp_path: Path, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    event = TWO.format("square") + TWO.format("garden")
    house = await opened(tmp_path)
    await house.declaring.apply(event)
    await house.close()
    spoil(tmp_path, body)

    caplog.clear()
    house = await opened(tmp_path)
    await house.start()
    house.declaring.runs = True
    try:
        assert [wall.id for wall in await house.engine.walls()] == ["garden"]
        assert house.collector.source("garden-hook") is not None
        assert await house.engine.wall("square") is None
        (told,) = [one for one in caplog.records if one.getMessage() == "wall.damaged"]
        says = str(vars(told)["says"])
        assert says.startswith("The row of the wall square in the store cannot be read (")
        assert says.endswith("apply its event file again, or restore a backup.")

        applied = await house.declaring.apply(event)
        assert applied.said == ("wall square: made",), "its sources were never gone"
        wall = await house.engine.wall("square")
        assert wall is not None and wall.title == "The square"
        assert house.collector.source("square-hook") is not None
    finally:
        await house.stop()
