"""What of a command line's settings decides what is installed, before anything is that could read
them.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path

POSTGRESQL_LOCK = "locks/postgresql.lock"


def extra_locks(arguments: Sequence[str]) -> list[str]:
    """The locks that this command line wants besides those that all do."""
    return [POSTGRESQL_LOCK] if engine_named(arguments).startswith("postgres") else []


def engine_named(arguments: Sequence[str]) -> str:
    """The engine as far as it tells which driver is wanted; '' for the embedded one. The program
    checks it later.
    """
    if named := os.environ.get("PARVIS_ENGINE", "").strip():
        return named
    folder = os.environ.get("PARVIS_DATA", "") or "parvis-data"
    for at, argument in enumerate(arguments):
        if argument == "--data":
            folder = "".join(arguments[at + 1 : at + 2]) or folder
        elif argument.startswith("--data="):
            folder = argument.removeprefix("--data=")
    try:
        text = (Path(folder).expanduser() / "parvis.toml").read_text(encoding="utf-8-sig")
        return str(tomllib.loads(text).get("engine", ""))
    except (OSError, ValueError, RecursionError):
        return ""
