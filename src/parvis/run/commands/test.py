"""`parvis test`: in a clone the script answers before this is reached."""

from __future__ import annotations

import argparse

from parvis.core.errors import Refused

SUMMARY = "run every test (from a clone: ./parvis test)"
EXAMPLE = "./parvis test --quick"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what tests/run.py takes, so that the answer is about the clone and not about a word."""
    parser.add_argument("path", nargs="*", help="only these test files or folders")
    parser.add_argument("--quick", action="store_true", help="the inner loop, under five minutes")
    parser.add_argument("--soak", action="store_true", help="runs of hours")


def run(args: argparse.Namespace) -> int:
    """Refuse: an installed program carries no tests."""
    raise Refused("The tests are not installed; run them from a clone with `./parvis test`.")
