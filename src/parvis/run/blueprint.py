"""The folder of a new extension, from the models in `blueprints/`."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from parvis.core.errors import Refused
from parvis.plug.manifest import Kind

KINDS: tuple[Kind, ...] = ("source", "check", "format")
MODELS = Path(__file__).parent / "blueprints"

_NAME = re.compile(r"[a-z][a-z0-9_]{1,38}[a-z0-9]")
_PROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "@dashed@"
version = "0.1.0"
description = "@Title@ for parvis"
requires-python = ">=3.11"
dependencies = ["parvis"]

[dependency-groups]
test = ["hypothesis", "pytest", "pytest-asyncio"]

[project.entry-points."parvis.extensions"]
@name@ = "@package@"

[tool.pytest.ini_options]
addopts = ["--import-mode=importlib"]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
pythonpath = ["."]
"""


def check_name(name: str) -> None:
    """Raises `Refused` unless `name` can be an id and a folder of Python code."""
    if not _NAME.fullmatch(name) or "__" in name or keyword.iskeyword(name):
        raise Refused(
            f"{name!r} cannot be a name; use 3 to 40 lower-case letters, digits and _,"
            " starting with a letter, such as town_news."
        )


def write_built_in(kind: Kind, name: str, house: Path) -> list[Path]:
    """Writes the extension into parvis itself (`house`); the files, in order. Raises `Refused`."""
    check_name(name)
    if not (house.parent.parent / "pyproject.toml").is_file():
        raise Refused(
            "This parvis is installed, not a clone; write a package of its own with --to FOLDER."
        )
    folder = house / f"{kind}s" / name
    _check_free(folder)
    return _write(folder, filled(kind, name))


def write_package(kind: Kind, name: str, to: Path) -> list[Path]:
    """Writes a package of its own into the folder `to`; the files, in order. Raises `Refused`."""
    check_name(name)
    if name in sys.stdlib_module_names or name == "parvis":
        raise Refused(f"{name!r} is a module of Python or parvis itself; choose another name.")
    folder = to / name
    _check_free(folder)
    _check_free(to / "pyproject.toml")
    project = _fill(_PROJECT, _words(name))
    return _write(to, {"pyproject.toml": project}) + _write(folder, filled(kind, name))


def filled(kind: Kind, name: str) -> dict[str, str]:
    """The files of a new extension by their place in its folder."""
    words = _words(name)
    files: dict[str, str] = {}
    for model in sorted((MODELS / kind).glob("*.txt")):
        place = _fill(model.name.removesuffix(".txt").replace("--", "/"), words)
        files[place] = _fill(model.read_text(encoding="utf-8"), words)
    return files


def _words(name: str) -> Mapping[str, str]:
    parts = [part for part in name.split("_") if part]
    return {
        "@name@": name,
        "@package@": name,
        "@dashed@": f"parvis-{'-'.join(parts)}",
        "@tag@": "-".join(parts),
        "@Title@": " ".join(parts).capitalize(),
        "@Class@": "".join(part.capitalize() for part in parts),
    }


def _fill(text: str, words: Mapping[str, str]) -> str:
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text


def _check_free(place: Path) -> None:
    if place.exists():
        raise Refused(f"{place} exists already; choose another name or remove it first.")


def _write(folder: Path, files: Mapping[str, str]) -> list[Path]:
    written: list[Path] = []
    for place, text in files.items():
        path = folder / place
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise Refused(
                f"{path} cannot be written ({error.strerror}); choose a folder that can be."
            ) from error
        written.append(path)
    return written
