"""`parvis version`."""

from __future__ import annotations

import argparse
import platform

import parvis

SUMMARY = "print the versions of parvis and of the Python it runs on"
EXAMPLE = "parvis version"


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    """Print one line."""
    print(f"parvis {parvis.__version__} (Python {platform.python_version()})")
    return 0
