"""Slack's mrkdwn as text and entities: https://docs.slack.dev/messaging/formatting-message-text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from parvis.plug.entities import find_shortcodes, merged
from parvis.plug.fields import Fields, rows, table, text
from parvis.plug.offsets import Mark, Marked, marked
from parvis.plug.plain import one_line
from parvis.plug.text_entities import find_entities

MOST_LETTERS, MOST_EMOJI, DEEP = 20_000, 300, 12
USER = re.compile(r"[UW][A-Z0-9]{2,24}")
_TOKEN = re.compile(r"<([^<>\n]{1,4000})>")
_FORMAT = re.compile(r"(?<![\w*_~:])([*_~])(?=\S)([^*_~\n]+?)(?<=\S)\1(?![\w*_~:])")
_HEX = re.compile(r"[0-9a-f]{1,6}(-[0-9a-f]{1,6}){0,11}")


def users_in(message: Fields) -> frozenset[str]:
    """Whom it mentions."""
    found = _TOKEN.findall(text(message, "text")[:MOST_LETTERS])
    named = (token[1:].partition("|")[0] for token in found if token.startswith("@"))
    return frozenset(user for user in named if USER.fullmatch(user))


def words_of(message: Fields, users: Fields, emoji: Mapping[str, str]) -> Marked:
    """Its words; `users` say what those it mentions are called, `emoji` where the workspace's own
    ones are.
    """
    words = text(message, "text")[:MOST_LETTERS]
    parts: list[str] = []
    marks: list[Mark] = []
    at = size = 0
    signs = dict(_signs(message))

    def put(piece: str) -> int:
        nonlocal size
        parts.append(piece)
        size += len(piece)
        return size

    for token in _TOKEN.finditer(words):
        put(_plain(words[at : token.start()], signs))
        at, begins = token.end(), size
        said, type_, href = _meant(token[1], users)
        ends = put(_unescaped(said))
        if type_:
            marks.append(Mark(begins, ends, type_, _unescaped(href)))  # type: ignore[arg-type]
    put(_plain(words[at:], signs))
    made = marked("".join(parts), marks)
    beside = merged(find_shortcodes(made.text, emoji), find_entities(made.text))
    return Marked(made.text, merged(made.entities, beside))


def _meant(token: str, users: Fields) -> tuple[str, str, str]:
    """What stands for `<token>`, its type and where it leads."""
    target, _, label = token.partition("|")
    if target.startswith("@"):
        name = one_line(text(table(users, target[1:]), "name"), 80) or label.removeprefix("@")
        return f"@{name or 'somebody'}", "mention", ""
    if target.startswith("#"):
        return f"#{label or 'channel'}", "", ""
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}", "", ""
    shown = label or target.removeprefix("mailto:")
    return shown, "link" if target.startswith(("http://", "https://")) else "", target


def _plain(piece: str, signs: Mapping[str, str]) -> str:
    for code, sign in signs.items():
        piece = piece.replace(code, sign)
    return _unescaped(_FORMAT.sub(r"\2", piece))


def _unescaped(piece: str) -> str:
    """Slack escapes these three, and nothing else."""
    return piece.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _signs(message: Fields) -> Iterator[tuple[str, str]]:
    """`:shortcode:` and the sign that it stands for, as the blocks of a message say; longest first,
    so that a skin tone goes with its sign.
    """
    found: dict[str, str] = {}
    for each in _emoji(rows(message, "blocks"), DEEP):
        name, code = text(each, "name")[:100], text(each, "unicode")
        if name and _HEX.fullmatch(code) and len(found) < MOST_EMOJI:
            points = [int(part, 16) for part in code.split("-")]
            if all(0x20 < point <= 0x10FFFF and not 0xD800 <= point < 0xE000 for point in points):
                tone = each.get("skin_tone")
                toned = f":skin-tone-{tone}:" if type(tone) is int else ""
                found[f":{name}:{toned}"] = "".join(map(chr, points))
    yield from sorted(found.items(), key=lambda pair: -len(pair[0]))


def _emoji(value: Any, deep: int) -> Iterator[Fields]:
    if isinstance(value, list) and deep:
        for each in value:
            yield from _emoji(each, deep - 1)
    elif isinstance(value, dict) and deep:
        fields = cast(Fields, value)
        if text(fields, "type") == "emoji":
            yield fields
        yield from _emoji(fields.get("elements"), deep - 1)
