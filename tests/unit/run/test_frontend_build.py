"""When the front end is built, and from what."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from parvis.run import frontend_build


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end whose npm is written down in `npm.txt` and builds nothing."""
    for name in ("frontend/wall/index.ts", "src/parvis/formats/poll/wall.ts"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("export {};")
    (tmp_path / "frontend/package-lock.json").write_text("{}")

    def npm(root: Path, *arguments: str) -> None:
        with (root / "npm.txt").open("a") as log:
            log.write(" ".join(arguments) + "\n")
        made = "frontend/node_modules" if arguments[0] == "ci" else "src/parvis/static"
        (root / made).mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(frontend_build, "npm", npm)
    return tmp_path


def ran(clone: Path) -> list[str]:
    log = clone / "npm.txt"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return lines


def test_a_build_is_current_until_a_source_changes(clone: Path) -> None:
    assert not frontend_build.is_current(clone)
    frontend_build.build(clone)
    assert frontend_build.is_current(clone)
    assert ran(clone) == ["ci --ignore-scripts --loglevel=error --omit=dev", "run --silent build"]


@pytest.mark.parametrize(
    "name", ["frontend/kit/new.ts", "src/parvis/formats/poll/wall.ts", "frontend/wall/wall.css"]
)
def test_any_source_counts(clone: Path, name: str) -> None:
    frontend_build.build(clone)
    (clone / name).parent.mkdir(exist_ok=True)
    (clone / name).write_text("changed")
    assert not frontend_build.is_current(clone)


@pytest.mark.parametrize("name", ["frontend/node_modules/lit/lit.ts", "frontend/notes.txt"])
def test_what_is_no_source_does_not(clone: Path, name: str) -> None:
    frontend_build.build(clone)
    (clone / name).parent.mkdir(parents=True, exist_ok=True)
    (clone / name).write_text("changed")
    assert frontend_build.is_current(clone)


def test_a_renamed_source_counts(clone: Path) -> None:
    frontend_build.build(clone)
    (clone / "frontend/wall/index.ts").rename(clone / "frontend/wall/main.ts")
    assert not frontend_build.is_current(clone)


def test_a_build_that_fails_is_never_current(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frontend_build.build(clone)

    def fail(root: Path, *arguments: str) -> None:
        raise subprocess.CalledProcessError(1, ["node", *arguments])

    monkeypatch.setattr(frontend_build, "npm", fail)
    with pytest.raises(subprocess.CalledProcessError):
        frontend_build.build(clone)
    assert not frontend_build.is_current(clone)


def test_packages_are_fetched_once_and_again_when_the_lock_changes(clone: Path) -> None:
    frontend_build.install(clone)
    frontend_build.install(clone)
    assert len(ran(clone)) == 1
    (clone / "frontend/package-lock.json").write_text('{"other": 1}')
    frontend_build.install(clone)
    assert len(ran(clone)) == 1


def test_the_type_checkers_come_only_when_asked_for_and_then_stay(clone: Path) -> None:
    frontend_build.install(clone)
    frontend_build.check_types(clone)
    frontend_build.check_public_api(clone)
    frontend_build.build(clone)
    assert ran(clone) == [
        "ci --ignore-scripts --loglevel=error --omit=dev",
        "ci --ignore-scripts --loglevel=error --include=dev",
        "run --silent types",
        "run --silent types:plug",
        "run --silent build",
    ]
