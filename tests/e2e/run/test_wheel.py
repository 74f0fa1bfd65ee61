"""The wheel: what is in it, and that it runs where there is neither Node nor a clone."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.waiting import until_now

ROOT = Path(__file__).resolve().parents[3]
BIGGEST = 60_000_000
NO_PART = re.compile(r"(^|/)(test_[^/]*\.py|[^/]*\.ts|node_modules|fixtures|tests|frontend)(/|$)")
NO_BUILD = shutil.ignore_patterns(
    ".git", ".venv*", "node_modules", "static", "__pycache__", ".*_cache", ".hypothesis"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the package's own back end, as `pip wheel .` does."""
    folder = tmp_path_factory.mktemp("wheel")
    building = "import hatchling.build, sys; hatchling.build.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", building, str(folder)], cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return built


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_is_for_every_platform_and_not_too_big(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")
    assert wheel.stat().st_size <= BIGGEST


def test_it_holds_the_built_front_end(wheel: Path) -> None:
    built = ROOT / "src" / "parvis" / "static"
    scripts = {file.relative_to(built.parents[1]).as_posix() for file in built.rglob("*.js")}
    assert any(name.startswith("parvis/static/wall/") for name in scripts)
    assert scripts - names_in(wheel) == set()


def test_it_holds_every_module_and_all_data_of_the_clone(wheel: Path) -> None:
    source = ROOT / "src"
    wanted = {
        file.relative_to(source).as_posix()
        for pattern in ("*.py", "*.toml", "*.json", "*.txt", "*.sql", "*.jpg", "py.typed")
        for file in (source / "parvis").rglob(pattern)
    }
    kept = {name for name in wanted if not NO_PART.search(name) and "/static/" not in name}
    assert kept
    assert kept - names_in(wheel) == set()


def test_it_holds_no_test_no_fixture_and_no_typescript(wheel: Path) -> None:
    strays = {name for name in names_in(wheel) if NO_PART.search(name)}
    assert strays == set()


def test_it_runs_in_a_fresh_environment_without_node(wheel: Path, tmp_path: Path) -> None:
    """Offline on purpose: the dependencies are lent by path, so only the wheel is on trial."""
    environment = made(tmp_path, UV_OFFLINE="1")
    install(environment, "--no-deps", str(wheel), UV_OFFLINE="1")
    lent = lend_dependencies(environment)
    proves_itself(environment, PYTHONPATH=str(lent))


@pytest.mark.timeout(600)
def test_a_clone_is_installed_by_pip_where_there_is_no_node(tmp_path: Path) -> None:
    """The build is isolated and brings its own Node; the versions are the locked ones."""
    clone = Path(shutil.copytree(ROOT, tmp_path / "clone", ignore=NO_BUILD))
    environment = made(tmp_path)
    locks = ("--constraints", "requirements.lock", "--build-constraints", "locks/build.lock")
    install(environment, *(str(ROOT / word) if "." in word else word for word in locks), str(clone))
    shutil.rmtree(clone)
    proves_itself(environment)


def made(folder: Path, **more: str) -> Path:
    """An empty environment; `sh` is the one program on its PATH."""
    (folder / "bin").mkdir()
    (folder / "bin" / "sh").symlink_to("/bin/sh")
    environment = folder / "env"
    uv("venv", "--python", sys.executable, str(environment), PATH=str(folder / "bin"), **more)
    return environment


def install(environment: Path, *words: str, **more: str) -> None:
    python = str(environment / "bin" / "python")
    path = str(environment.parent / "bin")
    uv("pip", "install", "--python", python, *words, PATH=path, **more)


def uv(*words: str, **environ: str) -> None:
    program = str(ROOT / ".venv-boot" / "bin" / "uv")
    left = ("VIRTUAL_ENV", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if name not in left}
    subprocess.run([program, *words, "--quiet"], env={**kept, **environ}, check=True)


def proves_itself(environment: Path, **more: str) -> None:
    """`parvis up --demo` serves a wall with its script and its posts, and stops."""
    folder = environment.parent
    environ = {"PATH": str(folder / "bin"), "HOME": str(folder), **more}
    running = subprocess.Popen(
        [str(environment / "bin" / "parvis"), "up", "--demo", "--port", "0"],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        ready = running.stdout.readline()
        assert ready.startswith("ready http://127.0.0.1:")
        base = ready.split()[1]
        page = fetched(f"{base}/w/demo")
        scripts = re.findall(r"""<script[^>]*\bsrc=["']([^"']+)""", page)
        assert scripts
        for script in scripts:
            assert len(fetched(base + script)) > 1000
        until_now(lambda: "network" in fetched(f"{base}/api/walls/demo/snapshot"), 30.0)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    finally:
        running.kill()
        running.communicate()


def fetched(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own, on loopback
        return str(answer.read().decode())


def lend_dependencies(environment: Path) -> Path:
    """A folder with this environment's packages, but not the clone."""
    here = Path(pytest.__file__).parents[1]
    lent = environment / "lent"
    lent.mkdir()
    for package in here.iterdir():
        if not package.name.startswith(("parvis", "_parvis", "_editable", "__editable")):
            (lent / package.name).symlink_to(package)
    return lent
