"""What the bot was told, read into arrivals."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

import msgspec

from parvis.core.post import (
    Arrival,
    Gone,
    Post,
    PostKind,
    Provenance,
    Raw,
    Sensitivity,
    Unreadable,
)
from parvis.plug.copied import Copied, copied_media
from parvis.plug.digest import short_hash
from parvis.plug.fields import Fields, decode, ident, rows, table, text, whole
from parvis.plug.moment import YEAR_2100_MS
from parvis.plug.plain import direction
from parvis.sources.telegram import message as messages
from parvis.sources.telegram.bot import UPDATES
from parvis.sources.telegram.message import NETWORK, SHOWN_BY, key_of

SEEN, TAKEN_BACK = "seen", "taken_back"
"""`Raw.kind` of our own: the messages of one post with its files on the shelf, and what its author
took back.
"""
ASKED = "Its author asked the bot to take it back."
_MOST_FILES = 10
_KEY = re.compile(rf"{NETWORK}:[a-z0-9-]{{1,40}}:[a-z0-9_-]{{1,100}}", re.IGNORECASE)


def seen(parts: Sequence[Fields], copied: Sequence[Copied]) -> bytes:
    """The body of a raw of the kind `SEEN`."""
    return msgspec.json.encode({"messages": parts, "copied": copied})


def taken_back(key: str, *, author: bool = False) -> bytes:
    """The body of a raw of the kind `TAKEN_BACK`."""
    return msgspec.json.encode({"key": key, "author": author})


def message_in(update: Fields) -> tuple[Fields, bool]:
    """The message of an update, empty where it has none, and whether it was edited."""
    for name in UPDATES:
        if found := table(update, name):
            return found, name.startswith("edited")
    return {}, False


def read(raw: Raw) -> Iterator[Arrival]:
    """Pure. Nothing for what is no post."""
    try:
        value = decode(raw.body)
    except ValueError as error:
        yield Unreadable(raw.kind or "update", str(error))
        return
    if not isinstance(value, dict):
        yield Unreadable(raw.kind or "update", "it is no object")
        return
    fields: Fields = value
    if raw.kind == TAKEN_BACK:
        if _KEY.fullmatch(key := text(fields, "key")):
            yield Gone(key, ASKED, author=fields.get("author") is True)
    elif raw.kind == SEEN or "messages" in fields:
        yield from _post(rows(fields, "messages"), fields.get("copied"), raw)
    else:  # as Telegram says it: one update, or an answer of getUpdates
        for update in rows(fields, "result") or (fields,):
            yield from _post([message_in(update)[0] or update], (), raw)


def _post(parts: Sequence[Fields], copied: object, raw: Raw) -> Iterator[Arrival]:
    try:
        first = parts[0]
        key = key_of(first)
    except (IndexError, UnicodeEncodeError):
        key = ""
    if not key:
        if raw.kind == SEEN:
            yield Unreadable("messages", "a message has no chat or no number")
        return
    listed = copied if isinstance(copied, list) else ()
    hidden = any(messages.hides(part) for part in parts)
    media = tuple(copied_media(listed[:_MOST_FILES], sensitive=hidden))
    said = next((each for part in parts if (each := messages.words_of(part)).text), None)
    said = said or messages.words_of(first)
    if not said.text and not media:
        return
    chat, kind, name = messages.chat_of(first)
    above = table(first, "reply_to_message")
    id_ = ident(first, "message_id")
    received_ms = max(raw.received_at_ms, 0)
    at_ms = whole(first, "date") * 1000
    yield Post(
        key=key,
        network=NETWORK,
        text=said.text,
        created_at_ms=at_ms if 0 < at_ms < YEAR_2100_MS else received_ms,
        version=_version(parts),
        kind=_kind(kind, above),
        entities=said.entities,
        dir=direction(said.text),
        media=media,
        author=messages.author_of(first),
        parent=key_of({"chat": table(first, "chat"), **above}) if above and chat else "",
        permalink=f"{SHOWN_BY}/{name}/{id_}" if name and kind != "private" else "",
        sensitivity=Sensitivity(hidden),
        provenance=Provenance(raw_sha256=hashlib.sha256(raw.body).hexdigest()),
        received_at_ms=received_ms,
    )


def _kind(chat: str, above: Fields) -> PostKind:
    if chat == "private":
        return "submission"
    return "reply" if above else "post"


def _version(parts: Sequence[Fields]) -> str:
    """Grows with each edit and with each picture of an album that comes after the others."""
    edited = max(whole(part, "edit_date") for part in parts)
    if len(parts) == 1:
        return str(edited or 1)
    return short_hash(str(edited), *(ident(part, "message_id") for part in parts))
