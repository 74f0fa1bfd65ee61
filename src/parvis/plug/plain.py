"""Plain text fit for a screen, without what cannot be seen, reorders a line or breaks a store."""

from __future__ import annotations

import re
import unicodedata

from parvis.core.post import Direction

_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls
    "\u00ad\u034f\u061c\u180e\u3164\uffa0"  # soft hyphen, joiners and fillers without a shape
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"  # zero width and bidi controls
    "\ufeff\ufff9-\ufffb\ufffe\uffff"  # byte order mark, annotations, no characters
    "\ud800-\udfff"  # halves of a pair: no UTF-8 exists for them
    "]"
)
_JOINERS = re.compile("[\u200c\u200d]+")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)|[\U000e0000-\U000e007f]")
_PILED_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_ODD = re.compile("[^\t\n\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff]")
_SPACES = re.compile(r"\s+")
_FIRST_JOINING = 0x0590
"""Latin, Greek and Cyrillic below need no joiner; some writings from here on, and emoji, do."""


def clean(text: str) -> str:
    """`text` without NUL, lone surrogates, controls, bidi controls and zero-width characters.

    Line ends become newlines. Joiners stay in emoji and between two characters of a writing that
    needs them; of a pile of accents the first four stay.
    """
    if not _ODD.search(text):
        return text
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text).replace("\x0b", " ").replace("\x0c", " "))
    text = _TAGS.sub(lambda found: found[1] or "", text)
    text = _JOINERS.sub(_joiner, text)
    text = _SELECTORS.sub(_selector, text)
    return _PILED_MARKS.sub(r"\1", text)


def shortened(text: str, most: int) -> str:
    """`text` with at most `most` code points; what was cut ends in "…"."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def one_line(text: str, most: int = 200) -> str:
    """`text`, cleaned, on one line of at most `most` code points (a name, a title)."""
    return shortened(_SPACES.sub(" ", clean(text[: most * 8])).strip(), most)


def _joiner(found: re.Match[str]) -> str:
    before, after = _neighbours(found)
    return found[0][0] if min(before, after) >= _FIRST_JOINING else ""


def _selector(found: re.Match[str]) -> str:
    before, after = _neighbours(found)
    if before >= _FIRST_JOINING or before in (0xA9, 0xAE) or after == 0x20E3:
        return found[0][0]
    return ""


def _neighbours(found: re.Match[str]) -> tuple[int, int]:
    text, start, end = found.string, found.start(), found.end()
    return (ord(text[start - 1]) if start else 0, ord(text[end]) if end < len(text) else 0)


def direction(text: str) -> Direction:
    """Which way `text` runs: that of its first letter that runs any way."""
    if text.isascii():
        return "ltr"
    for char in text:
        strong = unicodedata.bidirectional(char)
        if strong in ("R", "AL"):
            return "rtl"
        if strong == "L":
            return "ltr"
    return "ltr"
