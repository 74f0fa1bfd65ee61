"""The words that are looked for: lists in files, and the wall's own."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Literal, NamedTuple

from parvis.checks.wordlist.folded import Word, covers, form, sounds, words

Severity = Literal["reject", "hold"]
LISTS = Path(__file__).parent / "lists"
ENDINGS = {"en": ("", "s", "es"), "fr": ("", "s", "e", "es")}


class Entry(NamedTuple):
    """One listed word or phrase, as it is written in the list; no severity where it is allowed."""

    said: str
    words: tuple[Word, ...]
    list: str
    category: str
    severity: Severity | None


class Hit(NamedTuple):
    """Where an entry stands in the text, in code points."""

    entry: Entry
    start: int
    end: int


class Lexicon:
    """Entries, found by their first word."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_first: dict[str, list[Entry]] = {}
        for entry in entries:
            self._by_first.setdefault(entry.words[0].letters, []).append(entry)

    def knows(self, letters: AbstractSet[str]) -> bool:
        """Whether an entry begins with a word of these letters."""
        return not letters.isdisjoint(self._by_first)

    def find(self, spoken: Sequence[Word]) -> Iterator[Hit]:
        """Every entry that stands among the `spoken` words."""
        for number, word in enumerate(spoken):
            for entry in self._by_first.get(word.letters, ()):
                last = number + len(entry.words)
                if last <= len(spoken) and _same(spoken[number:last], entry.words):
                    yield Hit(entry, word.start, spoken[last - 1].end)


def find_hits(text: str, lexicons: Sequence[Lexicon]) -> list[Hit]:
    """What is found in `text` and not allowed there, worst first, then by place."""
    heard = sounds(text)
    if heard is not None and not any(each.knows(heard) for each in lexicons):
        return []
    plain, leet = words(text)
    found = [hit for each in lexicons for view in (plain, leet) for hit in each.find(view)]
    fine = sorted((hit.start, hit.end) for hit in found if hit.entry.severity is None)
    starts = [start for start, _ in fine]
    reach = list(accumulate((end for _, end in fine), max))  # how far those so far extend
    left: set[Hit] = set()
    for hit in found:
        before = bisect_right(starts, hit.start)
        if hit.entry.severity is not None and not (before and reach[before - 1] >= hit.end):
            left.add(hit)
    return sorted(left, key=lambda hit: (hit.entry.severity != "reject", hit.start, -hit.end))


@lru_cache(maxsize=64)
def published(name: str) -> Lexicon | None:
    """The list `name` of this extension, or None."""
    path = LISTS / f"{name}.txt"
    if not (name.isalnum() and name.isascii() and path.is_file()):
        return None
    return Lexicon(_read(path.read_text(encoding="utf-8"), name))


@lru_cache(maxsize=256)
def own(listed: tuple[str, ...], allowed: tuple[str, ...]) -> Lexicon:
    """A wall's own words and phrases, and those it allows."""
    entries = [_entry(each, "own", "own", "reject") for each in listed]
    entries += [_entry(each, "own", "allowed", None) for each in allowed]
    return Lexicon(entry for entry in entries if entry is not None)


def _read(text: str, name: str) -> Iterator[Entry]:
    for line in text.splitlines():
        head, colon, rest = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        severity, _, category = head.partition(" ")
        kind: Severity | None = (
            "reject" if severity == "reject" else "hold" if severity == "hold" else None
        )
        for said in rest.split():
            endings = ENDINGS.get(name, ("",)) if said.endswith("+") else ("",)
            for ending in endings:
                phrase = said.removesuffix("+").replace("_", " ") + ending
                for each in {phrase, phrase.replace(" ", "")}:  # also as a tag writes it
                    entry = _entry(each, name, category or "allowed", kind)
                    if entry is not None:
                        yield entry


def _entry(said: str, list_: str, category: str, severity: Severity | None) -> Entry | None:
    plain, _ = words(said)
    parts = tuple(form(said[word.start : word.end]) for word in plain)
    return Entry(said, parts, list_, category, severity) if parts else None


def _same(spoken: Sequence[Word], listed: Sequence[Word]) -> bool:
    return all(
        mine.letters == theirs.letters and covers(mine, theirs)
        for mine, theirs in zip(spoken, listed, strict=True)
    )
