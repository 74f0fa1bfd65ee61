"""Entities of a text, put together: what a network marks itself, and what is found beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from parvis.core.post import Entity
from parvis.plug.address import safe_href

_SHORTCODE = re.compile(r"(?<![A-Za-z0-9:]):([A-Za-z0-9_]{1,100}):(?![A-Za-z0-9:])")


def merged(first: Iterable[Entity], second: Iterable[Entity]) -> tuple[Entity, ...]:
    """All of `first`, and of `second` (in order of their start) what overlaps none of them; in
    order.
    """
    all_ = sorted(first, key=lambda entity: entity.start)
    taken = iter(tuple(all_))
    other = next(taken, None)
    for entity in second:
        while other is not None and other.end <= entity.start:
            other = next(taken, None)
        if other is None or entity.end <= other.start:
            all_.append(entity)
    return tuple(sorted(all_, key=lambda entity: entity.start))


def find_shortcodes(text: str, emojis: Mapping[str, str]) -> Iterator[Entity]:
    """The `:shortcodes:` in `text` that `emojis` has an image's address for, in order."""
    if not emojis:
        return
    for found in _SHORTCODE.finditer(text):
        if image := safe_href(emojis.get(found[1], "")):
            start, end = found.span()
            yield Entity(type="emoji", start=start, end=end, text=found[0], image=image)
