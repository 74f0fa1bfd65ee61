"""A row of somebody's own data as a post: which of its values is what, a person has said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, cast

from parvis.core.post import Author, Media, Post, Provenance, Raw
from parvis.plug.address import web_address
from parvis.plug.digest import short_hash
from parvis.plug.language import language_tag
from parvis.plug.media import attached, media_type_of, mime_of
from parvis.plug.moment import YEAR_2100_MS, iso_ms
from parvis.plug.plain import clean, direction, one_line
from parvis.plug.text_entities import find_entities

FIELDS: Final = (
    "id",
    "text",
    "name",
    "handle",
    "avatar",
    "picture",
    "alt",
    "link",
    "time",
    "lang",
)
"""What a value of a row can be."""
MOST_LETTERS = 10_000


def words_of(value: object) -> str:
    """A value as people read it: lists are put side by side, objects say nothing."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no"}.get(cast("bool", value), "")
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else ""
    if isinstance(value, float):
        return f"{value:.10g}" if math.isfinite(value) else ""
    if isinstance(value, list):
        said = (words_of(each) for each in cast("list[object]", value)[:50])
        return " ".join(filter(None, said))
    return value if isinstance(value, str) else ""


def moment_of(value: object) -> int:
    """ISO 8601, the form of e-mail, or seconds or milliseconds since 1970, in ms; 0 for none."""
    said = words_of(value).strip()[:60]
    try:
        number = float(said)
    except ValueError:
        at_ms = iso_ms(said) or _mail_ms(said)
    else:
        at_ms = round(number if abs(number) >= 1e11 else number * 1000) if abs(number) < 1e15 else 0
    return at_ms if 0 < at_ms < YEAR_2100_MS else 0


def _mail_ms(said: str) -> int:
    try:
        at = parsedate_to_datetime(said)
        return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0


def post_of(row: Mapping[str, object], raw: Raw, network: str, host: str) -> Post | None:
    """The post of one row, whose values stand under `FIELDS`; None when it says and shows nothing.

    Without an id of its own, a row whose words change is another post.
    """
    text = clean(words_of(row.get("text"))[:MOST_LETTERS]).strip()
    media = _media(row)
    if not text and not media:
        return None
    values = [words_of(row.get(name)) for name in FIELDS]
    own = one_line(words_of(row.get("id")), 200).replace(" ", "_")
    id_ = own if own and own.isprintable() else short_hash(*values)
    return Post(
        key=f"{network}:{host}:{id_}",
        network=network,
        text=text,
        created_at_ms=moment_of(row.get("time")) or max(raw.received_at_ms, 0),
        version=short_hash(*values),
        entities=find_entities(text),
        lang=language_tag(words_of(row.get("lang"))),
        dir=direction(text),
        media=media,
        author=_author(row, network, host),
        permalink=web_address(words_of(row.get("link"))),
        provenance=Provenance(endpoint=raw.kind or "answer"),
        received_at_ms=max(raw.received_at_ms, 0),
    )


def _media(row: Mapping[str, object]) -> tuple[Media, ...]:
    given = row.get("picture")
    alt = clean(words_of(row.get("alt"))[:1500]).strip()
    urls = cast("list[object]", given) if isinstance(given, list) else [given]
    found: Iterable[str] = (web_address(words_of(url)) for url in urls[:16])
    kinds = ((url, mime_of(url)) for url in found if url)
    return attached(
        Media(type=media_type_of(mime) or "image", url=url, mime=mime, alt=alt)
        for url, mime in kinds
    )


def _author(row: Mapping[str, object], network: str, host: str) -> Author | None:
    name = one_line(words_of(row.get("name")), 80)
    handle = one_line(words_of(row.get("handle")), 100)
    if not name and not handle:
        return None
    known = "".join((handle or name).removeprefix("@").lower().split()) or "unnamed"
    avatar = web_address(words_of(row.get("avatar")))
    return Author(f"{network}:{host}:@{known}", handle or name, name or handle, avatar=avatar)


def at_iso(at_ms: int) -> str:
    """A time in sentences."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
