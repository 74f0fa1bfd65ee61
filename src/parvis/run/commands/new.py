"""`parvis new source NAME`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import parvis
from parvis.run.blueprint import KINDS, write_built_in, write_package

SUMMARY = "write the folder of a new extension, whose contract tests already run"
EXAMPLE = "parvis new source town_news"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The kind and the name; `--to` for a package outside parvis."""
    parser.add_argument("kind", choices=KINDS, help="what it is")
    parser.add_argument("name", help="lower-case letters, digits and _")
    parser.add_argument("--to", type=Path, metavar="DIR", help="a package of its own in DIR")


def run(args: argparse.Namespace) -> int:
    """Write it, and say what comes next."""
    if args.to is not None:
        files = write_package(args.kind, args.name, args.to)
        say = f"cd {args.to} && pip install -e . && pytest"
    else:
        files = write_built_in(args.kind, args.name, Path(parvis.__file__).parent)
        say = f"./parvis test {os.path.relpath(files[0].parent)}"
    for path in files:
        print(os.path.relpath(path))
    print(f"next: {say}")
    return 0
