"""`./parvis test`: every stage, even if an earlier one failed; then a table and a verdict."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from parvis.run import frontend_build  # noqa: E402
from tests import needs  # noqa: E402

SCRIPTS = ("parvis", "hatch_build.py", "conftest.py", "locks/compile.py")
ROOMS = ("unit", "contract", "property", "flow", "fault", "e2e")
QUICK_ROOMS = ("unit", "contract", "property")
ALONE = {"flow", "fault", "e2e"}  # they watch clocks, kill processes, or drive a browser
AGAIN = {"e2e"}
"""A browser shares the machine with the server, the tests and whoever else runs there."""
AGAIN_AT_MOST = 2
EXTENSIONS = "extensions"
BROKEN = 2
INTERRUPTED = 130


class Outcome(NamedTuple):
    """What a stage counted. A test that was skipped did not pass."""

    passed: int
    failed: int
    note: str = ""


class Stage(NamedTuple):
    """One row of the table."""

    name: str
    run: Callable[[], Outcome]


def tool(name: str, *arguments: str) -> Stage:
    """A stage that is one program of the environment: it passes or fails as a whole."""
    program = str(Path(sys.executable).parent / arguments[0])

    def run() -> Outcome:
        done = subprocess.run([program, *arguments[1:]], cwd=ROOT, check=False)
        return verdict(done.returncode == 0)

    return Stage(name, run)


def work(name: str, act: Callable[[Path], None]) -> Stage:
    """A stage of the front end."""

    def run() -> Outcome:
        try:
            act(ROOT)
        except (subprocess.CalledProcessError, ImportError, OSError) as failed:
            print(f"{name}: {failed}", file=sys.stderr)
            return verdict(False)
        return verdict(True)

    return Stage(name, run)


def verdict(good: bool) -> Outcome:
    """One thing that passed or failed."""
    return Outcome(1, 0) if good else Outcome(0, 1)


def pytest_stage(name: str, paths: list[str], *options: str) -> Stage:
    """A stage of tests, counted one by one from pytest's own report."""

    def run() -> Outcome:
        with tempfile.TemporaryDirectory(prefix="parvis-test-") as folder:
            report = Path(folder, "report.xml")
            command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}"]
            command += ["-o", f"cache_dir={folder}/cache", *options, *paths]
            done = subprocess.run(command, cwd=ROOT, check=False)
            first = counted(report, done.returncode)
            if name not in AGAIN or not 0 < len(unsteady := failing(report)) <= AGAIN_AT_MOST:
                return first
            print(f"\n── {name}: again, alone: {', '.join(unsteady)}", flush=True)
            done = subprocess.run([*command, "--last-failed"], cwd=ROOT, check=False)
            return after(first, counted(report, done.returncode), unsteady)

    return Stage(name, run)


def after(first: Outcome, alone: Outcome, unsteady: list[str]) -> Outcome:
    """What failed and then passed alone is named in the table: a defect, of parvis or its test."""
    if alone.failed or alone.passed != len(unsteady):
        return first
    note = f"UNSTEADY, passed alone: {', '.join(unsteady)}"
    return Outcome(first.passed + alone.passed, first.failed - alone.passed, note)


def failing(report: Path) -> list[str]:
    """The names of the tests that failed, none if there is no report."""
    try:
        cases = ElementTree.parse(report).iter("testcase")  # noqa: S314
    except (OSError, ElementTree.ParseError):
        return []
    bad = [one for one in cases if one.find("failure") is not None or one.find("error") is not None]
    return [f"{one.get('classname', '')}.{one.get('name', '')}" for one in bad]


def counted(report: Path, status: int) -> Outcome:
    """Read pytest's report; a run that ended badly counts one failure at least."""
    try:
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314
    except (OSError, ElementTree.ParseError):
        return Outcome(0, 1, "pytest did not run to its end")

    def total(what: str) -> int:
        return sum(int(suite.get(what, "0")) for suite in suites)

    skipped = total("skipped")
    failed = total("failures") + total("errors") + skipped
    passed = total("tests") - failed
    if status and not failed:
        return Outcome(passed, 1, "no test found" if status == 5 else f"pytest ended with {status}")
    return Outcome(passed, failed, f"{skipped} skipped, which counts as failed" if skipped else "")


