"""A parser of arguments that complains in one sentence of ours, with an example."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import NoReturn

from parvis.plug.nearest import did_you_mean

WRONG = 2
_CHOICE = re.compile(r"argument (\S+): invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL)
_NUMBER = re.compile(r"argument (\S+): invalid (int|float) value: '(.*)'", re.DOTALL)
_LACKING = re.compile(r"argument (\S+): expected one argument")
_REQUIRED = re.compile(r"the following arguments are required: (.*)")
_UNKNOWN = re.compile(r"unrecognized arguments: (.*)", re.DOTALL)


class OneSentence(argparse.ArgumentParser):
    """Python's own complaints differ between its versions and speak of arguments; these do not."""

    def __init__(self, *, example: str = "", prog: str = "", **more: object) -> None:
        super().__init__(prog=prog, **more)  # type: ignore[arg-type]
        self.example = example or f"{prog} --help"

    def error(self, message: str) -> NoReturn:
        """Exit with status 2."""
        self.exit(WRONG, f"parvis: {self._said(message)}\n")

    def _said(self, message: str) -> str:
        told: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (_CHOICE, self._choice),
            (_NUMBER, self._number),
            (_LACKING, lambda found: f"{found[1]} needs a value after it{self._such_as()}"),
            (_REQUIRED, lambda found: f"`{self.prog}` needs {found[1]}{self._such_as()}"),
            (_UNKNOWN, self._unknown),
        )
        for pattern, say in told:
            if found := pattern.fullmatch(message):
                return say(found)
        return f"{message[:1].upper()}{message[1:].rstrip('.')}{self._such_as()}"

    def _such_as(self) -> str:
        return f"; for example: {self.example}"

    def _choice(self, found: re.Match[str]) -> str:
        known = [each.strip(" '\"") for each in found[3].split(",")]
        end = did_you_mean(found[2], known, f"choose from {', '.join(known)}")
        end = end if end.endswith("?") else end.rstrip(".") + self._such_as()
        return f"There is no {found[1].lower()} {found[2]!r} for `{self.prog}`; {end}"

    def _number(self, found: re.Match[str]) -> str:
        kind = "a whole number" if found[2] == "int" else "a number"
        default = next(
            (each.default for each in self._actions if found[1] in each.option_strings), None
        )
        shown = default or (8400 if found[2] == "int" else 0.5)
        said = f"{found[1]} takes {kind}, and {found[3]!r} is none"
        return f"{said}; for example: {found[1]} {shown}"

    def _unknown(self, found: re.Match[str]) -> str:
        word = found[1].split()[0]
        options = [name for each in self._actions for name in each.option_strings]
        see = f"see `{self.prog} --help`"
        end = did_you_mean(word.partition("=")[0], options, see) if word[:1] == "-" else f"{see}."
        return f"`{self.prog}` takes no {word!r}; {end}"
