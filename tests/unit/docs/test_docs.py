"""Docs are tests: what exists is described, and what is described exists."""

from __future__ import annotations

import importlib
import inspect
import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from parvis.plug.bridge import Bridge
from parvis.plug.check import Check
from parvis.plug.format import Format
from parvis.plug.layout import Layout
from parvis.plug.source import Source

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if "node_modules" not in path.parts
)


@pytest.mark.parametrize("contract", [Source, Check, Format, Layout, Bridge])
def test_every_hook_of_an_extension_is_documented(contract: type) -> None:
    page = (ROOT / "docs" / "extend" / "README.md").read_text()
    hooks = [name for name, _ in inspect.getmembers(contract, callable) if not name.startswith("_")]
    assert hooks
    section = page.split(f"## {contract.__name__}")[1].split("\n## ")[0]
    for hook in hooks:
        assert f"`{hook}(" in section, f"{contract.__name__}.{hook} is not in docs/extend"


def test_what_extensions_share_is_there_and_what_sources_use_is_said() -> None:
    page = (ROOT / "docs" / "extend" / "shared.md").read_text()
    said = set(re.findall(r"`([a-z_]+)\.([A-Za-z_]+)`", page))
    for module, name in said - {("parvis", "plug")}:
        assert hasattr(importlib.import_module(f"parvis.plug.{module}"), name), f"{module}.{name}"
    described = {module for module, _ in said}
    contract = {"source", "door", "tools", "check", "format", "layout", "bridge", "testkit"}
    for path in (ROOT / "src" / "parvis" / "sources").rglob("*.py"):
        used = set(re.findall(r"^from parvis\.plug\.(\w+)", path.read_text(), re.M))
        if not path.name.startswith("test_"):
            assert used <= described | contract, f"{path.name}: shared.md lacks {used}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs" / "operate" / "commands.md").read_text()
    for path in (ROOT / "src" / "parvis" / "run" / "commands").glob("[a-z]*.py"):
        assert f"parvis {path.stem}" in page, f"the command {path.stem} is not in commands.md"


def test_the_readmes_pictures_are_there_small_and_what_its_script_takes() -> None:
    readme = (ROOT / "README.md").read_text()
    named = re.findall(r"""(?:src|srcset)="([^"]+)"|!\[[^\]]*\]\(([^)]+)\)""", readme)
    pictures = [ROOT / (one or other) for one, other in named]
    assert len(pictures) >= 7
    for path in pictures:
        assert path.is_file(), f"README shows {path.name}"
        assert path.stat().st_size < 120_000, f"{path.name} is too heavy for a page"
    script = (ROOT / "docs" / "shots.py").read_text()
    taken = {path.name for path in (ROOT / "docs" / "pictures").iterdir()}
    assert taken == {path.name for path in pictures if path.suffix == ".webp"}
    for name in {name.rpartition("-")[0] for name in taken}:
        assert f'"{name}"' in script, f"docs/shots.py takes no {name}"
        assert {f"{name}-light.webp", f"{name}-dark.webp"} <= taken
    assert not re.search(r"<img (?![^>]*alt=)", readme), "every picture is described"


def test_the_readmes_commands_are_what_parvis_takes() -> None:
    """Every `./parvis …` in it is parsed; what starts without a file of its own is run in e2e."""
    readme = (ROOT / "README.md").read_text()
    lines = re.findall(r"^\./parvis ([^#\n]+)", readme, re.M)
    assert {"up --demo", "up --recipe event", "test"} <= {line.strip() for line in lines}
    started = "".join(path.read_text() for path in (ROOT / "tests" / "e2e" / "run").glob("test_*"))
    for line in lines:
        words = line.split()
        assert (ROOT / "src/parvis/run/commands" / f"{words[0]}.py").is_file() or words == ["test"]
        for option in (word for word in words if word.startswith("--")):
            assert f'"{option}"' in started, f"nothing starts parvis with {option}"


def test_the_readmes_commands_are_what_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "./parvis up --demo" in readme
    assert "./parvis test" in readme
    assert re.search(r"^\s*(exec )?\./parvis test\s*$", (ROOT / ".ci" / "run").read_text(), re.M)


def test_every_dependency_earns_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    page = (ROOT / "ARCHITECTURE.md").read_text().split("## What we stand on")[1].lower()
    named = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    for requirement in named:
        name = re.match(r"[A-Za-z0-9_.-]+", requirement)
        assert name is not None
        assert name.group().lower() in page, f"{name.group()} has no line in ARCHITECTURE.md"


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
