"""A fresh clone sets itself up: alone, twice at once, and after being cut short."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import until_now

ROOT = Path(__file__).resolve().parents[3]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "node_modules", "static", "__pycache__", ".*_cache", ".hypothesis", "tests"
)
WITHIN_S = 240.0

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files of this clone and nothing that a set-up makes."""
    return Path(shutil.copytree(ROOT, tmp_path / "clone", ignore=LEFT_OUT))


def start(clone: Path) -> subprocess.Popen[str]:
    """`./parvis --version` in a process group of its own, with no terminal and no input."""
    return subprocess.Popen(
        [sys.executable, str(clone / "parvis"), "--version"],
        cwd=clone,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_two_at_once_make_one_environment(clone: Path) -> None:
    first = start(clone)
    until_now(lambda: (clone / ".venv-setup.log").exists(), WITHIN_S)
    second = start(clone)
    (out, said), (other_out, other_said) = first.communicate(), second.communicate()
    assert (first.returncode, second.returncode) == (0, 0), said + other_said
    assert out == other_out and out.startswith("parvis ")
    assert "MB to download" in said and "set up in" in said
    waiting, *bar = other_said.splitlines()
    assert waiting == "parvis: another command is setting up this clone; waiting for it to finish."
    assert all(re.match(r"\[1/1\] another command's set-up: \d+ %", line) for line in bar), bar
    assert any((clone / "src/parvis/static/wall").glob("*.js"))
    third = start(clone)
    assert third.communicate() == (out, "")


def test_a_set_up_that_was_killed_is_mended(clone: Path) -> None:
    killed = start(clone)
    until_now(lambda: (clone / ".venv" / "lib").exists(), WITHIN_S)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    again = start(clone)
    out, said = again.communicate()
    assert again.returncode == 0, said
    assert "cut short" in said
    assert out.startswith("parvis ")
