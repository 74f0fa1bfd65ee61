"""The language of rules and searches, as far as a wall needs it: words, phrases, #, @, from:, is:,
OR, negation and brackets.

docs.x.com/x-api/posts/filtered-stream/integrate/operators (read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Matches = Callable[["Seen"], bool]
_PART = re.compile(r'\s*(-?\(|\)|-?"[^"]*"|[^\s()"]+)')
_KINDS = {"retweet": "retweeted", "quote": "quoted", "reply": "replied_to"}


class Seen:
    """A post as rules see it; with `quoted`, the stream's rules see that, too."""

    def __init__(self, row: Json, author: str, quoted: Json | None = None) -> None:
        rows = [row, *([quoted] if quoted else [])]
        self.author = author.casefold()
        self.text = " ".join(each["text"] for each in rows).casefold()
        marks = [each.get("entities", {}) for each in rows]
        self.tags = {m["tag"].casefold() for e in marks for m in e.get("hashtags", ())}
        self.named = {m["username"].casefold() for e in marks for m in e.get("mentions", ())}
        self.kinds = {each["type"] for each in row.get("referenced_tweets", ())}
        self.nullcast = bool(row.get("nullcast"))


class _Rule:
    def __init__(self, value: str) -> None:
        self._parts = _PART.findall(value)
        if "".join(self._parts).replace(" ", "") != value.replace(" ", ""):
            raise ValueError("no viable alternative at input")
        self._at = 0
        self.stands = False

    def whole(self) -> Matches:
        found = self._any()
        if self._at < len(self._parts) or not self.stands:
            raise ValueError("it needs a standalone operator")
        return found

    def _any(self) -> Matches:
        options = [self._all()]
        while self._next() == "OR":
            self._at += 1
            options.append(self._all())
        return lambda seen: any(each(seen) for each in options)

    def _all(self) -> Matches:
        needed: list[Matches] = []
        while (part := self._next()) and part not in ("OR", ")"):
            needed.append(self._term())
        if not needed:
            raise ValueError("something is missing")
        return lambda seen: all(each(seen) for each in needed)

    def _term(self) -> Matches:
        part = self._parts[self._at]
        self._at += 1
        negated, part = part.startswith("-"), part.removeprefix("-")
        if part == "(":
            found = self._any()
            if self._next() != ")":
                raise ValueError("missing )")
            self._at += 1
        else:
            found = _operator(part)
            self.stands = self.stands or not (negated or part.startswith("is:"))
        return (lambda seen: not found(seen)) if negated else found

    def _next(self) -> str:
        return self._parts[self._at] if self._at < len(self._parts) else ""


def read_rule(value: str) -> Matches:
    """Raises ValueError for what the network would not understand."""
    return _Rule(value).whole()


def _operator(part: str) -> Matches:
    name, _, rest = part.casefold().partition(":")
    if part.startswith("#"):
        return lambda seen: part[1:].casefold() in seen.tags
    if part.startswith("@"):
        return lambda seen: part[1:].casefold() in seen.named
    if part.startswith('"'):
        return lambda seen: part[1:-1].casefold() in seen.text
    if name == "from":
        return lambda seen: seen.author == rest
    if part == "is:nullcast":
        return lambda seen: seen.nullcast
    if name == "is" and rest in _KINDS:
        return lambda seen: _KINDS[rest] in seen.kinds
    if rest:
        raise ValueError(f"there is no operator {name}")
    return lambda seen: name in re.findall(r"\w+", seen.text)
