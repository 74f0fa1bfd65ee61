"""The people of the demo, none of whom exists, and what they say in five languages. The words and
pictures lie beside this file as data; the same dice give the same evening.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Generic, Literal, TypeVar

import msgspec

HERE = Path(__file__).parent
WEIGHTS = {"en": 5, "fr": 4, "es": 3, "ar": 3, "ja": 3}
"""How often each language speaks."""
REMEMBERED = 4_000
TRIES = 12
Trouble = Literal["troll", "machine", "seller", "warned", "eager"]
_SLOT = re.compile(r"\{(\w+)\}")
T = TypeVar("T")


class Tongue(msgspec.Struct, frozen=True):
    """One language: who speaks it, and lines with slots to fill."""

    people: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    applause: tuple[str, ...]
    announcements: tuple[str, ...]
    again: str
    slots: dict[str, tuple[str, ...]]
    photos: dict[str, tuple[str, ...]]


class Troubled(msgspec.Struct, frozen=True):
    """Somebody whose posts do not simply go up."""

    name: str
    handle: str
    lang: str
    says: tuple[str, ...]
    warning: str = ""


class Picture(msgspec.Struct, frozen=True):
    """A picture: its size in px and its text alternative."""

    w: int
    h: int
    alt: str


class Said(msgspec.Struct, frozen=True):
    """What one person says once; `line` is what `text` was made of, `picture` the name of one."""

    lang: str
    name: str
    handle: str
    text: str
    line: str = ""
    picture: str = ""
    warning: str = ""


def _read(path: Path, type_: type[T]) -> T:
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), type_)


def tongues() -> dict[str, Tongue]:
    """By language."""
    return {path.stem: _read(path, Tongue) for path in sorted((HERE / "said").glob("*.toml"))}


def pictures() -> dict[str, Picture]:
    """By name."""
    return _read(HERE / "pictures.toml", dict[str, Picture])


def picture(name: str) -> bytes:
    """A picture as JPEG."""
    return (HERE / "pictures" / f"{name}.jpg").read_bytes()


class Bag(Generic[T]):
    """Draws everything once before anything twice, and nothing that was drawn just before."""

    def __init__(self, all_: Sequence[T], rng: random.Random) -> None:
        self._all = tuple(all_)
        self._rng = rng
        self._left: list[T] = []
        self._last: deque[T] = deque(maxlen=len(self._all) // 2)

    def draw(self) -> T:
        """The next one."""
        if not self._left:
            fresh = [one for one in self._all if one not in self._last]
            late = [one for one in self._all if one in self._last]
            self._rng.shuffle(fresh)
            self._rng.shuffle(late)
            self._left = late + fresh  # taken from the end
        drawn = self._left.pop()
        self._last.append(drawn)
        return drawn


class Cast:
    """Everybody, with the memory of what was said: no sentence comes twice within hours."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._tongues = tongues()
        self._langs = Bag([lang for lang, times in WEIGHTS.items() for _ in range(times)], rng)
        self._people = {lang: Bag(one.people, rng) for lang, one in self._tongues.items()}
        self._lines = {lang: Bag(one.lines, rng) for lang, one in self._tongues.items()}
        self._pictures = Bag(sorted(pictures()), rng)
        self._trouble = _read(HERE / "trouble.toml", dict[str, Troubled])
        self._bad = {kind: Bag(one.says, rng) for kind, one in self._trouble.items()}
        self._memory: deque[str] = deque(maxlen=REMEMBERED)
        self._said: set[str] = set()

    def words(self, lang: str = "") -> Said:
        """Somebody says something; in the language given, or in whichever comes."""
        lang = lang or self._langs.draw()
        line = self._lines[lang].draw()
        return self._fresh(lang, line)

    def photo(self, lang: str = "") -> Said:
        """Somebody shows a picture."""
        lang, name = lang or self._langs.draw(), self._pictures.draw()
        line = self._rng.choice(self._tongues[lang].photos[name])
        return msgspec.structs.replace(self._fresh(lang, line), picture=name)

    def applause(self) -> Said:
        """Somebody claps; many do so in the same words."""
        lang = self._langs.draw()
        return self._by_somebody(lang, self._rng.choice(self._tongues[lang].applause))

    def announcement(self) -> Said:
        """The house says something."""
        lang = self._langs.draw()
        return self._fresh(lang, self._rng.choice(self._tongues[lang].announcements))

    def trouble(self, kind: Trouble) -> Said:
        """Somebody whose post is refused or has to wait."""
        who = self._trouble[kind]
        line = self._bad[kind].draw()
        text = self._unsaid(who.lang, line)
        return Said(who.lang, who.name, who.handle, text, line, warning=who.warning)

    def corrected(self, said: Said) -> Said:
        """The same sentence with its facts put right; the same where it has none."""
        return msgspec.structs.replace(said, text=self._unsaid(said.lang, said.line, said.text))

    def _fresh(self, lang: str, line: str) -> Said:
        return self._by_somebody(lang, self._unsaid(lang, line), line)

    def _by_somebody(self, lang: str, text: str, line: str = "") -> Said:
        name, handle = self._people[lang].draw()
        return Said(lang, name, handle, text, line or text)

    def _unsaid(self, lang: str, line: str, but: str = "") -> str:
        """The line filled as it was not before, if there is a way."""
        text = self._filled(lang, line)
        for tried in range(TRIES):
            if text not in self._said and text != but:
                break
            more = f" {self._tongues[lang].again}" if tried >= TRIES // 2 and not but else ""
            text = self._filled(lang, line + more)
        if text not in self._said:
            if len(self._memory) == REMEMBERED:
                self._said.discard(self._memory[0])
            self._memory.append(text)
            self._said.add(text)
        return text

    def _filled(self, lang: str, line: str) -> str:
        slots = self._tongues[lang].slots
        text = _SLOT.sub(lambda slot: self._rng.choice(slots[slot[1]]), line)
        return text[:1].upper() + text[1:]  # a slot may begin the sentence
