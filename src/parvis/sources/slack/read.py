"""What Slack's events say, read into arrivals: https://docs.slack.dev/reference/events/message."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from parvis.core.post import Arrival, Author, Gone, Post, Provenance, Raw, Unreadable
from parvis.plug.address import web_address
from parvis.plug.copied import copied_media
from parvis.plug.fields import Fields, decode, rows, table, text
from parvis.plug.moment import YEAR_2100_MS
from parvis.plug.plain import direction, one_line
from parvis.sources.slack.mrkdwn import USER, words_of

NETWORK: Final = "slack"
SEEN: Final = "seen"
"""`Raw.kind` of our own: an event with who is in it, the workspace's emoji, and its files."""
_POSTS = ("", "file_share", "me_message", "thread_broadcast")
_ID = re.compile(r"[A-Z0-9]{2,30}")
_TS = re.compile(r"\d{1,12}\.\d{1,8}")


class Event(NamedTuple):
    """What happened to one message; `at` is when (seconds), empty `message`: it was deleted."""

    key: str
    team: str
    channel: str
    at: float
    message: Fields
    reply_to: str = ""
    broadcast: bool = False


def event_in(call: Fields) -> Event | None:
    """The event of a call; None for what is no message of people in a channel."""
    event = table(call, "event")
    team, channel, kind = text(call, "team_id"), text(event, "channel"), text(event, "subtype")
    if text(event, "type") != "message" or not (_ID.fullmatch(team) and _ID.fullmatch(channel)):
        return None
    if text(event, "channel_type") not in ("channel", "group", ""):
        return None
    message: Fields = event
    ts = text(event, "ts")
    if kind == "message_deleted":
        message, ts = {}, text(event, "deleted_ts")
    elif kind == "message_changed":
        message = table(event, "message")
        ts = text(message, "ts")
        if text(message, "subtype") == "tombstone":  # deleted, but its answers stay
            message = {}
        elif not message:
            return None
    if not _TS.fullmatch(ts):
        return None
    if message and not _is_of_people(message):
        return None
    when = text(event, "event_ts") or text(event, "ts")
    above = text(message, "thread_ts")
    return Event(
        f"{NETWORK}:{team}:{channel}-{ts}",
        team,
        channel,
        float(when if _TS.fullmatch(when) else ts),
        message,
        f"{NETWORK}:{team}:{channel}-{above}" if _TS.fullmatch(above) and above != ts else "",
        text(message, "subtype") == "thread_broadcast",
    )


def _is_of_people(message: Fields) -> bool:
    user = USER.fullmatch(text(message, "user"))
    return text(message, "subtype") in _POSTS and user is not None and not message.get("bot_id")


def read(raw: Raw) -> Iterator[Arrival]:
    """Pure. Nothing for what is no post."""
    try:
        value = decode(raw.body)
    except ValueError as error:
        yield Unreadable(raw.kind or "event", str(error))
        return
    if not isinstance(value, dict):
        yield Unreadable(raw.kind or "event", "it is no object")
        return
    fields: Fields = value
    seen = fields if raw.kind == SEEN else {"call": fields}
    event = event_in(table(seen, "call"))
    if event is None:
        return
    if not event.message:
        yield Gone(event.key)
    elif (post := _post(event, seen, raw)) is not None:
        yield post


def _post(event: Event, seen: Fields, raw: Raw) -> Post | None:
    users, message = table(seen, "users"), event.message
    emoji = {
        name: url for name, url in table(seen, "emoji").items() if isinstance(url, str) and url
    }
    said = words_of(message, users, emoji)
    copied = seen.get("copied")
    media = tuple(copied_media(copied[:10] if isinstance(copied, list) else ()))
    if not said.text and not media:
        return None
    user = text(message, "user")
    who = table(users, user)
    name = one_line(text(who, "name"), 80)
    received_ms = max(raw.received_at_ms, 0)
    at_ms = int(float(event.key.rpartition("-")[2]) * 1000)
    edited = text(table(message, "edited"), "ts")
    return Post(
        key=event.key,
        network=NETWORK,
        text=said.text,
        created_at_ms=at_ms if 0 < at_ms < YEAR_2100_MS else received_ms,
        version=edited if _TS.fullmatch(edited) else "1",
        kind="reply" if event.reply_to else "post",
        entities=said.entities,
        dir=direction(said.text),
        media=media,
        author=Author(
            key=f"{NETWORK}:{event.team}:{user}",
            handle=name,
            name=name,
            avatar=web_address(text(who, "avatar")),
        ),
        parent=event.reply_to,
        provenance=Provenance(raw_sha256=hashlib.sha256(raw.body).hexdigest()),
        received_at_ms=received_ms,
    )


def files_of(message: Fields) -> list[Fields]:
    """Its pictures and films that lie at Slack."""
    return [
        file
        for file in rows(message, "files")[:10]
        if text(file, "mimetype").partition("/")[0] in ("image", "video")
        and file.get("is_external") is not True
        and address_of(file)
        and text(file, "id")
    ]


def address_of(file: Fields) -> str:
    """Where a file is, for the token alone."""
    return text(file, "url_private_download") or text(file, "url_private")
