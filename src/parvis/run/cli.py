"""The command line: one file per command in commands/, found by looking into the folder."""

from __future__ import annotations

import argparse
import difflib
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import Protocol, cast

import parvis
from parvis.core.errors import Later, Refused
from parvis.run import commands
from parvis.run.complaint import WRONG, OneSentence

INTERRUPTED = 130


class Command(Protocol):
    """What each file in commands/ offers."""

    SUMMARY: str
    EXAMPLE: str

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it and give the exit status; Refused and Later become one sentence and status 2."""


def names() -> list[str]:
    """Every command's name, in alphabetical order."""
    found = pkgutil.iter_modules(commands.__path__)
    return sorted(module.name.replace("_", "-") for module in found)


def find(name: str) -> Command:
    """Load one command; the others stay unread, so that a start is quick."""
    module = importlib.import_module(f"{commands.__name__}.{name.replace('-', '_')}")
    return cast(Command, module)


def parser_of(name: str, command: Command) -> argparse.ArgumentParser:
    """The parser of one command; its help ends with the example."""
    parser = OneSentence(
        prog=f"parvis {name}",
        example=command.EXAMPLE,
        description=command.SUMMARY,
        epilog=f"example:\n  {command.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.arguments(parser)
    return parser


def overview() -> str:
    """What `parvis --help` prints."""
    width = max(len(name) for name in names()) + 2
    lines = [f"  {name:<{width}}{find(name).SUMMARY}" for name in names()]
    return "\n".join(
        [
            parvis.__doc__ or "",
            "",
            "usage: parvis COMMAND …",
            "",
            *lines,
            "",
            "Each command explains itself: parvis COMMAND --help",
        ]
    )


def complain(sentence: str) -> int:
    """Say what is wrong, on the error output; gives the exit status."""
    print(f"parvis: {sentence}", file=sys.stderr)
    return WRONG


def unknown(name: str) -> str:
    """The sentence about a command that does not exist, with the nearest that does."""
    nearest = difflib.get_close_matches(name, names(), n=1)
    meant = f"did you mean `parvis {nearest[0]}`?" if nearest else "see `parvis --help`."
    return f"There is no command `{name}`; {meant}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    if words[0] in ("-V", "--version"):
        words[0] = "version"
    name = words.pop(0)
    if name not in names():
        return complain(unknown(name))
    command = find(name)
    try:
        return command.run(parser_of(name, command).parse_args(words))
    except (Refused, Later) as failed:
        return complain(str(failed))
    except KeyboardInterrupt:
        return INTERRUPTED
