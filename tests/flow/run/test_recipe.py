from __future__ import annotations

from pathlib import Path

import pytest

from parvis.core.errors import Refused
from parvis.run.event_file import read_event
from parvis.run.recipe import FOLDER, introduce, read_recipe, recipes, where_of
from parvis.run.settings import load
from parvis.run.wire_up import known, open_house

COMMANDS = Path(__file__).parents[3] / "docs" / "operate" / "commands.md"
HELP = Path(__file__).parents[3] / "src" / "parvis" / "run" / "commands" / "up.py"


@pytest.mark.parametrize("name", recipes())
async def test_a_recipe_is_one_wall_of_its_name_ready_to_start(name: str, tmp_path: Path) -> None:
    (declared,) = read_event(read_recipe(name), known(), where_of(name))
    assert declared.wall.id == name
    assert declared.wall.policy.mode == "approve_first", "nothing is shown before somebody looks"
    assert any(source.plugin == "phone" and source.enabled for source in declared.sources)
    for source in declared.sources:
        assert source.id.startswith(f"{name}-"), "two recipes stand side by side"
        assert not (source.secrets and source.enabled), "it starts without any secret"
    house = await open_house(load({"data": str(tmp_path / "data")}, {}))
    try:
        assert await introduce(house, read_recipe(name), where_of(name)) == ""
        assert await introduce(house, read_recipe(name), where_of(name)) == name
    finally:
        await house.close()


def test_an_unknown_recipe_is_told_those_that_there_are() -> None:
    with pytest.raises(Refused, match="'even'; there are event, office, outdoor, shop, site"):
        read_recipe("even")
    with pytest.raises(Refused):
        read_recipe("../recipes/event")


def test_help_and_docs_name_every_recipe() -> None:
    assert {path.suffix for path in FOLDER.iterdir()} == {".toml"}
    page = COMMANDS.read_text().partition("## Recipes")[2].partition("\n## ")[0]
    helps = HELP.read_text()
    for name in recipes():
        assert f"`{name}`" in page or f"--recipe {name}`" in page, name
        assert name in helps.partition('"--recipe"')[2].partition(")")[0], name
