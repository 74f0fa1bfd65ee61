"""On which line of an event file a key stands: for sentences, so a best guess is enough."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\- ]+?)\s*\]\]?\s*(#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=")

Place = tuple[str | int, ...]


def lines_of(text: str) -> dict[Place, int]:
    """Line numbers, from 1, by path: `("wall", 0, "source", 1, "plugin")`."""
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    here: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            names = [name.strip() for name in header[2].split(".")]
            here = _enter(names, header[1] == "[[", counts)
            found.setdefault(here, number)
        elif key := _KEY.match(line):
            path = (*here, *(name.strip() for name in key[1].split(".")))
            found.setdefault(path, number)
    return found


def line_of(lines: dict[Place, int], path: Place) -> int:
    """The line of the path, or of the nearest thing around it; 0 when nothing is known."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 0


def _enter(names: list[str], opens: bool, counts: dict[Place, int]) -> Place:
    here: Place = ()
    for name in names[:-1]:
        here = (*here, name)
        if here in counts:
            here = (*here, counts[here])
    here = (*here, names[-1])
    if opens:
        counts[here] = counts.get(here, -1) + 1
        return (*here, counts[here])
    return (*here, counts[here]) if here in counts else here
