"""What a Mastodon server says, read into arrivals: statuses, pages of them, events.

Entities: https://docs.joinmastodon.org/entities/Status/ and /methods/streaming/ (4.6).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

import msgspec

from parvis.core.post import (
    Arrival,
    Gone,
    Metric,
    OptedOut,
    Post,
    PostKind,
    Provenance,
    Raw,
    Sensitivity,
    Unreadable,
)
from parvis.plug.address import host_of, safe_href
from parvis.plug.fields import (
    Fields,
    decode,
    ident,
    moment_ms,
    rows,
    table,
    text,
    whole,
)
from parvis.plug.language import language_tag
from parvis.plug.markup import read_markup
from parvis.plug.plain import clean, direction, one_line
from parvis.sources.mastodon.account import NETWORK, emojis_of, opt_outs, read_author
from parvis.sources.mastodon.attachment import read_media

GONE = "gone"
"""`Raw.kind` of our own: the body is the id of a status that the server no longer has."""

NOT_SHOWN = "Its network no longer shows it: it was deleted there, or is no longer public."

NOTIFICATION, NOTIFICATIONS = "notification", "notifications"
"""`Raw.kind` of one notification of a stream, and of a page of them."""

_STATUSES = ("", "update", "status.update")
_OWN_PATH = re.compile(r"/(?:ap/)?users/[^/]+/statuses/([A-Za-z0-9]{1,64})")
_PLACE = re.compile(r"[^\s\x00-\x1f\x7f]{1,600}")
_COUNTS = {
    "like": "favourites_count",
    "share": "reblogs_count",
    "reply": "replies_count",
    "quote": "quotes_count",
}


class Reader:
    """Reads what `server` (host and port) says; `honour`: the opt-outs that keep a post away."""

    def __init__(self, server: str, honour: Collection[str] = ("noindex", "nobot")) -> None:
        self.server = server
        self._honour = frozenset(honour)

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """Oldest first; nothing for events that concern no status."""
        if raw.kind in ("delete", GONE):
            yield self._gone(raw)
        elif raw.kind in (*_STATUSES, NOTIFICATION, NOTIFICATIONS):
            try:
                value = decode(raw.body)
            except ValueError as error:
                yield Unreadable(raw.kind or "answer", str(error))
                return
            if raw.kind in (NOTIFICATION, NOTIFICATIONS):
                yield from self._notified(value if isinstance(value, list) else [value], raw)
            elif raw.kind == "" and isinstance(value, dict) and "event" in value:
                yield from self._frame(value, raw)
            else:
                yield from self._values(value, raw)

    def key_of(self, status: Fields) -> str:
        """The identity, the same through whichever server the status reached us; '' for none."""
        uri = text(status, "uri")
        host = host_of(uri)
        if host and uri.lower().startswith(("http://", "https://")):
            parts = urlsplit(uri)
            if own := _OWN_PATH.fullmatch(parts.path):
                return f"{NETWORK}:{host}:{own[1]}"
            place = parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")
            if _PLACE.fullmatch(place):
                return f"{NETWORK}:{host}:{place}"
        return self.local_key(ident(status))

    def local_key(self, id_: str) -> str:
        """The name that deletions use: this server's own id of the status."""
        return f"{NETWORK}:{self.server}:{id_}" if id_ else ""

    def _gone(self, raw: Raw) -> Gone | Unreadable:
        id_ = ident({"id": raw.body[:80].decode("ascii", "replace").strip().strip('"')})
        if not id_:
            return Unreadable(raw.kind, "the id of the deleted status cannot be read")
        if raw.kind == GONE:
            return Gone(self.local_key(id_), NOT_SHOWN)
        return Gone(self.local_key(id_))

    def _frame(self, frame: Fields, raw: Raw) -> Iterator[Arrival]:
        kind = text(frame, "event")
        if kind in ("delete", "update", "status.update"):
            body = text(frame, "payload").encode("utf-8", "replace")
            yield from self.read(msgspec.structs.replace(raw, body=body, kind=kind))

    def _notified(self, rows: list[object], raw: Raw) -> Iterator[Arrival]:
        """The statuses that mention an account; what was said to it alone is nobody else's."""
        sha256 = hashlib.sha256(raw.body).hexdigest()
        for place in reversed(range(len(rows))):
            row, where = rows[place], f"[{place}]"
            if not isinstance(row, dict):
                yield Unreadable(where, "it is no notification")
            elif text(row, "type") == "mention":
                status = row.get("status")
                if not isinstance(status, dict):
                    yield Unreadable(where, "it is a mention without a status")
                elif text(status, "visibility") not in ("direct", "private"):
                    yield self._status(status, raw, sha256, f"{where}.status")

    def _values(self, value: object, raw: Raw) -> Iterator[Arrival]:
        sha256 = hashlib.sha256(raw.body).hexdigest()
        if isinstance(value, list):
            for place in reversed(range(len(value))):
                yield self._status(value[place], raw, sha256, f"[{place}]")
        else:
            yield self._status(value, raw, sha256, raw.kind or "answer")

    def _status(self, status: object, raw: Raw, sha256: str, where: str) -> Arrival:
        if not isinstance(status, dict):
            return Unreadable(where, "it is no status")
        if "error" in status and "account" not in status:
            return Unreadable(where, f"the server says: {one_line(text(status, 'error'), 120)}")
        key = self.key_of(status)
        author = read_author(table(status, "account"), self.server)
        if not key or author is None or "content" not in status:
            return Unreadable(where, "it is no status: id, account or content is missing")
        visibility = text(status, "visibility") or "public"
        if visibility != "public":
            return OptedOut(key, f"visibility: {one_line(visibility, 40)}")
        asked = opt_outs(table(status, "account"))
        for flag in sorted(self._honour & asked.keys()):
            return OptedOut(key, asked[flag])
        kind, quoted = self._kind(status)
        if kind == "repost":
            status = {**status, "content": "", "media_attachments": [], "poll": None}
        hidden = frozenset(("invisible", "quote-inline") if kind == "quote" else ("invisible",))
        marked = read_markup(text(status, "content"), emojis=emojis_of(status), hidden=hidden)
        return Post(
            key=key,
            network=NETWORK,
            text=marked.text,
            created_at_ms=moment_ms(status, "created_at") or max(raw.received_at_ms, 0),
            version=one_line(text(status, "edited_at"), 40),
            kind=kind,
            entities=marked.entities,
            lang=language_tag(text(status, "language")),
            dir=direction(marked.text),
            media=read_media(status),
            author=author,
            parent=self.local_key(ident(status, "in_reply_to_id")),
            quoted=quoted,
            permalink=safe_href(text(status, "url")) or safe_href(text(status, "uri")),
            metrics=self._metrics(status, key),
            sensitivity=Sensitivity(
                flag=status.get("sensitive") is True,
                spoiler=clean(text(status, "spoiler_text")[:2000]).strip(),
            ),
            provenance=Provenance(
                endpoint=raw.kind or "rest", raw_sha256=sha256, gap_fill=raw.gap_fill
            ),
            received_at_ms=max(raw.received_at_ms, 0),
            extra=self._extra(status, key),
        )

    def _kind(self, status: Fields) -> tuple[PostKind, str]:
        if boosted := table(status, "reblog"):
            return "repost", self.key_of(boosted)
        quote = table(status, "quote")
        if quote:
            accepted = text(quote, "state") in ("", "accepted")
            inner = table(quote, "quoted_status") or (quote if "uri" in quote else {})
            return "quote", self.key_of(inner) if accepted and inner else ""
        return ("reply" if ident(status, "in_reply_to_id") else "post"), ""

    def _metrics(self, status: Fields, key: str) -> tuple[Metric, ...]:
        # counts of posts from elsewhere are what this server happened to hear of
        own = key.startswith(f"{NETWORK}:{self.server}:")
        return tuple(
            Metric(name, whole(status, field), "exact" if own else "stale")
            for name, field in _COUNTS.items()
            if field in status
        )

    def _extra(self, status: Fields, key: str) -> dict[str, str]:
        extra: dict[str, str] = {}
        alias = self.local_key(ident(status))
        if alias and alias != key:
            extra["alias"] = alias
        if choices := rows(table(status, "poll"), "options")[:20]:
            extra["poll"] = "\n".join(one_line(text(choice, "title"), 100) for choice in choices)
        return extra
