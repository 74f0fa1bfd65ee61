"""Where the store of a command line is, before anything is installed that could read settings."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path


def engine_named(arguments: Sequence[str]) -> str:
    """The engine as far as it tells which driver is wanted; '' for the embedded one. The program
    checks it later.
    """
    if named := os.environ.get("PARVIS_ENGINE", ""):
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
