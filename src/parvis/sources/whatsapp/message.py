"""Messages of the Cloud API's webhook, as data. Numbers of people go no further than here.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
(edit and revoke read 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from parvis.plug.digest import keyed_hash
from parvis.plug.fields import Fields, rows, table, text
from parvis.plug.moment import YEAR_2100_MS
from parvis.plug.plain import one_line

NETWORK: Final = "whatsapp"
TAKE_BACK = frozenset(("/delete", "delete", "stop", "/stop", "supprimer", "/supprimer", "حذف"))
"""What a sender writes to take back: in reply to a message that one, else everything."""
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MOST = 1_000
_MOST_LETTERS = 20_000


class Said(NamedTuple):
    """One message that concerns the wall; `gone` says that it takes back, `author` everything."""

    key: str
    author: str
    name: str
    at_ms: int
    gone: bool = False
    everything: bool = False
    edited: bool = False
    text: str = ""
    file: str = ""
    film: bool = False


def messages_in(call: Fields, key: str, number: str) -> list[Said]:
    """Everything that a call says, by its time; `number` is the only one that counts, '' all."""
    found: list[Said] = []
    for entry in rows(call, "entry"):
        for change in rows(entry, "changes"):
            value = table(change, "value")
            ours = text(table(value, "metadata"), "phone_number_id")
            if text(change, "field") != "messages" or not _ID.fullmatch(ours):
                continue
            if number in ("", ours):
                found += _said(value, ours, key)
    return sorted(found[:_MOST], key=lambda said: said.at_ms)


def _said(value: Fields, ours: str, key: str) -> Iterator[Said]:
    contacts = rows(value, "contacts")
    for message in rows(value, "messages"):
        who, id_ = sender_of(message, contacts), text(message, "id")
        if not (who and id_) or _is_others(message):
            continue
        name = _name(contacts, message)
        said = Said(post_key(ours, id_, key), author_key(ours, who, key), name, _at_ms(message))
        if (made := _read(said, message, ours, key)) is not None:
            yield made


def _read(said: Said, message: Fields, ours: str, key: str) -> Said | None:
    kind = text(message, "type")
    above = text(table(message, kind), "original_message_id")
    if kind == "revoke":
        return said._replace(key=post_key(ours, above, key), gone=True) if above else None
    if kind == "edit":
        inner = table(table(message, "edit"), "message")
        edited = said._replace(key=post_key(ours, above, key), edited=True)
        return _content(edited, inner) if above else None
    if kind == "text" and _words(message).strip().lower() in TAKE_BACK:
        context = table(message, "context")
        quoted = text(context, "id")
        if quoted and text(context, "from") in ("", text(message, "from")):
            return said._replace(key=post_key(ours, quoted, key), gone=True)
        return None if quoted else said._replace(gone=True, everything=True)
    return _content(said, message)


def _content(said: Said, message: Fields) -> Said | None:
    kind = text(message, "type")
    if kind == "text":
        return said._replace(text=_words(message))
    if kind in ("image", "video"):
        inner = table(message, kind)
        file, caption = text(inner, "id"), text(inner, "caption")[:_MOST_LETTERS]
        file = file if _ID.fullmatch(file) else ""
        return said._replace(text=caption, file=file, film=kind == "video")
    return None


def post_key(ours: str, id_: str, key: str) -> str:
    """The post's key; WhatsApp writes the sender's number into the ids of messages."""
    return f"{NETWORK}:{ours}:{keyed_hash(key, 'message', id_)}"


def author_key(ours: str, who: str, key: str) -> str:
    """The sender's key, from which nobody reads a number."""
    return f"{NETWORK}:{ours}:by-{keyed_hash(key, 'person', who)}"


def sender_of(message: Fields, contacts: object) -> str:
    """The sender as WhatsApp numbers people for this business, else by their phone number."""
    contact = _contact(rows({"": contacts}, ""), message)
    return (
        text(message, "from_user_id")
        or text(contact, "user_id")
        or text(message, "from")
        or text(contact, "wa_id")
    )


def _contact(contacts: object, message: Fields) -> Fields:
    listed = rows({"": contacts}, "")
    for contact in listed:
        for mine, theirs in (("wa_id", "from"), ("user_id", "from_user_id")):
            if text(contact, mine) and text(contact, mine) == text(message, theirs):
                return contact
    return listed[0] if len(listed) == 1 else {}


def _name(contacts: object, message: Fields) -> str:
    """What they call themselves; '' where that is their number."""
    name = one_line(text(table(_contact(contacts, message), "profile"), "name")[:500], 80)
    digits = re.sub(r"\D", "", name)
    number = text(message, "from") or text(_contact(contacts, message), "wa_id")
    return "" if len(digits) >= 6 and (not number or digits[-6:] in number) else name


def _is_others(message: Fields) -> bool:
    """Forwarded from somebody, or said in a group: not sent to the wall."""
    context = table(message, "context")
    forwarded = context.get("forwarded") is True or context.get("frequently_forwarded") is True
    return forwarded or bool(text(message, "group_id"))


def _words(message: Fields) -> str:
    return text(table(message, "text"), "body")[:_MOST_LETTERS]


def _at_ms(message: Fields) -> int:
    stamp = text(message, "timestamp")
    at_ms = int(stamp) * 1000 if stamp.isascii() and stamp.isdecimal() and len(stamp) < 12 else 0
    return at_ms if at_ms < YEAR_2100_MS else 0
