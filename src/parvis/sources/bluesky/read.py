"""What the streams and the AppView say, read into arrivals.

Jetstream: https://github.com/bluesky-social/jetstream (v1 and v2, read 2026-11).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, cast

from parvis.core.post import (
    Arrival,
    Author,
    Gone,
    Metric,
    OptedOut,
    Post,
    Provenance,
    Raw,
    Unreadable,
)
from parvis.plug.address import web_address
from parvis.plug.fields import Fields, decode, moment_ms, rows, table, text, whole
from parvis.plug.language import language_tag
from parvis.plug.moment import YEAR_2100_MS, iso_ms
from parvis.plug.plain import direction, one_line
from parvis.sources.bluesky import record as records
from parvis.sources.bluesky.asking import DID

NETWORK: Final = "bluesky"
POST: Final = "app.bsky.feed.post"
SEEN, POSTS, GONE, PLACE = "seen", "posts", "gone", "place"
"""`Raw.kind` of our own: a frame with its author's profile, an answer of `getPosts`, the addresses
that it left out, and a place in the stream where nothing was for us.
"""
NOT_SHOWN = "Its network no longer shows it: it was deleted there, or its author left."

_RKEY = re.compile(r"[A-Za-z0-9._:~-]{1,512}")
_HEAD = 400
_SEQ = re.compile(rb'"seq"\s*:\s*(\d{1,15})\b')
_TIME_US = re.compile(rb'"time_us"\s*:\s*(\d{1,17})\b')
_TIME = re.compile(rb'"time"\s*:\s*"([0-9T:.Z+-]{10,40})"')
_COUNTS = {
    "like": "likeCount",
    "share": "repostCount",
    "reply": "replyCount",
    "quote": "quoteCount",
}


class Commit(NamedTuple):
    """What happened to one record; `at_ms` is when the stream saw it."""

    did: str
    operation: str
    collection: str
    rkey: str
    cid: str
    record: Fields
    at_ms: int


def read(raw: Raw) -> Iterator[Arrival]:
    """Pure. Oldest first; nothing for what is no post."""
    if raw.kind == PLACE:
        return
    try:
        value = decode(raw.body)
    except ValueError as error:
        yield Unreadable(raw.kind or "frame", str(error))
        return
    if raw.kind == GONE:
        found = value if isinstance(value, list) else []
        yield from (Gone(key, NOT_SHOWN) for uri in found if (key := key_of(uri)))
    elif not isinstance(value, dict | list):
        yield Unreadable(raw.kind or "frame", "it is neither a frame nor an answer")
    else:
        yield from _Reading(raw).whatever(value)


def key_of(uri: object) -> str:
    """Of `at://did/app.bsky.feed.post/rkey`; '' for any other address."""
    parts = uri.removeprefix("at://").split("/") if isinstance(uri, str) else []
    if len(parts) != 3 or parts[1] != POST:
        return ""
    return f"{NETWORK}:{parts[0]}:{parts[2]}" if _named(parts[0], parts[2]) else ""


def uri_of(key: str) -> str:
    """The address that the key came from; '' for another network's key."""
    did, _, rkey = key.removeprefix(f"{NETWORK}:").rpartition(":")
    return f"at://{did}/{POST}/{rkey}" if key.startswith(NETWORK) and _named(did, rkey) else ""


def did_of(key: str) -> str:
    """Whose post it is."""
    return key.removeprefix(f"{NETWORK}:").rpartition(":")[0]


def author_key(did: str) -> str:
    """An author's key."""
    return f"{NETWORK}:at:{did}"


def _named(did: str, rkey: str) -> bool:
    return bool(DID.fullmatch(did) and _RKEY.fullmatch(rkey))


def commit_of(frame: Fields) -> Commit | None:
    """Of a frame of either version; None where it is none."""
    body = table(frame, "payload") or frame
    if text(body, "type") == "record":  # as Tap has it, which follows repositories
        body = {"kind": "commit", **table(body, "record")}
    inner = table(body, "commit") or body
    kind = text(body, "kind") or text(body, "$type").rpartition("#")[2]
    did, rkey = text(body, "did"), text(inner, "rkey")
    if kind != "commit" or not _named(did, rkey):
        return None
    return Commit(
        did,
        text(inner, "operation") or text(inner, "action"),
        text(inner, "collection"),
        rkey,
        text(inner, "cid")[:130],
        table(inner, "record"),
        seen_us(frame) // 1000,
    )


def seen_us(frame: Fields) -> int:
    """When the stream saw it, in microseconds since 1970; 0 when it does not say."""
    body = table(frame, "payload") or frame
    at_us = whole(body, "time_us") or iso_ms(text(body, "time")) * 1000
    return at_us if 0 < at_us < YEAR_2100_MS * 1000 else 0


def place_in(frame: bytes) -> tuple[int, int]:
    """The number (0 in version 1) and the time (µs) of a frame, by their names alone: they stand
    before what people wrote.
    """
    head = frame[:_HEAD]
    seq, at_us = _SEQ.search(head), _TIME_US.search(head)
    time = None if at_us else _TIME.search(head)
    told = int(at_us[1]) if at_us else iso_ms(time[1].decode()) * 1000 if time else 0
    return int(seq[1]) if seq else 0, told if 0 < told < YEAR_2100_MS * 1000 else 0


