"""Write every lock anew, newest versions, and what each costs to download.

Run it from a clone that `./parvis` has set up:  .venv/bin/python locks/compile.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
from parvis.run import frontend_build  # noqa: E402

PYTHON = "3.11"
# In this order: a later lock agrees with every earlier one, so all fit into one environment.
LOCKS: dict[str, list[str]] = {
    "requirements.lock": [],
    "locks/postgresql.lock": ["--extra=postgresql"],
    "locks/build.lock": ["--group=build"],
    "locks/test.lock": ["--group=test"],
    "locks/uv.lock": ["--group=uv"],
}
WITHOUT_BASE = {"locks/build.lock", "locks/uv.lock"}
NPM_LOCK = "frontend/package-lock.json"


def uv() -> str:
    """The uv that ./parvis brought in; else the one on PATH."""
    own = ROOT / ".venv-boot" / "bin" / "uv"
    return str(own) if own.exists() else "uv"


def compile_lock(name: str, options: list[str], earlier: list[str]) -> None:
    """Resolve one lock for every platform, with hashes and without any address."""
    sources = ["pyproject.toml"]
    if name in WITHOUT_BASE:
        sources, options = [], [option.replace("=", "=pyproject.toml:") for option in options]
    subprocess.run(
        [
            *(uv(), "pip", "compile", "--quiet", "--upgrade", "--universal", "--generate-hashes"),
            *("--no-header", "--python-version", PYTHON, "--output-file", name),
            *(f"--constraints={lock}" for lock in earlier),
            *options,
            *sources,
        ],
        cwd=ROOT,
        check=True,
    )


def bytes_of_lock(name: str) -> int:
    """Size of what the lock makes pip download on this platform."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                *(uv(), "tool", "run", "--python", sys.executable, "pip", "download", "--quiet"),
                *("--require-hashes", "--no-deps", "--dest", folder, "--requirement", name),
            ],
            cwd=ROOT,
            check=True,
        )
        return sum(file.stat().st_size for file in Path(folder).iterdir())


def compile_npm() -> None:
    """Resolve package-lock.json; strip the addresses npm adds for donations."""
    with tempfile.TemporaryDirectory() as folder:
        # Elsewhere: beside a node_modules npm copies from there, and that knows no hashes.
        work = frontend_in(Path(folder), "package.json", ".npmrc")
        frontend_build.npm(work, "install", "--package-lock-only", "--ignore-scripts")
        content = json.loads((work / NPM_LOCK).read_text(encoding="utf-8"))
    for package in content["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    (ROOT / NPM_LOCK).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def bytes_of_npm(*options: str) -> int:
    """Size of the archives an installation with an empty cache downloads on this platform."""
    with tempfile.TemporaryDirectory() as folder:
        work = frontend_in(Path(folder), "package.json", "package-lock.json", ".npmrc")
        cache = Path(folder, "cache")
        os.environ["NPM_CONFIG_CACHE"] = str(cache)
        frontend_build.npm(work, "ci", "--ignore-scripts", "--loglevel=error", *options)
        contents = (cache / "_cacache" / "content-v2").rglob("*")
        return sum(file.stat().st_size for file in contents if file.is_file())


def frontend_in(work: Path, *names: str) -> Path:
    """A clone of these files of the front end alone."""
    (work / "frontend").mkdir()
    for name in names:
        (work / "frontend" / name).write_bytes((ROOT / "frontend" / name).read_bytes())
    return work


def main() -> None:
    """Compile, then measure."""
    done: list[str] = []
    for name, options in LOCKS.items():
        (ROOT / name).unlink(missing_ok=True)
        compile_lock(name, options, done)
        done.append(name)
        print(f"{name}: written", flush=True)
    compile_npm()
    sizes = {name: bytes_of_lock(name) for name in LOCKS}
    sizes[NPM_LOCK] = bytes_of_npm("--omit=dev")
    sizes["npm test tools"] = bytes_of_npm() - sizes[NPM_LOCK]
    lines = [
        "# Bytes to download with empty caches, CPython 3.11 on Linux x86-64; by locks/compile.py"
    ]
    lines += [f'"{name}" = {size}' for name, size in sizes.items()]
    (ROOT / "locks" / "bytes.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[1:]))


if __name__ == "__main__":
    main()
