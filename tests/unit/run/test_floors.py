"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PARVIS = ROOT / "src" / "parvis"
CLIENTS = {"aiohttp", "httpx", "requests", "urllib3", "http.client", "urllib.request"}
DOOR = tuple(
    f"plug/{part}" for part in ("client", "http", "open_socket", "outcome", "resolver", "transport")
)
# Simulators are servers, benches and tests are on both ends of a wire.
# The package index is asked before anything is installed, by ./parvis alone.
FREE = (
    *("run/bench", "run/sim", "run/commands/bench", "run/commands/sim"),
    "run/package_index.py",
)


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module)


def is_free(file: Path) -> bool:
    inside = file.relative_to(PARVIS).as_posix()
    is_test = file.name.startswith("test_") or "testkit" in inside
    is_simulator = inside.startswith(("sim/", "run/bench/"))
    return inside.startswith((*DOOR, *FREE)) or is_test or is_simulator


def test_all_outgoing_http_goes_through_one_door() -> None:
    files = [file for file in PARVIS.rglob("*.py") if not is_free(file)]
    assert files
    strays = {
        file.relative_to(ROOT).as_posix(): name
        for file in files
        for name in imports(file)
        if any(name == client or name.startswith(f"{client}.") for client in CLIENTS)
    }
    assert strays == {}
