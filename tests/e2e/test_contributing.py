"""CONTRIBUTING.md, followed to the letter in a copy of the clone."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECTION = "## Add a source in 20 minutes"
FOLDER = "src/parvis/sources/guestbook"
COPIED = ("src", "tests", "conftest.py", "pyproject.toml", "CONTRIBUTING.md")
UNSEEN = ("__pycache__", ".pytest_cache", ".hypothesis", "node_modules", "static")

_FENCE = r"```(?:diff|json|python)\n.*?```"
_STEP = re.compile(
    rf"^    \./parvis (?P<command>[^#\n]+)$"
    rf"|^`(?P<path>[^`\n]+)`, (?P<how>changed|a new file|at the end):\n\n"
    rf"(?P<blocks>{_FENCE}(?:\n\n{_FENCE})*)",
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(*UNSEEN))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_it_takes_two_screens() -> None:
    lines = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 100 and all(len(line) <= 100 for line in lines)


def test_adding_a_source_works_as_written_and_touches_nothing_else(clone: Path) -> None:
    page = (clone / "CONTRIBUTING.md").read_text(encoding="utf-8")
    steps = list(_STEP.finditer(page.split(SECTION)[1]))
    assert [step["command"] or step["how"] for step in steps] == [
        "new source guestbook",
        "changed",
        "a new file",
        "at the end",
        f"test {FOLDER}",
    ]
    before = _files(clone)
    for step in steps:
        if step["command"]:
            told = _run(clone, step["command"])
        else:
            _write(clone / step["path"], step["how"], re.findall(_FENCE, step["blocks"], re.DOTALL))
    assert re.search(r"tests +[1-9][0-9]+ +0", told), told
    after = _files(clone)
    assert {path: after[path] for path in before} == before
    assert all(path.startswith(f"{FOLDER}/") for path in after.keys() - before.keys())


def test_a_source_that_breaks_its_promise_is_told(clone: Path) -> None:
    _run(clone, "new source guestbook")
    path = clone / FOLDER / "__init__.py"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("text=clean(item.text)", "text=item.text[1]"), encoding="utf-8")
    told = _run(clone, f"test {FOLDER}", status=1)
    assert "test_any_bytes_never_raise" in told or "test_damaged_payloads_never_raise" in told


def _run(clone: Path, command: str, status: int = 0) -> str:
    words = command.split()
    # What ./parvis starts once it has set itself up; the environment is the one of this test.
    start = ["tests/run.py", *words[1:]] if words[0] == "test" else ["-m", "parvis", *words]
    environ = {**os.environ, "PYTHONPATH": str(clone / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    for name in [name for name in environ if name.startswith(("PYTEST_", "COV_"))]:
        del environ[name]
    done = subprocess.run(
        [sys.executable, *start],
        cwd=clone,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


def _write(path: Path, how: str, blocks: list[str]) -> None:
    bodies = [block.split("\n", 1)[1].removesuffix("```") for block in blocks]
    if how == "a new file":
        assert not path.exists()
        path.write_text(bodies[0], encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    if how == "at the end":
        text += bodies[0]
    else:
        for body in bodies:
            lines = body.splitlines()
            old, new = (
                "".join(f"{line[1:]}\n" for line in lines if line[0] in (" ", sign))
                for sign in "-+"
            )
            both = {line[1:] for line in lines if line[0] == "-"}
            assert not both & {line[1:] for line in lines if line[0] == "+"}, body
            assert text.count(old) == 1, old
            text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def _files(clone: Path) -> dict[str, str]:
    return {
        str(path.relative_to(clone)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(clone.rglob("*"))
        if path.is_file() and not set(path.parts) & set(UNSEEN)
    }
