"""HTML cut into tags and text.

Our own, because `html.parser` takes quadratic time on hostile input before Python 3.11.14
(`<!--` repeated, unclosed tags). It follows the same broad rules as a browser, in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

MAX_VALUE = 8192
MAX_ATTRIBUTES = 30


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


PARAGRAPHS = _names("p blockquote pre ul ol dl h1 h2 h3 h4 h5 h6 table figure section article hr")
LINES = _names("div li dt dd tr figcaption header footer main aside nav address details summary")
BLOCKS = PARAGRAPHS | LINES
CELLS = _names("td th")
VOID = _names("area base br col embed hr img input link meta source track wbr")
UNSHOWN = _names("template object svg math head select video audio canvas")
RAW = _names("script style textarea title iframe noembed noframes xmp")
"""Elements whose content is no markup; none of it is shown."""

_TAG = re.compile(r"</?([A-Za-z][^\s/>]{0,40})")
_ATTRIBUTE = re.compile(
    r"""[\s/]*(?:([^\s/>=]+)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*)?))?)?"""
)
_LONG_NUMBER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9A-Fa-f]{7,});?")


class Tag(NamedTuple):
    """`<name …>`, or `</name>` when it `closes`; names are lower case, values decoded."""

    name: str
    closes: bool
    attributes: dict[str, str]

    def classes(self) -> frozenset[str]:
        """The words of the class attribute."""
        return frozenset(self.attributes.get("class", "").split())


def tokens(html: str) -> Iterator[str | Tag]:
    """The tags and, still encoded, the text between them; in time linear in the length."""
    at, size = 0, len(html)
    while at < size:
        opening = html.find("<", at)
        if opening < 0:
            yield html[at:]
            return
        if opening > at:
            yield html[at:opening]
        if found := _TAG.match(html, opening):
            tag, at = _read_tag(html, found)
            if at < 0:
                return  # cut in the middle of a tag: what a browser drops too
            yield tag
            if tag.name in RAW and not tag.closes:
                at = _after_raw(html, at, tag.name)
                yield Tag(tag.name, True, {})
        elif html.startswith("<!--", opening):
            end = html.find("-->", opening + 2)
            at = size if end < 0 else end + 3
        elif html[opening + 1 : opening + 2] in ("!", "?", "/"):
            end = html.find(">", opening)
            at = size if end < 0 else end + 1
        else:
            yield "<"
            at = opening + 1


def _read_tag(html: str, found: re.Match[str]) -> tuple[Tag, int]:
    attributes: dict[str, str] = {}
    at, size = found.end(), len(html)
    while at < size:
        if html[at] == ">":
            break
        match = _ATTRIBUTE.match(html, at)
        if match is None or match.end() == at:
            at += 1  # a stray '='
            continue
        at = match.end()
        if (name := match[1]) and len(attributes) < MAX_ATTRIBUTES:
            value = match[2] or match[3] or match[4] or ""
            attributes.setdefault(name.lower(), decode(value[:MAX_VALUE]))
    if at >= size:
        return Tag("", True, {}), -1
    return Tag(found[1].lower(), html[found.start() + 1] == "/", attributes), at + 1


def _after_raw(html: str, at: int, name: str) -> int:
    end = re.compile(f"</{name}", re.IGNORECASE).search(html, at)
    if end is None:
        return len(html)
    closing = html.find(">", end.end())
    return len(html) if closing < 0 else closing + 1


def decode(text: str) -> str:
    """`text` with its character references replaced."""
    # Python refuses to turn thousands of digits into a number: no such character exists anyway
    return unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text
