"""One message of the Bot API, as data: https://core.telegram.org/bots/api#message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from parvis.core.post import Author, EntityType
from parvis.plug.digest import short_hash
from parvis.plug.entities import merged
from parvis.plug.fields import Fields, ident, rows, table, text, whole
from parvis.plug.hashtags import fold
from parvis.plug.offsets import Mark, Marked, in_utf16, marked
from parvis.plug.plain import one_line
from parvis.plug.text_entities import find_entities

NETWORK: Final = "telegram"
SHOWN_BY: Final = "https://t.me"
_MOST_LETTERS, _MOST_MARKS = 20_000, 300
_NAME = re.compile("[A-Za-z0-9_]{1,64}")
_TYPES: dict[str, EntityType] = {
    "hashtag": "tag",
    "cashtag": "cashtag",
    "mention": "mention",
    "text_mention": "mention",
    "url": "link",
    "text_link": "link",
}
_FORWARDED = ("forward_origin", "forward_from", "forward_from_chat", "forward_date")


class File(NamedTuple):
    """A picture or film that a message holds; `unique` names it for good, `id` fetches it."""

    unique: str
    id: str
    film: bool = False
    still: str = ""


def number(fields: Fields, name: str = "id") -> str:
    """A number as text, also below 0; '' when it is none."""
    value = fields.get(name)
    return str(value) if type(value) is int and -(2**53) < value < 2**53 else ""


def chat_of(message: Fields) -> tuple[str, str, str]:
    """Its chat: number, kind (`private`, `group`, `supergroup`, `channel`) and public name."""
    chat = table(message, "chat")
    name = text(chat, "username")
    return number(chat), text(chat, "type"), name if _NAME.fullmatch(name) else ""


def key_of(message: Fields) -> str:
    """The post's key, '' where there is none. A private chat has the number of a person, which is
    in no key; the messages of an album are one post.
    """
    chat, kind, _ = chat_of(message)
    id_ = ident(message, "message_id")
    if not chat or not id_ or id_ == "0":
        return ""
    if album := album_of(message):
        id_ = f"album{album}"
    if kind == "private":
        return f"{NETWORK}:private:{short_hash(chat, id_, size=12)}"
    return f"{NETWORK}:{chat}:{id_}"


def album_of(message: Fields) -> str:
    """What the messages of one album have in common, or ''."""
    return ident(message, "media_group_id")


def author_key(user: str) -> str:
    """A person's key."""
    return f"{NETWORK}:user:{user}"


def author_of(message: Fields) -> Author | None:
    """Who speaks: a channel or a group for those who speak in its name, else a person."""
    for_chat = table(message, "sender_chat")
    if not for_chat and text(table(message, "chat"), "type") == "channel":
        for_chat = table(message, "chat")
    who = for_chat or table(message, "from")
    id_ = number(who)
    if not id_:
        return None
    given, family = text(who, "first_name"), text(who, "last_name")
    name = one_line(text(who, "title")[:500] or f"{given[:300]} {family[:300]}", 80)
    handle = text(who, "username")
    if not _NAME.fullmatch(handle):
        handle = ""
    return Author(
        key=f"{NETWORK}:chat:{id_}" if for_chat else author_key(id_),
        handle=f"@{handle}" if handle else name,
        name=name or handle,
        url=f"{SHOWN_BY}/{handle}" if handle else "",
        bot=who.get("is_bot") is True,
    )


def words_of(message: Fields) -> Marked:
    """Its words, or its caption; marks count units of UTF-16."""
    words, listed = text(message, "text"), "entities"
    if not words:
        words, listed = text(message, "caption"), "caption_entities"
    words = words[:_MOST_LETTERS]
    said = marked(words, _marks(words, rows(message, listed)[:_MOST_MARKS]))
    return Marked(said.text, merged(said.entities, find_entities(said.text)))


def _marks(words: str, listed: object) -> Iterator[Mark]:
    for start, end, type_, row in spans(words, listed):
        if (kind := _TYPES.get(type_)) is None:
            continue
        said, href = words[start:end], ""
        if type_ == "text_link":
            href = text(row, "url")
        elif type_ == "url":
            href = said if "://" in said else f"https://{said}"
        elif type_ == "mention" and _NAME.fullmatch(said[1:]):
            href = f"{SHOWN_BY}/{said[1:]}"
        if type_ == "hashtag" and "@" in said:  # "#tag@channel" looks in that channel
            end = start + said.index("@")
        yield Mark(start, end, kind, href)


def spans(words: str, listed: object) -> Iterator[tuple[int, int, str, Fields]]:
    """The entities that lie in the words, in code points: start, end, type, and all of it."""
    place = in_utf16(words)
    for row in rows({"": listed}, ""):
        offset, length = whole(row, "offset"), whole(row, "length")
        start, end = place(offset), place(offset + length)
        if "offset" in row and 0 <= start < end:
            yield start, end, text(row, "type"), row


def tags_of(said: Marked) -> frozenset[str]:
    """Every hashtag in the words, folded."""
    return frozenset(fold(each.text[1:]) for each in said.entities if each.type == "tag")


def mentions(message: Fields, name: str, id_: str) -> bool:
    """Whether it calls the bot by its name."""
    for field, listed in (("text", "entities"), ("caption", "caption_entities")):
        words = text(message, field)[:_MOST_LETTERS]
        for start, end, type_, row in spans(words, rows(message, listed)[:_MOST_MARKS]):
            if type_ == "mention" and words[start + 1 : end].lower() == name.lower():
                return True
            if type_ == "text_mention" and number(table(row, "user")) == id_:
                return True
    return False


def hides(message: Fields) -> bool:
    """Whether its author wants it covered until somebody asks."""
    if message.get("has_media_spoiler") is True:
        return True
    listed = (*rows(message, "entities"), *rows(message, "caption_entities"))
    return any(text(row, "type") == "spoiler" for row in listed[:_MOST_MARKS])


def command_of(message: Fields, name: str) -> str:
    """The command that it begins with and that is for this bot, such as `delete`, or ''."""
    words = text(message, "text")
    for start, end, type_, _ in spans(words[:_MOST_LETTERS], rows(message, "entities")[:5]):
        if type_ == "bot_command" and start == 0:
            command, _, whose = words[1:end].partition("@")
            return command.lower() if not whose or whose.lower() == name.lower() else ""
    return ""


def is_others(message: Fields) -> bool:
    """Whether somebody else wrote it: forwarded, or written by a bot."""
    who = number(table(message, "from"))
    if table(message, "from").get("is_bot") is True and not table(message, "sender_chat"):
        return True
    if table(message, "via_bot"):
        return True
    origin = table(table(message, "forward_origin"), "sender_user") or table(
        message, "forward_from"
    )
    return any(name in message for name in _FORWARDED) and number(origin) != (who or "-")


def file_of(message: Fields, *, video: bool = True) -> File | None:
    """Its picture in the largest size, or its film."""
    if sizes := rows(message, "photo"):
        best = max(sizes, key=lambda size: whole(size, "width") * whole(size, "height"))
        return _file(best)
    if text(table(message, "document"), "mime_type").startswith("image/"):
        return _file(table(message, "document"))
    film = table(message, "video") or table(message, "animation")
    if film and video:
        still = table(film, "thumbnail") or table(film, "thumb")
        return _file(film, film=True, still=text(still, "file_id"))
    return None


def _file(fields: Fields, *, film: bool = False, still: str = "") -> File | None:
    id_, unique = text(fields, "file_id")[:300], text(fields, "file_unique_id")[:100]
    return File(unique or short_hash(id_), id_, film, still[:300]) if id_ else None
