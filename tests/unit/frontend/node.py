"""Runs a script of frontend/tests/ in the Node that parvis is built with."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.needs import node

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "src" / "parvis" / "static"


def run_node(script: str, *arguments: str, given: object = None) -> str:
    """What the script prints; `given` is its standard input, as JSON."""
    done = subprocess.run(
        [str(node()), f"tests/{script}", *arguments],
        cwd=ROOT / "frontend",
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def built(*names: str) -> list[Path]:
    """Built files, which must be there."""
    paths = [path for name in names for path in sorted(STATIC.glob(name))]
    assert len(paths) >= len(names), "the browser's part is not built: npm run build in frontend/"
    return paths


def asked(script: str, given: object) -> Any:
    """The script's answer as JSON."""
    return json.loads(run_node(script, given=given))
