"""The script at the root: what it finds missing, what it does about it, and what it says."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
import threading
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from parvis.run import frontend_build, package_index
from tests.waiting import until_now

ROOT = Path(__file__).resolve().parents[3]
BEFORE_SET_UP = (
    "parvis",
    "src/parvis/__init__.py",
    "src/parvis/run/__init__.py",
    "src/parvis/run/progress.py",
    "src/parvis/run/frontend_build.py",
    "src/parvis/run/package_index.py",
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

    def fetch(lock: Path, program: Path, *_: object) -> None:
        ran.append(["fetch", str(lock)])
        program.parent.mkdir(parents=True)
        program.symlink_to(sys.executable)

    monkeypatch.setattr(script, "run", write_down)
    monkeypatch.setattr(package_index, "fetch_uv", fetch)
    return ran


def test_after_a_set_up_nothing_is_left_to_do(script: ModuleType, clone: Any) -> None:
    assert clone.is_ready(list(script.BASE_LOCKS))


def test_a_changed_lock_alone_is_installed_again(script: ModuleType, clone: Any) -> None:
    (clone.root / "requirements.lock").write_text("# another\n")
    assert clone.missing(list(script.BASE_LOCKS)) == ["requirements.lock"]


def test_tests_want_their_own_lock_too(script: ModuleType, clone: Any) -> None:
    locks = script.locks_for(["test", "--quick"])
    assert clone.missing(locks) == [script.TEST_LOCK]
    assert script.TEST_LOCK in script.locks_for(["bench", "live"]), "the peers it measures beside"
    assert script.TEST_LOCK not in script.locks_for(["test", "--help"])
    assert script.TEST_LOCK not in script.locks_for(["up", "test"])


def test_a_postgresql_store_wants_its_driver(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert script.POSTGRESQL_LOCK not in script.locks_for(["up"])
    for scheme in ("postgresql", "postgres", "postgresql+asyncpg"):
        monkeypatch.setenv("PARVIS_ENGINE", f"{scheme}://somewhere/parvis")
        assert script.POSTGRESQL_LOCK in script.locks_for(["up"])


@pytest.mark.parametrize("how", [["--data", "here"], ["--data=here"], []])
def test_the_driver_is_also_wanted_where_the_data_folder_names_the_store(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: list[str]
) -> None:
    monkeypatch.delenv("PARVIS_ENGINE", raising=False)
    monkeypatch.delenv("PARVIS_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ("here" if how else "parvis-data")
    folder.mkdir()
    assert script.POSTGRESQL_LOCK not in script.locks_for(["up", *how])
    (folder / "parvis.toml").write_text('engine = "postgresql://somewhere/parvis"\n')
    assert script.POSTGRESQL_LOCK in script.locks_for(["up", *how])
    (folder / "parvis.toml").write_text("engine = [broken\n")
    assert script.POSTGRESQL_LOCK not in script.locks_for(["up", *how]), "the program will say so"


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
    script.fetch_uv(clone, script.BOOT_LOCK, print)
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
    assert len(commands) == 2, "the project, and its compilation"
    assert {"--editable", "--no-deps", "--no-build-isolation"} <= set(commands[0])
    (clone.root / "frontend" / "node_modules").mkdir()
    script.announce(clone, [])
    assert "building anew" in capsys.readouterr().err


def test_every_lock_is_installed_by_hash(
    script: ModuleType, clone: Any, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    clone.state_file.unlink()
    script.set_up(clone, [*script.BASE_LOCKS, script.TEST_LOCK])
    assert commands[0] == ["fetch", str(clone.root / "locks/uv.lock")]
    installs = [line for line in commands if "-r" in line]
    assert [line[-1] for line in installs] == [
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


@pytest.mark.parametrize("pip", [False, True])
def test_where_the_index_is_out_of_reach_pip_is_asked_if_it_is_there(
    script: ModuleType,
    clone: Any,
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    pip: bool,
) -> None:
    def fail(*_: object) -> None:
        raise package_index.Unreachable("the index cannot be reached (no route)")

    monkeypatch.setattr(package_index, "fetch_uv", fail)
    monkeypatch.setattr(script.importlib.util, "find_spec", lambda name: name if pip else None)
    if pip:
        script.fetch_uv(clone, script.BOOT_LOCK, print)
        assert [line[1:3] for line in commands] == [["-m", "venv"], ["-m", "pip"]]
        assert "--require-hashes" in commands[1]
    else:
        with pytest.raises(script.Stopped, match=r"\(no route\); see that the network is there"):
            script.fetch_uv(clone, script.BOOT_LOCK, print)
        assert commands == []


def test_a_clone_that_was_moved_is_set_up_again(
    script: ModuleType, clone: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    moved = script.Clone(clone.root.rename(tmp_path_factory.mktemp("other") / "clone"))
    assert moved.missing(["requirements.lock"]) == [script.BOOT_LOCK, "requirements.lock"]


def test_a_clone_of_somebody_else_is_told(
    script: ModuleType, clone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(clone.lock_file))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(script.Stopped, match=r"Permission denied.*; make .* yours, or use another"):
        script.set_up(clone, [])


def test_what_is_installed_is_compiled(
    script: ModuleType, clone: Any, commands: list[list[str]]
) -> None:
    """An environment may forbid Python to write what it compiled: every start would do it anew."""
    script.install_lock(clone, "requirements.lock", print)
    script.install_project(clone, print)
    assert "--compile-bytecode" in commands[0]
    assert commands[-1][1:] == ["-m", "compileall", "-q", "src/parvis"]


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
        patch.setattr("shutil.which", lambda name: None)
        exec(source, {"__name__": "parvis_script"})  # noqa: S102
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_an_old_python_hands_over_to_a_newer_one_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    source = compile((ROOT / "parvis").read_text(), "parvis", "exec")
    taken: list[list[str]] = []

    def take(name: str, words: list[str]) -> None:
        taken.append([name, *words])
        raise SystemExit(0)

    monkeypatch.setattr(sys, "argv", ["./parvis", "up", "--demo"])
    monkeypatch.setattr("shutil.which", lambda name: name)
    # python3.14 is a shim of a version manager, which does not start
    monkeypatch.setattr("subprocess.call", lambda words, **_: int(words[0] == "python3.14"))
    monkeypatch.setattr(os, "execvp", take)
    with pytest.raises(SystemExit), monkeypatch.context() as patch:
        patch.setattr(sys, "version_info", (3, 9, 2))
        exec(source, {"__name__": "parvis_script"})  # noqa: S102
    assert taken == [["python3.13", "python3.13", "./parvis", "up", "--demo"]]


def test_an_old_python_can_read_it() -> None:
    """Else it would give a syntax error and no sentence: Debian 10 and RHEL 8 had 3.6 and 3.7."""
    text = (ROOT / "parvis").read_text()
    tree = ast.parse(text, feature_version=(3, 7))
    assert "from __future__ import annotations" not in text, "unknown before 3.7"
    new = (ast.NamedExpr, ast.Match, ast.TryStar)
    assert not [node for node in ast.walk(tree) if isinstance(node, new)]


@pytest.mark.parametrize(("there", "status"), [(("python3",), 7), (("python3.12",), 7), ((), 2)])
def test_the_shell_finds_a_python_or_says_so(
    tmp_path: Path, there: tuple[str, ...], status: int
) -> None:
    for name in there:
        (tmp_path / name).write_text('#!/bin/sh\necho "$@"; exit 7\n')
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "parvis"), "up", "two words"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status
    if there:
        assert (done.stdout, done.stderr) == (f"{ROOT / 'parvis'} up two words\n", "")
    else:
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert "there is no Python here" in done.stderr


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
