"""HTML as networks send it, read into plain text and entities; nothing of the markup survives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from parvis.core.post import Entity, EntityType
from parvis.plug.address import safe_href
from parvis.plug.entities import find_shortcodes, merged
from parvis.plug.plain import clean, one_line
from parvis.plug.tags import (
    BLOCKS,
    CELLS,
    PARAGRAPHS,
    RAW,
    UNSHOWN,
    VOID,
    Tag,
    decode,
    tokens,
)

__all__ = ["Marked", "Picture", "read_markup", "safe_href"]

MAX_HTML = 1_000_000
MAX_TEXT = 20_000
MAX_ENTITIES = 500
MAX_DEPTH = 200

_SIGNS = {"tag": "#\uff03", "mention": "@\uff20"}
_EMOJI_IMAGES = frozenset(("emoji", "custom-emoji", "emojione", "wp-smiley", "mfm-emoji"))

_SPACE = re.compile(r"[ \t\n\r\f]+")


class Picture(NamedTuple):
    """An `<img>` of the markup that is no emoji; width and height in px, 0 where not said."""

    url: str
    alt: str
    w: int
    h: int


class Marked(NamedTuple):
    """`entities` are in order, do not overlap, and each `text` is `Marked.text[start:end]`."""

    text: str
    entities: tuple[Entity, ...]
    pictures: tuple[Picture, ...] = ()


def read_markup(
    html: str,
    *,
    emojis: Mapping[str, str] | None = None,
    base: str = "",
    hidden: frozenset[str] = frozenset(("invisible",)),
    most: int = MAX_TEXT,
) -> Marked:
    """What a reader of `html` sees. Never raises.

    `emojis`: shortcode → address of its image; `base` resolves relative addresses; elements with a
    class in `hidden` are left out, one with class `ellipsis` ends in "…" (Mastodon's way to shorten
    links); `most`: code points of text.
    """
    page = _Page(base, hidden, most)
    for token in tokens(html[:MAX_HTML]):
        if isinstance(token, str):
            page.say(token)
        elif token.closes:
            page.end(token.name)
        else:
            page.start(token)
        if page.full:
            break
    page.close()
    text = page.text()
    entities = merged(page.entities, find_shortcodes(text, emojis or {}))
    return Marked(text, entities[:MAX_ENTITIES], tuple(page.pictures))


class _Anchor:
    __slots__ = ("href", "kind", "start")

    def __init__(self, href: str, kind: EntityType) -> None:
        self.href = href
        self.kind: EntityType = kind
        self.start = -1


class _Page:
    """The text so far, and what is open at this place."""

    def __init__(self, base: str, hidden: frozenset[str], most: int) -> None:
        self.base = base
        self.hidden = hidden
        self.most = most
        self.parts: list[str] = []
        self.size = 0
        self.breaks = 0
        self.space = False
        self.full = False
        self.open: list[tuple[str, str]] = []  # name and role: '', hidden or ellipsis
        self.names: Counter[str] = Counter()
        self.unseen = 0
        self.beyond = 0  # elements opened deeper than we keep count of
        self.pre = 0
        self.bullet = ""
        self.anchor: _Anchor | None = None
        self.entities: list[Entity] = []
        self.pictures: list[Picture] = []

    def text(self) -> str:
        return "".join(self.parts)

    def start(self, tag: Tag) -> None:
        name = tag.name
        self._break(name)
        if name == "br":
            self.breaks = min(self.breaks + 1, 2)
            self.space = False
        elif name == "img":
            self._picture(tag)
        elif name in CELLS:
            self.space = True
        elif name == "a":
            self._end_anchor()
            if not self.unseen:
                self.anchor = _Anchor(
                    safe_href(tag.attributes.get("href", ""), self.base), _kind(tag)
                )
        if name in VOID:
            return
        if len(self.open) >= MAX_DEPTH:
            self.beyond += 1
            return
        self._open(tag)

    def _open(self, tag: Tag) -> None:
        name, role = tag.name, ""
        if (
            name in RAW
            or name in UNSHOWN
            or "hidden" in tag.attributes
            or tag.classes() & self.hidden
        ):
            role = "hidden"
            self.unseen += 1
        elif "ellipsis" in tag.classes():
            role = "ellipsis"
        elif name == "pre":
            self.pre += 1
        elif name == "li" and not self.unseen:
            self.bullet = "• "
        self.open.append((name, role))
        self.names[name] += 1

    def end(self, name: str) -> None:
        if name == "a":
            self._end_anchor()
        if name in VOID:
            return
        if self.beyond:
            self.beyond -= 1
        elif self.names[name]:
            while self._pop() != name:
                pass
        self._break(name)

    def _pop(self) -> str:
        name, role = self.open.pop()
        self.names[name] -= 1
        if role == "hidden":
            self.unseen -= 1
        elif role == "ellipsis" and not self.unseen:
            self._put("…")
        elif name == "pre":
            self.pre -= 1
        elif name == "li":
            self.bullet = ""
        return name

    def say(self, text: str) -> None:
        if self.unseen:
            return
        text = clean(decode(text))
        if self.pre:
            self._lines(text.replace("\t", "    "))
            return
        words = _SPACE.sub(" ", text)
        if words.startswith(" "):
            self.space = True
        if words.strip(" \u00a0"):
            self._put(words.strip(" "))
            self.space = words.endswith(" ")

    def _lines(self, text: str) -> None:
        for number, line in enumerate(text.split("\n")):
            if number:
                self.breaks = min(self.breaks + 1, 2)
            if line.strip():
                self._put(line.rstrip())
                self.space = line != line.rstrip()

    def _break(self, name: str) -> None:
        if name in BLOCKS and not self.unseen:
            self.breaks = max(self.breaks, 2 if name in PARAGRAPHS else 1)
            self.space = False

    def _put(self, text: str) -> None:
        if self.full:
            return
        lead = (
            ""
            if not self.size
            else "\n" * self.breaks
            if self.breaks
            else " "
            if self.space
            else ""
        )
        lead += self.bullet
        self.breaks, self.space, self.bullet = 0, False, ""
        room = self.most - self.size - len(lead)
        if len(text) > room:
            self.full = True
            text = text[: max(room - 1, 0)] + "…"
            if room < 1:
                return
        if self.anchor is not None and self.anchor.start < 0:
            self.anchor.start = self.size + len(lead)
        self.parts.append(lead + text)
        self.size += len(lead) + len(text)

    def _picture(self, tag: Tag) -> None:
        if self.unseen:
            return
        alt = one_line(tag.attributes.get("alt", ""), 1500)
        url = safe_href(tag.attributes.get("src", ""), self.base)
        if tag.classes() & _EMOJI_IMAGES:
            if alt:
                self._put(alt)
                if url and self.anchor is None and not self.full:
                    self._entity("emoji", self.size - len(alt), image=url)
        elif url and len(self.pictures) < 100:
            size = (
                _number(tag.attributes.get("width", "")),
                _number(tag.attributes.get("height", "")),
            )
            self.pictures.append(Picture(url, alt, *size))

    def _end_anchor(self) -> None:
        anchor, self.anchor = self.anchor, None
        if anchor is not None and 0 <= anchor.start < self.size and anchor.href:
            self._entity(anchor.kind, anchor.start, anchor.href)

    def _entity(self, kind: EntityType, start: int, href: str = "", image: str = "") -> None:
        if len(self.entities) >= MAX_ENTITIES:
            return
        text = self._tail(start)
        if text[0] not in _SIGNS.get(kind, text):
            kind = "link"
        self.entities.append(
            Entity(type=kind, start=start, end=self.size, text=text, href=href, image=image)
        )

    def _tail(self, start: int) -> str:
        need, taken = self.size - start, ""
        for part in reversed(self.parts):
            taken = part + taken
            if len(taken) >= need:
                break
        return taken[len(taken) - need :]

    def close(self) -> None:
        while self.open and not self.full:
            self._pop()
        self._end_anchor()


def _kind(tag: Tag) -> EntityType:
    classes = tag.classes()
    if "hashtag" in classes or "tag" in tag.attributes.get("rel", "").split():
        return "tag"
    return "mention" if "mention" in classes else "link"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
