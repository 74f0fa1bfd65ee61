"""Text as a reader hears it, with the way back: each word knows where it stands in the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")
_LEET_WORD = re.compile(r"[@$€!|+\w]+")
_LEET_SIGN = re.compile("[013456789@$€!|+]")
_LEET_EDGE = "!|+"
_AS_LETTERS = str.maketrans("013456789@$€!|+", "oieasgtbgaseiit")
_ONE_AS_L = str.maketrans("1|!", "lll")
_RUNS = re.compile(r"(.)\1*")
_TWICE = re.compile(r"(.)\1+")
_LATIN = re.compile("[a-z]")
_LOOKALIKE = re.compile("[\u0370-\u052f]")
_TO_LATIN = str.maketrans(
    # Cyrillic and Greek letters that look Latin; used only in words that mix the writings
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u043c\u0442\u043d\u0432"
    "\u03b1\u03bf\u03c1\u03b9\u03ba\u03bd\u03c4\u03c5\u03b5",
    "aeopcyxijskmthbaopikvtue",
)
REMEMBERED = 32
"""People use the same words again; those up to this length are worked out once."""
SPACED = 3
"""That many single letters in a row, each a sign apart, are read as one word."""
_ROW = re.compile(rf"(?<![^\W_])[^\W_](?:[\W_][^\W_](?![^\W_])){{{SPACED - 1}}}")


class Word(NamedTuple):
    """`letters`, each run of a letter cut to one, how long the `runs` were, and `start:end` in the
    original.
    """

    letters: str
    runs: tuple[int, ...]
    start: int
    end: int


def fold(text: str) -> tuple[str, list[int] | None]:
    """`text` in small letters without accents and unseen signs, and for each sign of it the place
    in `text` it came from (None: the same place).
    """
    if text.isascii():
        return text.lower(), None
    parts: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        folded = _fold(sign)
        parts.append(folded)
        places += [place] * len(folded)
    return "".join(parts), places


@lru_cache(maxsize=8192)
def _fold(sign: str) -> str:
    if sign == "\u2019":
        return "'"
    parts = unicodedata.normalize("NFKD", sign).casefold()
    return "".join(each for each in parts if unicodedata.category(each) not in ("Mn", "Me", "Cf"))


def sounds(text: str) -> set[str] | None:
    """What the plain words of `text` sound like; None where it hides others among them."""
    folded, _ = fold(text)
    if _ROW.search(folded) or _LEET_SIGN.search(folded):
        return None
    return {_hear(found)[0] for found in _WORD.findall(folded)}


def words(text: str) -> tuple[list[Word], list[Word]]:
    """The words of `text`, in order, and once more those in which digits and signs may stand for
    letters; in time linear in the length.
    """
    folded, places = fold(text)
    plain = [
        _word(found[0], found.start(), found.end(), places) for found in _WORD.finditer(folded)
    ]
    spaced = list(_spaced(folded, places)) if _ROW.search(folded) else []
    return plain + spaced, list(_leet(folded, places))


def form(word: str) -> Word:
    """A single word of a list, as `words` gives it."""
    folded, places = fold(word)
    return _word(folded, 0, len(folded), places)


def covers(said: Word, listed: Word) -> bool:
    """Whether `said` is `listed`, perhaps drawn out: a run counts as drawn out from three on."""
    if said.runs == listed.runs:
        return True
    pairs = zip(said.runs, listed.runs, strict=True)
    return all(mine == theirs or mine >= max(theirs, 3) for mine, theirs in pairs)


def _word(folded: str, start: int, end: int, places: list[int] | None) -> Word:
    letters, runs = _hear(folded)
    if places is None:
        return Word(letters, runs, start, end)
    return Word(letters, runs, places[start], places[end - 1] + 1)


def _hear(folded: str) -> tuple[str, tuple[int, ...]]:
    return _heard(folded) if len(folded) <= REMEMBERED else _heard.__wrapped__(folded)


@lru_cache(maxsize=32_768)
def _heard(folded: str) -> tuple[str, tuple[int, ...]]:
    """The word's letters, each run cut to one, and how long the runs were."""
    if _LOOKALIKE.search(folded) and _LATIN.search(folded):
        folded = folded.translate(_TO_LATIN)
    if not _TWICE.search(folded):
        return folded, (1,) * len(folded)
    runs = tuple(found.end() - found.start() for found in _RUNS.finditer(folded))
    return _TWICE.sub(r"\1", folded), runs


def _spaced(folded: str, places: list[int] | None) -> Iterator[Word]:
    """`c o n` and `c.o.n` as one word."""
    row: list[re.Match[str]] = []
    for found in _WORD.finditer(folded):
        single = found.end() - found.start() == 1
        if row and (not single or found.start() - row[-1].end() != 1):
            yield from _joined(row, places)
            row = []
        if single:
            row.append(found)
    yield from _joined(row, places)


def _joined(row: list[re.Match[str]], places: list[int] | None) -> Iterator[Word]:
    if len(row) >= SPACED:
        yield _word("".join(each[0] for each in row), row[0].start(), row[-1].end(), places)


def _leet(folded: str, places: list[int] | None) -> Iterator[Word]:
    if not _LEET_SIGN.search(folded):
        return
    for found in _LEET_WORD.finditer(folded):
        text = found[0].strip("_")
        core = text.strip(_LEET_EDGE)
        start = found.start() + found[0].find(core)
        if not _LEET_SIGN.search(core) or sum(map(str.isalpha, core)) * 2 < len(core):
            continue  # nothing stands for a letter, or it is a number such as a road
        yield _word(core.translate(_AS_LETTERS), start, start + len(core), places)
        if any(sign in core for sign in "1|!"):
            as_l = core.translate(_ONE_AS_L).translate(_AS_LETTERS)
            yield _word(as_l, start, start + len(core), places)
