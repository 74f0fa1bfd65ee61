"""What the server, the pages and the extensions say in French is set as French is, and an author's
line says nothing twice, on either side.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import parvis
from parvis.sources.phone.speech import WORDS
from parvis.web.pages.card import _alike
from parvis.web.tongue import TONGUES
from parvis.web.words import FR
from tests.unit.frontend.node import asked

BREAKS = re.compile(r"[ \w)}»][;?!:](?=\s|$)| [»%]|« |«\w")
"""A sign without a space that does not break before it, or a guillemet without one inside."""
PAIRS = [("@ada", "Ada"), ("Ada", "@ada"), ("ada@x.org", "Ada"), ("ÉTÉ", "été"), ("", "Ada")]


def french(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from [each] if key == "fr" and isinstance(each, str) else french(each)
    elif isinstance(value, list):
        for each in value:
            yield from french(each)


def of_the_server() -> list[str]:
    fields = [getattr(FR, field.name) for field in dataclasses.fields(FR)]
    return [text for text in fields if isinstance(text, str)] + [text for _, text in FR.basis]


def of_the_extensions() -> list[str]:
    manifests = sorted(Path(parvis.__file__).parent.rglob("plugin.toml"))
    return [
        text
        for path in manifests
        for text in french(tomllib.loads(path.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Quoi ?", False),
        ("Quoi?", False),
        ("Quoi\u202f?", True),
        ("Ici : là", False),
        ("{name}: là", False),
        ("Ici\u00a0: à 12:30", True),
        ("« Oui »", False),
        ("«\u00a0Oui\u00a0»", True),
        ("12 %", False),
        ("https://example.org", True),
    ],
)
def test_what_breaks_is_found(text: str, right: bool) -> None:
    assert (BREAKS.search(text) is None) is right


def test_no_sign_of_the_servers_french_begins_a_line() -> None:
    door = WORDS["fr"]
    pages = [text for part in TONGUES["fr"].words.values() for text in part.values()]
    texts = [*of_the_server(), *of_the_extensions(), *pages, door.consent, *door.says.values()]
    assert len(texts) > 150
    assert [text for text in texts if BREAKS.search(text)] == []


def test_nor_one_of_the_pages_and_both_sides_know_the_same_author() -> None:
    told = asked("words.mjs", PAIRS)
    assert len(told["words"]) >= 10
    assert [text for text in told["words"].values() if BREAKS.search(text)] == []
    assert told["alike"] == [_alike(*pair) for pair in PAIRS] == [True, True, False, True, False]