def left(frame: Fields) -> str:
    """The DID of an account that is no longer active, or ''."""
    body = table(frame, "payload") or frame
    account = table(body, "account")
    did = text(body, "did")
    return did if account.get("active") is False and DID.fullmatch(did) else ""


class _Reading:
    """One raw, being read."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self._sha256 = hashlib.sha256(raw.body).hexdigest()

    def whatever(self, value: Any) -> Iterator[Arrival]:
        if isinstance(value, list):
            for place, row in enumerate(value):
                yield from self._one(row, f"[{place}]")
        elif self._raw.kind == POSTS or "posts" in value:
            for place, row in enumerate(rows(value, "posts")):
                yield from self._one(row, f"posts[{place}]")
        elif self._raw.kind == SEEN:
            yield from self._frame(table(value, "frame"), table(value, "profile"), "frame")
        else:
            yield from self._one(value, "frame")

    def _one(self, row: Any, where: str) -> Iterator[Arrival]:
        if not isinstance(row, dict):
            yield Unreadable(where, "it is no object")
        elif "uri" in row and ("record" in row or "value" in row):
            yield self._view(cast(Fields, row), where)
        else:
            yield from self._frame(cast(Fields, row), {}, where)

    def _frame(self, frame: Fields, profile: Fields, where: str) -> Iterator[Arrival]:
        if did := left(frame):
            status = one_line(text(table(table(frame, "payload") or frame, "account"), "status"))
            because = f"Its author's account is no longer active ({status or 'left'})."
            yield Gone(author_key(did), because, author=True)
            return
        commit = commit_of(frame)
        if commit is None or commit.collection != POST:
            return
        key = f"{NETWORK}:{commit.did}:{commit.rkey}"
        if commit.operation == "delete":
            yield Gone(key)
        elif not text(commit.record, "createdAt") and "text" not in commit.record:
            yield Unreadable(where, "it is a post without its record")
        else:
            yield self._post(key, commit, profile, {})

    def _view(self, view: Fields, where: str) -> Arrival:
        key = key_of(view.get("uri"))
        author = table(view, "author")
        record = table(view, "record") or table(view, "value")
        if not key or not record:
            return Unreadable(where, "it is no post: its address or its record is missing")
        did, _, rkey = key.removeprefix(f"{NETWORK}:").rpartition(":")
        seen_ms = moment_ms(view, "indexedAt")
        cid = text(view, "cid")[:130]
        return self._post(key, Commit(did, "", POST, rkey, cid, record, seen_ms), author, view)

    def _post(self, key: str, commit: Commit, profile: Fields, view: Fields) -> Arrival:
        record = commit.record
        profile = profile if text(profile, "did") in (commit.did, "") else {}
        labels = records.labels_of(record, view, profile)
        for flag in sorted(records.CLOSED.intersection(labels)):
            return OptedOut(key, flag)
        said = records.read_text(record)
        kind, parent, quoted = records.kind_of(record)
        sensitivity = records.sensitivity_of(labels)
        received_ms = max(self._raw.received_at_ms, 0)
        return Post(
            key=key,
            network=NETWORK,
            text=said.text,
            created_at_ms=_created_ms(record, commit.at_ms or received_ms),
            version=one_line(commit.cid, 130),
            kind=kind,
            entities=said.entities,
            lang=_lang(record),
            dir=direction(said.text),
            media=records.read_media(record, commit.did, sensitivity.flag),
            author=_author(commit.did, profile),
            parent=key_of(parent),
            quoted=key_of(quoted),
            permalink=f"{records.SHOWN_BY}/profile/{commit.did}/post/{commit.rkey}",
            metrics=tuple(
                Metric(name, whole(view, field)) for name, field in _COUNTS.items() if field in view
            ),
            sensitivity=sensitivity,
            provenance=Provenance(
                endpoint="getPosts" if view else "jetstream",
                raw_sha256=self._sha256,
                gap_fill=self._raw.gap_fill,
            ),
            received_at_ms=received_ms,
        )


def _created_ms(record: Fields, seen_ms: int) -> int:
    """What the author's software claims, but never later than it was seen."""
    claimed = moment_ms(record, "createdAt")
    return min(claimed, seen_ms) if claimed and seen_ms else claimed or seen_ms


def _lang(record: Fields) -> str:
    langs = record.get("langs")
    first = langs[0] if isinstance(langs, list) and langs else ""
    return language_tag(first) if isinstance(first, str) else ""


def _author(did: str, profile: Fields) -> Author | None:
    handle = one_line(text(profile, "handle"), 253)
    if not handle:
        return None
    return Author(
        key=author_key(did),
        handle=f"@{handle}",
        name=one_line(text(profile, "displayName")[:500], 80) or handle,
        url=f"{records.SHOWN_BY}/profile/{did}",
        avatar=web_address(text(profile, "avatar")),
        followers=whole(profile, "followersCount") if "followersCount" in profile else -1,
        opt_outs=tuple(sorted(records.CLOSED.intersection(records.labels_of(profile)))),
    )
