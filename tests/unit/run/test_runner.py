"""The test command itself: what it counts, what it asks for, and when it says no."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import needs
from tests import run as runner
from tests.run import Outcome, Stage

REPORT = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}"/></testsuites>'


@pytest.mark.parametrize(
    ("counts", "status", "passed", "failed"),
    [
        ((7, 0, 0, 0), 0, 7, 0),
        ((7, 2, 1, 0), 1, 4, 3),
        ((7, 0, 0, 2), 0, 5, 2),
        ((0, 0, 0, 0), 5, 0, 1),
        ((7, 0, 0, 0), 3, 7, 1),
    ],
    ids=["all passed", "some failed", "some skipped", "none found", "ended badly"],
)
def test_a_report_is_counted(
    tmp_path: Path, counts: tuple[int, int, int, int], status: int, passed: int, failed: int
) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT.format(*counts))
    assert runner.counted(report, status)[:2] == (passed, failed)


UNSURE = """
from pathlib import Path
import pytest

@pytest.mark.parametrize("at", range({bad}))
def test_first_time_unlucky(at):
    seen = Path(__file__).parent / f"seen-{{at}}"
    had, _ = seen.exists(), seen.touch()
    assert had

def test_always():
    with (Path(__file__).parent / "always").open("a") as runs:
        runs.write("x")
"""


@pytest.mark.parametrize(
    ("room", "bad", "passed", "failed"),
    [("e2e", 2, 3, 0), ("e2e", 3, 1, 3), ("flow", 1, 1, 1)],
    ids=["two", "too many", "no browser"],
)
def test_a_browser_test_that_failed_runs_once_more_alone(
    tmp_path: Path, room: str, bad: int, passed: int, failed: int
) -> None:
    (tmp_path / "test_unsure.py").write_text(UNSURE.format(bad=bad))
    outcome = runner.pytest_stage(room, [str(tmp_path)]).run()
    assert outcome[:2] == (passed, failed)
    assert ("UNSTEADY" in outcome.note) is (failed == 0)
    assert (tmp_path / "always").read_text() == "x", "what passed does not run again"


def test_what_fails_alone_too_has_failed(tmp_path: Path) -> None:
    (tmp_path / "test_bad.py").write_text("def test_a(): assert False\ndef test_b(): pass\n")
    assert runner.pytest_stage("e2e", [str(tmp_path)]).run() == Outcome(1, 1)


def test_no_report_is_a_failure(tmp_path: Path) -> None:
    assert runner.counted(tmp_path / "none.xml", 4)[:2] == (0, 1)


def test_every_stage_runs_and_one_failure_decides(capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[str] = []

    def stage(name: str, outcome: Outcome) -> Stage:
        def note() -> Outcome:
            ran.append(name)
            return outcome

        return Stage(name, note)

    stages = [stage("lint", runner.verdict(False)), stage("unit", Outcome(5, 0))]
    assert runner.run_all(stages) == 1
    assert ran == ["lint", "unit"]
    assert capsys.readouterr().out.splitlines()[-1] == "5 passed, 1 failed"
    assert runner.run_all(stages[1:]) == 0


def test_the_whole_run_covers_every_room_and_every_check() -> None:
    names = [stage.name for stage in [*runner.lint_stages(False), *runner.room_stages(False)]]
    folders = {path.name for path in (runner.ROOT / "tests").iterdir() if path.is_dir()}
    rooms = {name for name in folders if any((runner.ROOT / "tests" / name).rglob("test_*.py"))}
    assert rooms <= set(names)
    assert {"format", "lint", "types", "floors", "plug types", "front-end types"} <= set(names)
    assert runner.EXTENSIONS in names


def test_the_quick_run_needs_neither_browser_nor_server() -> None:
    assert runner.needed([], True) == []
    names = {stage.name for stage in runner.room_stages(True)}
    assert names == {"unit", "contract", "property", "extensions"}


@pytest.mark.parametrize(
    ("paths", "something"),
    [
        ([], True),
        (["tests/unit/run/test_runner.py", "tests/unit/core"], False),
        (["tests/unit/core", "tests/e2e"], True),
        (["tests/unit/run/bench/test_bench_process.py::test_as_many_files_as_allowed"], True),
        (["tests/contract/engine/test_feed.py"], True),
        (["src/parvis/sources/feed/test_feed.py"], False),
    ],
)
def test_what_is_needed_depends_on_what_is_asked(paths: list[str], something: bool) -> None:
    assert bool(runner.needed(paths, False)) is something


def test_a_tool_that_is_missing_or_fails_is_one_failure() -> None:
    assert runner.tool("lint", "python", "-c", "raise SystemExit(1)").run() == Outcome(0, 1)
    assert runner.tool("lint", "python", "-c", "").run() == Outcome(1, 0)


def test_a_path_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        runner.main(["tests/none"])
    assert ended.value.code == 2
    assert "there is no tests/none" in capsys.readouterr().err


@pytest.fixture
def nothing_there(monkeypatch: pytest.MonkeyPatch) -> list[needs.Need]:
    """Three needs, none met, on a Debian."""
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    return [needs.Need(name, f"why {name}", lambda: False, name) for name in ("one", "two")]


def test_without_root_it_names_the_command_and_stops(
    nothing_there: list[needs.Need],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("nothing may run"))
    assert not needs.install(nothing_there)
    said = capsys.readouterr().out
    assert "needed: one (why one)" in said
    command = "apt-get install -y --no-install-recommends one two"
    assert f"run: sudo apt-get update && sudo {command}\n" in said


def test_what_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("nothing may run"))
    assert needs.install([needs.Need("one", "why", lambda: True, "one")])


def test_debian_makes_no_cluster_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "etc" / "createcluster.conf"
    monkeypatch.setattr(needs, "CLUSTER_SETTINGS", settings)
    needs.keep_cluster_away()
    assert settings.read_text() == "create_main_cluster = false\n"
    settings.write_text("somebody's own\n")
    needs.keep_cluster_away()
    assert settings.read_text() == "somebody's own\n"


@pytest.mark.parametrize(
    ("folder", "version"), [("/usr/lib/postgresql/15/bin", 15), ("/usr/local/bin", 0)]
)
def test_the_newest_server_is_found_by_its_folder(folder: str, version: int) -> None:
    assert needs.version_of(Path(folder)) == version
