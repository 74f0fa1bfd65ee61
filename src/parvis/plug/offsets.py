"""Marks of a text that a network counts in its own unit, turned into entities in code points.

The text is cleaned piece by piece between the marks, so that what is taken out moves them along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from parvis.core.post import Entity, EntityType
from parvis.plug.address import safe_href
from parvis.plug.plain import clean

Place = Callable[[int], int]
"""The code point at a network's offset, -1 where none begins there."""


class Mark(NamedTuple):
    """A stretch of the network's text, in code points."""

    start: int
    end: int
    type: EntityType
    href: str = ""
    shown: str = ""
    """What is to be read there instead of the stretch itself, where the network asks for that."""


class Marked(NamedTuple):
    """A text fit for a screen, with its entities in order."""

    text: str
    entities: tuple[Entity, ...]


def in_bytes(text: str) -> Place:
    """Offsets in bytes of UTF-8."""
    if text.isascii():
        return in_code_points(text)
    return _placed(text, lambda sign: len(sign.encode("utf-8", "surrogatepass")))


def in_utf16(text: str) -> Place:
    """Offsets in units of UTF-16."""
    if not text or max(text) <= "\uffff":
        return in_code_points(text)
    return _placed(text, lambda sign: 1 + (sign > "\uffff"))


def in_code_points(text: str) -> Place:
    """Offsets as Python counts."""
    return lambda at: at if 0 <= at <= len(text) else -1


def _placed(text: str, size: Callable[[str], int]) -> Place:
    places: dict[int, int] = {}
    at = 0
    for place, sign in enumerate(text):
        places[at] = place
        at += size(sign)
    places[at] = len(text)
    return lambda given: places.get(given, -1)


def marked(
    text: str, marks: Iterable[Mark], read: Callable[[str], str] = lambda piece: piece
) -> Marked:
    """`text` cleaned, and the marks that lie in it; of two that overlap, the one that begins first
    stays. `read` takes each piece between the marks out of the network's writing (`&amp;`).
    """
    parts: list[str] = []
    entities: list[Entity] = []
    at = size = 0

    def put(piece: str) -> str:
        nonlocal size
        cleaned = clean(read(piece))
        parts.append(cleaned)
        size += len(cleaned)
        return cleaned

    for mark in sorted(marks):
        if not at <= mark.start < mark.end <= len(text):
            continue
        put(text[at : mark.start])
        begins = size
        said = put(mark.shown or text[mark.start : mark.end])
        at = mark.end
        if said.strip():
            href = safe_href(mark.href) if mark.href else ""
            entities.append(Entity(mark.type, begins, size, said, href))
    put(text[at:])
    whole = "".join(parts)
    kept = whole.strip()
    left = len(whole) - len(whole.lstrip())
    moved = [
        Entity(each.type, each.start - left, each.end - left, each.text, each.href)
        for each in entities
        if each.start >= left and each.end - left <= len(kept)
    ]
    return Marked(kept, tuple(moved))
