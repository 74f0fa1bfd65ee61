"""The wheel: what is in it, and that it runs where there is neither Node nor a clone."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BIGGEST = 60_000_000
NO_PART = re.compile(r"(^|/)(test_[^/]*\.py|[^/]*\.ts|node_modules|fixtures|tests|frontend)(/|$)")
SYSTEM = "/usr/bin:/bin"


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
        for pattern in ("*.py", "*.toml", "*.json", "*.txt", "*.sql", "py.typed")
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
    environment = tmp_path / "env"
    uv = ROOT / ".venv-boot" / "bin" / "uv"
    plain = {"PATH": str(tmp_path / "empty"), "HOME": str(tmp_path), "UV_OFFLINE": "1"}
    making = [str(uv), "venv", "--quiet", "--python", sys.executable, str(environment)]
    subprocess.run(making, env=plain, check=True)
    python = environment / "bin" / "python"
    installing = [str(uv), "pip", "install", "--quiet", "--no-deps", "--python", str(python)]
    subprocess.run([*installing, str(wheel)], env=plain, check=True)
    lent = lend_dependencies(environment)
    done = subprocess.run(
        [str(environment / "bin" / "parvis"), "--version"],
        env={**plain, "PYTHONPATH": str(lent)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("parvis ")


def lend_dependencies(environment: Path) -> Path:
    """A folder with this environment's packages, but not the clone."""
    here = Path(pytest.__file__).parents[1]
    lent = environment / "lent"
    lent.mkdir()
    for package in here.iterdir():
        if not package.name.startswith(("parvis", "_parvis", "_editable", "__editable")):
            (lent / package.name).symlink_to(package)
    return lent
