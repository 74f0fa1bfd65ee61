"""The script at the root: what it finds missing, what it does about it, and what it says."""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
import threading
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from parvis.run import frontend_build
from tests.waiting import until_now

ROOT = Path(__file__).resolve().parents[3]
BEFORE_SET_UP = (
    "parvis",
    "src/parvis/__init__.py",
    "src/parvis/run/__init__.py",
    "src/parvis/run/progress.py",
    "src/parvis/run/frontend_build.py",
)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("parvis_script", str(ROOT / "parvis"))
    spec = importlib.util.spec_from_loader("parvis_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def clone(script: ModuleType, tmp_path: Path) -> Any:
    """A clone with an environment that a set-up has just left."""
    for name in script.NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n")
    (tmp_path / "locks/bytes.toml").write_text(
        "".join(f'"{name}" = 2000000\n' for name in script.NAMES)
    )
    for name in ("pyproject.toml", "hatch_build.py"):
        (tmp_path / name).write_text(name)
    made = script.Clone(tmp_path)
    for program in (made.python, made.uv):
        program.parent.mkdir(parents=True)
        program.symlink_to(sys.executable)
    stamp = tmp_path / frontend_build.STAMP
    stamp.parent.mkdir(parents=True)
    stamp.write_text(frontend_build.digest(tmp_path))
    script.remember(made, [script.BOOT_LOCK, *script.BASE_LOCKS])
    return made


@pytest.fixture
def commands(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The programs a set-up would run, written down and not run."""
    ran: list[list[str]] = []

    def write_down(clone: Any, step: str, *command: object) -> None:
        ran.append([str(part) for part in command])
        for program in (clone.python, clone.uv):
            if ran[-1][-1] == str(program.parents[1]):  # the command that makes this environment
                program.parent.mkdir(parents=True)
                program.symlink_to(sys.executable)

    monkeypatch.setattr(script, "run", write_down)
    return ran


def test_after_a_set_up_nothing_is_left_to_do(script: ModuleType, clone: Any) -> None:
    assert clone.is_ready(list(script.BASE_LOCKS))


def test_a_changed_lock_alone_is_installed_again(script: ModuleType, clone: Any) -> None:
    (clone.root / "requirements.lock").write_text("# another\n")
    assert clone.missing(list(script.BASE_LOCKS)) == ["requirements.lock"]


def test_tests_want_their_own_lock_too(script: ModuleType, clone: Any) -> None:
    locks = script.locks_for(["test", "--quick"])
    assert clone.missing(locks) == [script.TEST_LOCK]
    assert script.TEST_LOCK not in script.locks_for(["test", "--help"])
    assert script.TEST_LOCK not in script.locks_for(["up", "test"])


def test_a_postgresql_store_wants_its_driver(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert script.POSTGRESQL_LOCK not in script.locks_for(["up"])
    monkeypatch.setenv("PARVIS_ENGINE", "postgresql://somewhere/parvis")
    assert script.POSTGRESQL_LOCK in script.locks_for(["up"])


def test_an_environment_whose_python_went_away_is_made_again(
    script: ModuleType, clone: Any
) -> None:
    clone.python.unlink()
    clone.python.symlink_to(clone.root / "gone")
    assert clone.missing(["requirements.lock"]) == [script.BOOT_LOCK, "requirements.lock"]


def test_an_environment_of_another_python_is_made_again(
    script: ModuleType, clone: Any, commands: list[list[str]]
) -> None:
    clone.state_file.write_text(
        clone.state_file.read_text().replace('"python": "/', '"python": "//')
    )
    marker = clone.env / "old"
    marker.touch()
    script.fetch_uv(clone)
    assert not marker.exists()
    assert [str(clone.uv), "venv"] == commands[-1][:2]


@pytest.mark.parametrize("file", ["pyproject.toml", "hatch_build.py"])
def test_a_changed_project_file_is_installed_again(
    script: ModuleType, clone: Any, file: str
) -> None:
    (clone.root / file).write_text("changed")
    assert not clone.is_ready(list(script.BASE_LOCKS))
    assert clone.missing(list(script.BASE_LOCKS)) == []


def test_a_changed_front_end_is_built_again_and_nothing_else(
    script: ModuleType, clone: Any, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    page = clone.root / "frontend" / "wall" / "index.ts"
    page.parent.mkdir(parents=True)
    page.write_text("export {};")
    assert not clone.is_ready(list(script.BASE_LOCKS))
    script.set_up(clone, list(script.BASE_LOCKS))
    assert len(commands) == 1
    assert {"--editable", "--no-deps", "--no-build-isolation"} <= set(commands[0])
    (clone.root / "frontend" / "node_modules").mkdir()
    script.announce(clone, [])
    assert "building anew" in capsys.readouterr().err


def test_every_lock_is_installed_by_hash(
    script: ModuleType, clone: Any, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    clone.state_file.unlink()
    script.set_up(clone, [*script.BASE_LOCKS, script.TEST_LOCK])
    installs = [line for line in commands if "-r" in line]
    assert [line[-1] for line in installs] == [
        "locks/uv.lock",
        "requirements.lock",
        "locks/build.lock",
        "locks/test.lock",
    ]
    assert all("--require-hashes" in line for line in installs)
    said = capsys.readouterr().err
    assert "at most 8 MB to download" in said
    assert "set up in" in said
    assert not clone.missing([*script.BASE_LOCKS, script.TEST_LOCK])


def test_a_set_up_cut_short_starts_from_nothing(
    script: ModuleType, clone: Any, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    clone.lock_file.write_text("unfinished\n")
    assert not clone.is_ready(list(script.BASE_LOCKS))
    (clone.env / "half").touch()
    script.set_up(clone, list(script.BASE_LOCKS))
    assert not (clone.env / "half").exists()
    assert "cut short" in capsys.readouterr().err
    assert not clone.was_interrupted()


def test_a_second_set_up_waits_and_says_so(
    script: ModuleType, clone: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    script.say = said.append  # type: ignore[attr-defined]
    second = threading.Thread(target=script.set_up, args=(clone, list(script.BASE_LOCKS)))
    with clone.alone():
        second.start()
        until_now(lambda: said)
        assert second.is_alive()
    second.join(10)
    assert said == ["another command is setting up this clone; waiting for it to finish."]


def test_a_program_that_fails_stops_with_its_words_and_the_log(
    script: ModuleType, clone: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = "print('no route to host'); raise SystemExit(3)"
    with pytest.raises(script.Stopped, match=r"while fetching uv .*\.venv-setup\.log"):
        script.run(clone, "fetching uv", sys.executable, "-c", failing)
    assert "    no route to host" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("user", "apt", "sentence"),
    [
        (1000, "/usr/bin/apt-get", r"run: sudo apt-get install .*python3.*-venv$"),
        (0, None, r"install the venv module of your system\.$"),
    ],
)
def test_without_venv_it_asks_in_one_sentence(
    script: ModuleType,
    clone: Any,
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    user: int,
    apt: str | None,
    sentence: str,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(script.shutil, "which", lambda name: apt)
    with pytest.raises(script.Stopped, match=sentence):
        script.install_venv_module(clone)
    assert commands == []


def test_root_installs_venv_and_says_so(
    script: ModuleType,
    clone: Any,
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(script.shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(script.importlib.util, "find_spec", lambda name: None)
    steps = script.steps_of(clone, [script.BOOT_LOCK])
    assert steps[0][0] == script.APT_STEP
    steps[0][2]()
    assert [line[1] for line in commands] == ["update", "install"]
    assert "running: apt-get install" in capsys.readouterr().err


def test_a_stop_is_one_sentence_and_status_2(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(clone: Any, locks: list[str]) -> None:
        raise script.Stopped("no network here.")

    monkeypatch.setattr(script.Clone, "is_ready", lambda clone, locks: False)
    monkeypatch.setattr(script, "set_up", stop)
    assert script.main(["up"]) == 2
    assert capsys.readouterr().err == "parvis: no network here.\n"


def test_a_missing_lock_names_the_mend(script: ModuleType, clone: Any) -> None:
    (clone.root / "requirements.lock").unlink()
    with pytest.raises(script.Stopped, match=r"git checkout requirements\.lock"):
        clone.missing(["requirements.lock"])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("version_info", (3, 10, 4), "needs Python 3.11 or newer and this is Python 3.10.4"),
        ("platform", "win32", "does not run on Windows; use it inside WSL"),
    ],
)
def test_what_it_cannot_run_on_gets_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: object,
    words: str,
) -> None:
    source = compile((ROOT / "parvis").read_text(), "parvis", "exec")
    with pytest.raises(SystemExit) as ended, monkeypatch.context() as patch:
        patch.setattr(sys, name, value)
        exec(source, {"__name__": "parvis_script"})  # noqa: S102
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("name", BEFORE_SET_UP)
def test_what_runs_before_set_up_needs_the_standard_library_alone(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text())
    imported = set()
    for node in tree.body:  # a function may import what only exists afterwards
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
    assert imported - sys.stdlib_module_names <= {"parvis"}


def test_the_script_stays_a_script() -> None:
    source = ROOT / "parvis"
    assert len(source.read_text().splitlines()) <= 300
    assert os.access(source, os.X_OK)
