"""What the door says to visitors, in their language: `words/*.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

CONSENT_VERSION = "1"
"""Changes with any word of `consent` or `age`."""


class Words(msgspec.Struct, frozen=True):
    """One language. `says` has a sentence for each thing that can be wrong."""

    consent: str
    age: str
    says: dict[str, str]


def _read(path: Path) -> Words:
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Words)


WORDS = {path.stem: _read(path) for path in (Path(__file__).parent / "words").glob("*.toml")}


def language_of(asked: str) -> str:
    """The nearest of our languages."""
    root = asked.replace("_", "-").partition("-")[0].lower()
    return root if root in WORDS else "en"


def say(lang: str, what: str, **values: object) -> str:
    """One sentence."""
    return WORDS[language_of(lang)].says[what].format(**values)
