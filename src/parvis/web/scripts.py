"""Which typefaces a page's words need besides the brand's own: the first frame has no wrong letter.

The browser's half is `frontend/kit/scripts.ts`: the same ranges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from parvis.core.wire import Card

SCRIPTS = {
    "noto": re.compile("[\u0370-\u052f\u1f00-\u1fff]"),
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc]"),
    "hebrew": re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]"),
    "devanagari": re.compile("[\u0900-\u097f]"),
    "bengali": re.compile("[\u0980-\u09ff]"),
    "tamil": re.compile("[\u0b80-\u0bff]"),
    "thai": re.compile("[\u0e00-\u0e7f]"),
    "jp": re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]"),
    "kr": re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"),
}
HAN = re.compile("[\u2e80-\u2fdf\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_TAIWAN = re.compile(r"-(TW|HK|MO|Hant)\b", re.IGNORECASE)


def sheets_for(text: str, lang: str) -> Iterator[str]:
    """The style sheets that `text` in `lang` needs."""
    if text.isascii():
        return
    found = [sheet for sheet, signs in SCRIPTS.items() if signs.search(text)]
    yield from found
    if HAN.search(text) and not {"jp", "kr"} & set(found):
        yield _han(lang)


def sheets_of(cards: Iterable[Card], title: str, lang: str) -> list[str]:
    """Those of a whole first frame, each once."""
    found = list(sheets_for(title, lang))
    for card in cards:
        words = f"{card.text} {card.author.name if card.author is not None else ''}"
        found += sheets_for(words, card.lang or lang)
    return list(dict.fromkeys(found))


def _han(lang: str) -> str:
    """The same code point is drawn otherwise in Japan, Korea, China and Taiwan."""
    root = lang.partition("-")[0].lower()
    if root == "zh":
        return "tc" if _TAIWAN.search(lang) else "sc"
    return "kr" if root == "ko" else "jp"
