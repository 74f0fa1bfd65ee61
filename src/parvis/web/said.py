"""Said: the server's sentences in the language of whoever reads them, by `sentences/fr.toml` and
the `fr.toml` of each extension.

The steps of the road say one thing in English, to the log and the store as well; here, at the last
moment, it is said in the reader's language. What has no translation stays as it is.
"""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

import msgspec

from parvis.core.post import Post
from parvis.plug.declared import KINDS
from parvis.plug.find import find
from parvis.web.tongue import french

log = logging.getLogger(__name__)

_OWN = Path(__file__).parent / "sentences" / "fr.toml"
LONGEST = 2000
"""A longer text is no sentence of ours."""
FIELDS = frozenset(
    {"because", "detail", "faults", "last_aside", "problems", "says", "sentence", "why"}
)
"""Under these names the API's answers have sentences of ours."""
_END = re.compile(r"(?<=[.!?]) |\n  ")


class _Value(str):
    """What stands in a place of a sentence; `{0:said}` says it in the same language."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        text = str(self)
        if spec != "said":
            return text
        parts = text.split("; ")
        each = [said(part, "fr") for part in parts]
        if all(new != old for new, old in zip(each, parts, strict=True)):
            return french(" ; ").join(each)
        return said(text, "fr")


class Known(msgspec.Struct, frozen=True):
    """A sentence with places: its fixed parts in English, and the other language's text."""

    parts: tuple[str, ...]
    text: str

    def values(self, text: str) -> list[str] | None:
        """What stands in the places, each as short as it can be; None when it is another sentence.
        Linear in the text: people's words stand in these places.
        """
        first, *middle, last = self.parts
        end = len(text) - len(last)
        if end < len(first) or not text.startswith(first) or not text.endswith(last):
            return None
        if not last and text.endswith(".") and not self.parts[-2].endswith(": "):
            return None  # this is a part of a sentence, and the text is a whole one
        found, at = [], len(first)
        for part in middle:
            place = text.find(part, at, end)
            if place < 0:
                return None
            found.append(text[at:place])
            at = place + len(part)
        return [*found, text[at:end]]


def _read() -> tuple[dict[str, str], tuple[Known, ...]]:
    """Our sentences, and those of extensions; none of them says ours in other words."""
    rooms: dict[str, dict[str, str]] = tomllib.loads(_OWN.read_text(encoding="utf-8"))
    pairs: dict[str, str] = {}
    for sentences in (*_of_extensions(), *rooms.values()):
        pairs.update(sentences)
    pairs = {en: french(text) for en, text in pairs.items()}
    known = [Known(tuple(en.split("{}")), text) for en, text in pairs.items() if "{}" in en]
    # what begins or says most itself goes first: "There is no {} {}; …" fits more than it means
    known.sort(key=lambda each: (-len(each.parts[0]), -sum(map(len, each.parts))))
    return {en: text for en, text in pairs.items() if "{}" not in en}, tuple(known)


def _of_extensions() -> Iterator[dict[str, str]]:
    """Of each that has an `fr.toml`; one that cannot be read stays English."""
    for kind in KINDS:
        for extension in find(kind).values():
            path = extension.folder / "fr.toml"
            if not path.is_file():
                continue
            try:
                pairs = tomllib.loads(path.read_text(encoding="utf-8"))
                yield {en: text for en, text in pairs.items() if _fits(en, text)}
            except (OSError, ValueError) as wrong:
                log.warning("said.unreadable", extra={"file": path.name, "why": str(wrong)})


def _fits(en: str, text: object) -> bool:
    """Whether the text fills the places that the sentence has."""
    if not isinstance(text, str):
        return False
    try:
        places = [*Formatter().parse(text)]
    except ValueError:
        return False
    numbers = {str(number) for number in range(en.count("{}"))}
    return all(
        name is None or (name in numbers and spec in ("", "said") and not conversion)
        for _, name, spec, conversion in places
    )


WHOLE, KNOWN = _read()


@lru_cache(maxsize=4096)
def said(text: str, lang: str) -> str:
    """The sentence, or the sentences, in that language where they are known; else as they are."""
    if not lang.startswith("fr") or not text or len(text) > LONGEST:
        return text
    ends = [*_END.finditer(text)]
    for end in ends:  # the shortest first: no place holds a whole sentence and what follows it
        head = _one(text[: end.start()])
        if head is not None:
            return head + end[0] + said(text[end.end() :], lang)
    if (whole := _one(text)) is not None or not ends:
        return whole or text
    first = ends[0]
    return text[: first.end()] + said(text[first.end() :], lang)


def _one(text: str) -> str | None:
    if (whole := WHOLE.get(text)) is not None:
        return whole
    for known in KNOWN:
        values = known.values(text)
        if values is not None:
            return known.text.format(*map(_Value, values))
    return None


def told(value: Any, lang: str, name: str = "") -> Any:
    """An answer of the API with its sentences in that language; posts are people's own words."""
    if not lang.startswith("fr"):
        return value
    if isinstance(value, str):
        return said(value, lang) if name in FIELDS else value
    if isinstance(value, list | tuple):
        return type(value)(told(each, lang, name) for each in value)
    if isinstance(value, dict):
        return {key: told(each, lang) for key, each in value.items()}
    if isinstance(value, msgspec.Struct) and not isinstance(value, Post):
        held = {field: getattr(value, field) for field in value.__struct_fields__}
        new = {field: told(each, lang, field) for field, each in held.items()}
        changed = {field: each for field, each in new.items() if each is not held[field]}
        return msgspec.structs.replace(value, **changed) if changed else value
    return value
