"""Tables of an event file read into structs: every fault is one sentence with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from parvis.run.event_lines import Place, line_of
from parvis.run.settings import nearest

_ID = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class Faults:
    """Reads on past a fault, so that a person sees them all; `faults` gathers the sentences."""

    def __init__(self, where: str, lines: dict[Place, int]) -> None:
        self.faults: list[str] = []
        self._where = where
        self._lines = lines

    def _table(
        self,
        given: Mapping[str, Any],
        kind: type[Any],
        at: Place,
        noun: str,
        more: Sequence[str] = (),
    ) -> Any:
        """`given` as `kind`; unknown keys and wrong types are faults, the rest stands."""
        hints = get_type_hints(kind)
        fields: dict[str, Any] = {}
        for name, value in given.items():
            if name not in hints:
                end = nearest(name, [*hints, *more])
                self._fault((*at, name), f"a {noun} has no {name!r}; {end}")
                continue
            try:
                fields[name] = msgspec.convert(value, hints[name])
            except msgspec.ValidationError as error:
                choices = get_args(hints[name]) if get_origin(hints[name]) is Literal else ()
                said = str(error)[:1].lower() + str(error)[1:] + "; correct it"
                if choices:
                    said = f"{value!r} is none of {', '.join(choices)}"
                self._fault((*at, name), f"{name}: {said}")
                fields[name] = msgspec.UNSET
        kept = {name: value for name, value in fields.items() if value is not msgspec.UNSET}
        return kind(**kept)

    def _sub(self, given: Mapping[str, Any], name: str, at: Place) -> dict[str, Any]:
        table = given.get(name, {})
        if isinstance(table, dict):
            return table
        self._fault((*at, name), f"{name} is a table: write [wall.{name}]")
        return {}

    def _tables(self, given: Mapping[str, Any], name: str, at: Place) -> list[dict[str, Any]]:
        tables = given.get(name, [])
        if isinstance(tables, list) and all(isinstance(each, dict) for each in tables):
            return tables
        self._fault((*at, name), f"a {name} is written [[wall.{name}]], with two brackets")
        return []

    def _check_id(self, given: str, at: Place, noun: str) -> None:
        if not given:
            self._fault(at, f"a {noun} needs an id")
        elif not _ID.fullmatch(given):
            self._fault(
                at,
                f"the {noun} id {given!r} stands in addresses; use lower-case letters, digits and"
                " hyphens",
            )

    def _fault(self, at: Place, says: str) -> None:
        line = line_of(self._lines, at)
        place = f"{self._where}, line {line}" if line else self._where
        mark = "" if says.endswith(("?", ".")) else "."
        self.faults.append(f"{place}: {says}{mark}")
