"""JSON Feed 1.0 and 1.1 (jsonfeed.org, read 2026-11-24)."""

from __future__ import annotations

from typing import Any

import msgspec

from parvis.core.post import Media, Unreadable
from parvis.plug.address import web_address
from parvis.plug.media import media_type_of
from parvis.plug.moment import iso_ms
from parvis.sources.feed.entry import Entry, Head, Parsed, Words

MAX_ENTRIES = 500


class _Author(msgspec.Struct, frozen=True):
    name: str | None = None
    url: str | None = None
    avatar: str | None = None


class _Hub(msgspec.Struct, frozen=True):
    type: str = ""
    url: str = ""


class _Attachment(msgspec.Struct, frozen=True):
    url: str
    mime_type: str = ""
    title: str | None = None


class _Item(msgspec.Struct, frozen=True):
    id: str | int | float = ""
    url: str | None = None
    external_url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    image: str | None = None
    banner_image: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    author: _Author | None = None
    authors: list[_Author] | None = None
    language: str | None = None
    attachments: list[_Attachment] | None = None


class _Feed(msgspec.Struct, frozen=True):
    version: str
    items: list[msgspec.Raw]
    title: str | None = None
    home_page_url: str | None = None
    feed_url: str | None = None
    icon: str | None = None
    language: str | None = None
    author: _Author | None = None
    authors: list[_Author] | None = None
    hubs: list[_Hub] | None = None


_FEED = msgspec.json.Decoder(_Feed, strict=False)
_ITEM = msgspec.json.Decoder(_Item, strict=False)


def parse_json(body: bytes, url: str) -> Parsed:
    """The feed in `body`. Never raises; a bad item costs itself alone."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        feed = _FEED.decode(body)
    except msgspec.ValidationError as error:
        return Parsed(because=f"This is JSON, but no JSON Feed ({_short(error)}).")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Parsed(because=f"This is no JSON Feed: it cannot be read ({_short(error)}).")
    if "jsonfeed.org/version/" not in feed.version:
        return Parsed(because="This is JSON, but no JSON Feed: version does not say so.")
    entries = [_entry(each, feed, number) for number, each in enumerate(feed.items[:MAX_ENTRIES])]
    if len(feed.items) > MAX_ENTRIES:
        entries.append(
            Unreadable(f"entry {MAX_ENTRIES}", f"Only the first {MAX_ENTRIES} entries are read.")
        )
    hubs = [each.url for each in feed.hubs or () if each.type.lower() == "websub"]
    head = Head(
        title=feed.title or "",
        link=web_address(feed.home_page_url or "", url) or url,
        lang=feed.language or "",
        icon=web_address(feed.icon or "", url),
        hub=web_address(hubs[0], url) if hubs else "",
        topic=web_address(feed.feed_url or "", url),
    )
    return Parsed(head, tuple(entries))


def _entry(raw: msgspec.Raw, feed: _Feed, number: int) -> Entry | Unreadable:
    try:
        item = _ITEM.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Unreadable(f"entry {number}", f"It cannot be read ({_short(error)}).")
    writers = [*(item.authors or ()), item.author, *(feed.authors or ()), feed.author]
    writer = next((each for each in writers if each is not None and each.name), _Author())
    base = feed.home_page_url or feed.feed_url or ""
    if item.summary:
        body = Words(item.summary, html=False)
    elif item.content_text:
        body = Words(item.content_text, html=False)
    else:
        body = Words(item.content_html or "", base=item.url or base)
    return Entry(
        id=_id(item.id),
        link=item.url or item.external_url or "",
        title=Words(item.title or "", html=False),
        body=body,
        author=writer.name or "",
        author_url=writer.url or "",
        at_ms=iso_ms(item.date_published or "") or iso_ms(item.date_modified or ""),
        lang=item.language or "",
        media=tuple(_media(item, base)),
    )


def _media(item: _Item, base: str) -> list[Media]:
    found = [
        Media(type="image", url=url)
        for each in (item.image, item.banner_image)
        if (url := web_address(each or "", base))
    ][:1]
    for each in item.attachments or ():
        kind = media_type_of(each.mime_type)
        if kind is not None and (url := web_address(each.url or "", base)):
            found.append(Media(type=kind, url=url, mime=each.mime_type, alt=each.title or ""))
    return found


def _id(said: Any) -> str:
    # 1.1: "a JSON number must be made a string"; 1 and 1.0 are the same entry
    return str(int(said)) if isinstance(said, float) and said.is_integer() else str(said)


def _short(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]
