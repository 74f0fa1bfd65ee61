"""The shape of what the simulated server says: statuses, accounts, attachments, polls."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from parvis.sim.mastodon.html import as_html, mentions_of, tags_of

Status = dict[str, Any]


def now_ms() -> int:
    """The real time."""
    return time.time_ns() // 1_000_000


def iso(at_ms: int) -> str:
    """As the API writes times."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody posts. `author`: a name, or `name@host` for somebody of another server."""

    text: str
    author: str = "ada"
    name: str = ""
    note: str = ""
    spoiler: str = ""
    sensitive: bool = False
    language: str = "en"
    visibility: str = "public"
    noindex: bool = False
    indexable: bool = True
    discoverable: bool = True
    bot: bool = False
    followers: int = 42
    favourites: int = 0
    reblogs: int = 0
    replies: int = 0
    media: tuple[dict[str, Any], ...] = ()
    emojis: tuple[str, ...] = ()
    poll: tuple[str, ...] = ()
    reply_to: str = ""
    quote: str = ""
    at_ms: int = 0


def status_of(
    draft: Draft, base: str, id_: str, *, at_ms: int, asked_ms: int, quoted: Status | None
) -> Status:
    """The status of a draft posted at `at_ms`, as the server at `base` gives it at `asked_ms`."""
    account = _account(draft, base, asked_ms)
    home = account["url"].rpartition("/@")[0]
    theirs = id_ if home == base else str(int(id_) - 7)
    return {
        "id": id_,
        "created_at": iso(at_ms),
        "in_reply_to_id": draft.reply_to or None,
        "in_reply_to_account_id": None,
        "sensitive": draft.sensitive or bool(draft.spoiler),
        "spoiler_text": draft.spoiler,
        "visibility": draft.visibility,
        "language": draft.language,
        "uri": f"{home}/users/{account['username']}/statuses/{theirs}",
        "url": f"{home}/@{account['username']}/{theirs}",
        "replies_count": draft.replies,
        "reblogs_count": draft.reblogs,
        "favourites_count": draft.favourites,
        "quotes_count": 0,
        "edited_at": None,
        "content": as_html(draft.text, base),
        "reblog": None,
        "application": None,
        "account": account,
        "media_attachments": [_media(n, given, id_) for n, given in enumerate(draft.media)],
        "mentions": mention_rows(draft.text, base),
        "tags": tag_rows(draft.text, base),
        "emojis": [_emoji(code, base) for code in draft.emojis],
        "quote": {"state": "accepted", "quoted_status": quoted} if quoted else None,
        "card": None,
        "poll": _poll(id_, draft.poll) if draft.poll else None,
    }


def _account(draft: Draft, base: str, asked_ms: int) -> dict[str, Any]:
    name, _, host = draft.author.partition("@")
    home = f"https://{host}" if host else base
    return {
        "id": str(sum(ord(char) * 31**place for place, char in enumerate(draft.author))),
        "username": name,
        "acct": draft.author,
        "display_name": draft.name or name.title(),
        "locked": False,
        "bot": draft.bot,
        "discoverable": draft.discoverable,
        "indexable": draft.indexable,
        "group": False,
        "created_at": "2022-11-01T00:00:00.000Z",
        "note": f"<p>{draft.note}</p>",
        "url": f"{home}/@{name}",
        "uri": f"{home}/users/{name}",
        "avatar": f"{base}/avatars/original/missing.png",
        "avatar_static": f"{base}/avatars/original/missing.png",
        "header": f"{base}/headers/original/missing.png",
        "header_static": f"{base}/headers/original/missing.png",
        "followers_count": draft.followers,
        "following_count": 7,
        "statuses_count": 3,
        "last_status_at": iso(asked_ms)[:10],
        "noindex": draft.noindex,
        "emojis": [],
        "roles": [],
        "fields": [],
    }


def mention_rows(text: str, base: str) -> list[dict[str, str]]:
    """Whom a text names, as a status lists them."""
    rows = []
    for name, host in mentions_of(text):
        home = f"https://{host}" if host else base
        acct = f"{name}@{host}" if host else name
        id_ = str(sum(ord(char) * 31**place for place, char in enumerate(acct)))
        rows.append({"id": id_, "username": name, "url": f"{home}/@{name}", "acct": acct})
    return rows


def tag_rows(text: str, base: str) -> list[dict[str, str]]:
    """The hashtags of a text, as a status lists them."""
    return [{"name": tag.lower(), "url": f"{base}/tags/{tag.lower()}"} for tag in tags_of(text)]


def _media(number: int, given: dict[str, Any], id_: str) -> dict[str, Any]:
    size = {"width": 1200, "height": 800, "size": "1200x800", "aspect": 1.5}
    return {
        "id": f"{id_}{number}",
        "type": "image",
        "preview_url": given.get("url"),
        "remote_url": None,
        "text_url": None,
        "meta": {"focus": {"x": 0.0, "y": 0.0}, "original": size, "small": size},
        "description": None,
        "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH",
        **given,
    }


def _emoji(code: str, base: str) -> dict[str, Any]:
    url = f"{base}/emoji/{code}.png"
    return {"shortcode": code, "url": url, "static_url": url, "visible_in_picker": True}


def _poll(id_: str, choices: Iterable[str]) -> dict[str, Any]:
    return {
        "id": id_,
        "expires_at": None,
        "expired": False,
        "multiple": False,
        "votes_count": 0,
        "voters_count": 0,
        "options": [{"title": choice, "votes_count": 0} for choice in choices],
        "emojis": [],
    }
