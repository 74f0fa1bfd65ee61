"""docs/operate/event-file.md has every key that an event file takes, and none that it does not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from parvis.core.look import Brand
from parvis.core.wall import Flood
from parvis.plug.find import find
from parvis.run.event_file import read_event
from parvis.run.event_tables import (
    BridgeTable,
    FormatTable,
    PolicyTable,
    SourceTable,
    WallTable,
)
from parvis.run.wire_up import known

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/operate/event-file.md").read_text(encoding="utf-8")
TABLES: dict[str, type[Any]] = {
    "Wall": WallTable,
    "Policy": PolicyTable,
    "Brand": Brand,
    "Source": SourceTable,
    "Format": FormatTable,
    "Bridge": BridgeTable,
}


def rows(name: str) -> dict[str, tuple[str, str]]:
    """Default and meaning by key."""
    section = PAGE.split(f"## {name}: ")[1].split("\n## ")[0]
    found = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", section, re.MULTILINE)
    return {key: (default, says) for key, default, says in found}


@pytest.mark.parametrize("name", TABLES)
def test_every_key_is_there_with_its_default_and_its_choices(name: str) -> None:
    kind, told = TABLES[name], rows(name)
    assert set(told) == set(kind.__struct_fields__)
    for key, hint in get_type_hints(kind).items():
        default, says = told[key]
        value = getattr(kind(), key)
        if isinstance(value, str | int) and value != "":
            assert default == f"`{str(value).lower()}`", key
        elif not value:
            assert default in ("required", "none"), key
        if get_origin(hint) is Literal:
            assert all(f"`{choice}`" in says for choice in get_args(hint) if choice), key


def test_no_table_is_left_out() -> None:
    assert re.findall(r"^## (\w+): ", PAGE, re.MULTILINE) == list(TABLES)
    default, says = rows("Policy")["flood"]
    said = tomllib.loads(f"flood = {default.strip('`')}")["flood"]
    assert said == {name: getattr(Flood(), name) for name in Flood.__struct_fields__}
    assert all(f"`{name}`" in says for name in Flood.__struct_fields__)
    assert rows("Policy")["wordlists"][0] == ", ".join(f"`{x}`" for x in PolicyTable().wordlists)


@pytest.mark.parametrize("kind", ["source", "check", "format", "layout", "bridge"])
def test_every_extension_is_linked(kind: Literal["source", "check", "format"]) -> None:
    for id_ in find(kind):
        assert f"[{id_}](../../src/parvis/{kind}s/{id_}/doc.md)" in PAGE, id_


def blocks(page: Path) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def test_the_poll_of_the_page_is_one() -> None:
    wall = '[[wall]]\nid = "w"\ntitle = "W"\n'
    (declared,) = read_event(wall + blocks(ROOT / "docs/operate/event-file.md")[0], known())
    assert [spec.plugin for spec in declared.formats] == ["poll"]


def test_the_readmes_file_is_one_and_has_a_poll() -> None:
    (declared,) = read_event(blocks(ROOT / "README.md")[0], known())
    assert [spec.plugin for spec in declared.formats] == ["poll"]
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(docs/operate/event-file.md)" in page
    assert "./parvis up fete.toml --host 0.0.0.0" in page


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.toml")), ids=lambda p: p.name)
def test_each_example_is_one(path: Path) -> None:
    assert read_event(path.read_text(encoding="utf-8"), known(), path.name)
