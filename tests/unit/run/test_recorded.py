"""The rule of the recorded payloads: left out and said so, used, or a failure; never silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TESTS = "def test_needs(recorded): assert recorded.is_dir()\ndef test_does_not(): pass\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.fixtures"]\n')
    (tmp_path / "test_two.py").write_text(TESTS)
    return tmp_path


def run(folder: Path, recorded: Path | None) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    environment.pop("PARVIS_RECORDED", None)
    if recorded is not None:
        environment["PARVIS_RECORDED"] = str(recorded)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            folder,
            folder,
        ],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_unset_they_are_left_out_and_it_says_so(folder: Path) -> None:
    status, said = run(folder, None)
    assert status == 0
    assert "1 passed, 1 deselected" in said
    assert "PARVIS_RECORDED is not set" in said


def test_set_they_run(folder: Path, tmp_path: Path) -> None:
    status, said = run(folder, tmp_path)
    assert status == 0
    assert "2 passed" in said


def test_set_and_unreadable_is_a_failure(folder: Path, tmp_path: Path) -> None:
    status, said = run(folder, tmp_path / "none")
    assert status == pytest.ExitCode.USAGE_ERROR
    assert "which is no folder that can be read" in said