def lint_stages(quick: bool) -> list[Stage]:
    """What is checked without running the program."""
    stages = [
        tool("format", "ruff", "format", "--check", "--quiet", "."),
        tool("lint", "ruff", "check", "--quiet", "."),
        tool("types", "mypy", *(["src"] if quick else ["src", "tests"])),
        *(tool(f"types {script}", "mypy", script) for script in SCRIPTS if not quick),
        tool("floors", "lint-imports"),
    ]
    if not quick:
        stages += [
            work("plug types", frontend_build.check_public_api),
            work("front-end types", frontend_build.check_types),
            work("front-end build", frontend_build.build),
        ]
    return stages


def workers(room: str) -> str:
    """How many processes share a room's tests."""
    return "0" if room in ALONE else str(min(4, os.cpu_count() or 1))


def room_stages(quick: bool) -> list[Stage]:
    """One stage per folder of tests, and one for the extensions' own."""
    rooms = QUICK_ROOMS if quick else ROOMS
    return [
        *(pytest_stage(room, [f"tests/{room}"], "-n", workers(room)) for room in rooms),
        pytest_stage(EXTENSIONS, ["src"], "-n", workers(EXTENSIONS)),
    ]


def needed(paths: list[str], quick: bool) -> list[needs.Need]:
    """What must be on the system for these tests: nothing for the quick run."""
    every = [] if quick else [needs.BROWSER, needs.FONTS, needs.SERVER, *needs.SENDERS]
    if not paths:
        return every
    said = "".join(file.read_text(encoding="utf-8") for path in paths for file in read_for(path))
    return [need for need in every if re.search(need.asked_by, said)]


def read_for(path: str) -> Iterator[Path]:
    """The files of Python that a test path stands for, and the fixtures of the folders above."""
    place = ROOT / path.partition("::")[0]
    yield from place.rglob("*.py") if place.is_dir() else [place]
    for folder in place.parents:
        if folder.is_relative_to(ROOT / "tests") and (folder / "conftest.py").is_file():
            yield folder / "conftest.py"


def run_all(stages: list[Stage]) -> int:
    """Run each, print the table, and give the exit status."""
    rows: list[tuple[str, Outcome, float]] = []
    for stage in stages:
        print(f"\n── {stage.name}", flush=True)
        began = time.monotonic()
        outcome = stage.run()
        rows.append((stage.name, outcome, time.monotonic() - began))
    print(f"\n{'stage':<18} {'passed':>7} {'failed':>7} {'seconds':>8}")
    for name, outcome, seconds in rows:
        line = f"{name:<18} {outcome.passed:>7} {outcome.failed:>7} {seconds:>8.1f}"
        print(f"{line}  {outcome.note}".rstrip())
    passed = sum(outcome.passed for _, outcome, _ in rows)
    failed = sum(outcome.failed for _, outcome, _ in rows)
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    """Install what is needed, run what is asked for."""
    parser = argparse.ArgumentParser(prog="./parvis test", description=__doc__)
    parser.add_argument("path", nargs="*", help="only these test files or folders")
    parser.add_argument("--quick", action="store_true", help="the inner loop, under five minutes")
    parser.add_argument("--soak", action="store_true", help="runs of hours")
    parser.epilog = "example:  ./parvis test --quick"
    args = parser.parse_args(arguments)
    absent = [path for path in args.path if not Path(path.partition("::")[0]).exists()]
    if absent:
        parser.exit(BROKEN, f"./parvis test: there is no {absent[0]}; give a test file or folder\n")
    paths = [os.path.relpath(path, ROOT) for path in args.path]
    if not needs.install(needed(paths, args.quick)):
        return BROKEN
    profile = "soak" if args.soak else "quick" if args.quick else "default"
    os.environ["PARVIS_HYPOTHESIS"] = profile
    if args.quick:
        os.environ[needs.LIGHT] = "1"
    if args.soak:
        os.environ["PARVIS_SOAK"] = "1"
        os.environ["PYTEST_ADDOPTS"] = "--timeout=0"
    try:
        if paths:
            return run_all([pytest_stage("tests", paths)])
        return run_all([*lint_stages(args.quick), *room_stages(args.quick)])
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
