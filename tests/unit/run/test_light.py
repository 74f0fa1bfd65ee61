"""The quick run goes without PostgreSQL and a browser, on every machine alike."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LEFT_OUT = """
import pytest

class Odd:
    def __str__(self):
        raise RuntimeError("a parameter is never turned into text")

@pytest.fixture(params=["embedded", "postgresql"])
def place(request): return request.param

def test_a_parameter(place): assert place == "embedded"
def test_a_fixture(postgresql_url): assert False
def test_a_browser(browser): assert False
@pytest.mark.postgresql
def test_a_mark(): assert False
@pytest.mark.parametrize("what", [Odd()], ids=["odd"])
def test_the_rest(what): pass
"""
SLIPPED = """
def test_by_stealth(request): request.getfixturevalue("postgresql_server")
"""


def run(folder: Path, test: str, light: str) -> tuple[int, str]:
    (folder / "conftest.py").write_text('pytest_plugins = ["tests.fixtures"]\n')
    (folder / "test_them.py").write_text(test)
    kept = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", folder, "."],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "PARVIS_LIGHT": light},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_what_needs_a_server_or_a_browser_is_left_out(tmp_path: Path) -> None:
    status, said = run(tmp_path, LEFT_OUT, "1")
    assert status == 0, said
    assert "2 passed, 4 deselected" in said


def test_what_slips_through_fails_wherever_it_runs(tmp_path: Path) -> None:
    status, said = run(tmp_path, SLIPPED, "1")
    assert status == 1
    assert "the quick run goes without PostgreSQL" in said


@pytest.mark.postgresql
def test_the_whole_run_leaves_nothing_out(tmp_path: Path) -> None:
    status, said = run(tmp_path, SLIPPED, "")
    assert (status, "1 passed" in said) == (0, True), said
