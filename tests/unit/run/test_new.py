"""`parvis new`: where it writes, and what it refuses."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from parvis.core.errors import Refused
from parvis.plug.manifest import Kind, read_manifest
from parvis.run import blueprint
from parvis.run.cli import main
from parvis.run.commands import new


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A clone without anything in it."""
    (tmp_path / "pyproject.toml").write_text("")
    return tmp_path / "src" / "parvis"


@pytest.mark.parametrize("kind", blueprint.KINDS)
def test_the_folder_is_written_whole(kind: Kind, house: Path) -> None:
    files = blueprint.write_built_in(kind, "town_news", house)
    folder = house / f"{kind}s" / "town_news"
    names = {str(path.relative_to(folder)) for path in files}
    assert names >= {"plugin.toml", "__init__.py", "quality.toml", "doc.md", "test_town_news.py"}
    assert any(name.startswith("fixtures/") for name in names)
    assert all("@" not in path.read_text().replace("@parvis/kit", "") for path in files
               if path.suffix in (".toml", ".md", ".ts"))  # fmt: skip
    manifest = read_manifest(folder / "plugin.toml")
    assert (manifest.id, manifest.kind, manifest.name.en) == ("town_news", kind, "Town news")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "Town",
        "town-news",
        "9town",
        "_town",
        "town_",
        "a__b",
        "../x",
        "class",
        "ééé",
        "import",
        "a/b",
        "town news",
    ],
)
def test_a_bad_name_is_refused(name: str, house: Path) -> None:
    with pytest.raises(Refused, match="cannot be a name; use 3 to 40 lower-case"):
        blueprint.write_built_in("source", name, house)
    assert not house.exists()


def test_a_name_may_be_forty_characters_and_no_more(house: Path) -> None:
    assert blueprint.write_built_in("source", "x" * 40, house)
    with pytest.raises(Refused, match="cannot be a name"):
        blueprint.write_built_in("source", "x" * 41, house)


def test_what_exists_is_not_overwritten(house: Path, tmp_path: Path) -> None:
    blueprint.write_built_in("source", "town", house)
    with pytest.raises(Refused, match="exists already"):
        blueprint.write_built_in("source", "town", house)
    blueprint.write_package("source", "town", tmp_path / "out")
    with pytest.raises(Refused, match=r"pyproject\.toml exists already"):
        blueprint.write_package("check", "other", tmp_path / "out")
    assert not (tmp_path / "out" / "other").exists()


def test_an_installed_program_is_not_written_into(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="with --to"):
        blueprint.write_built_in("source", "town", tmp_path / "site-packages" / "parvis")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot be written"):
        blueprint.write_package("source", "town", tmp_path / "file" / "deeper")


@pytest.mark.parametrize("name", ["json", "parvis", "typing"])
def test_a_package_hides_no_module(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="choose another name"):
        blueprint.write_package("source", name, tmp_path)


def test_a_package_has_an_entry_point_and_green_tests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = argparse.Namespace(kind="source", name="town_news", to=tmp_path)
    assert new.run(args) == 0
    assert "town_news/plugin.toml" in (told := capsys.readouterr().out) and "next: " in told
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text())
    assert project["project"]["entry-points"]["parvis.extensions"] == {"town_news": "town_news"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=60"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_command_line_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "source", "No"]) == 2
    assert capsys.readouterr().err.startswith("parvis: 'No' cannot be a name;")
