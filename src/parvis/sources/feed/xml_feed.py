"""RSS and Atom, read by feedparser from bytes alone: it gets no address and no file name, so it can
fetch nothing.
"""

from __future__ import annotations

import calendar
import io
import re
from typing import Any
from urllib.parse import urljoin

import feedparser
from feedparser.encodings import convert_to_utf8

from parvis.core.post import Media, Unreadable
from parvis.plug.address import safe_href, web_address
from parvis.plug.media import media_type_of
from parvis.plug.tags import Tag, tokens
from parvis.sources.feed.entry import Entry, Head, Parsed, Words

MAX_ENTRIES = 500
MAX_TAGS = 100_000
MAX_DEPTH = 60
MAX_TAG = 64 * 1024
MAX_REFERENCES = 300_000
"""feedparser takes up to 50 µs a tag and much more a level: beyond this, one look at a feed would
keep a core busy for minutes, and nothing can stop it.
"""
_TAG = re.compile(rb"<(/?)[A-Za-z_][^<>]*>")


def parse_xml(body: bytes, content_type: str, url: str) -> Parsed:
    """The feed in `body`. Never raises."""
    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    try:
        if tangled := _tangled(convert_to_utf8(headers, body, {})):
            return Parsed(because=tangled)
        told: Any = feedparser.parse(
            io.BytesIO(body),  # bytes themselves would be tried as a file name first
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # a parser of broken markup has more ways to fail than it documents
        return Parsed(because=f"It cannot be read as a feed ({type(error).__name__}).")
    found = told.get("entries") or []
    if not found and not told.get("version"):
        return Parsed(because=_no_feed(body, url))
    entries = [_entry(each, number) for number, each in enumerate(found[:MAX_ENTRIES])]
    if len(found) > MAX_ENTRIES:
        entries.append(
            Unreadable(f"entry {MAX_ENTRIES}", f"Only the first {MAX_ENTRIES} entries are read.")
        )
    return Parsed(_head(told.get("feed") or {}, url), tuple(entries))


def offered_feed(body: bytes, url: str) -> str:
    """The address of the feed that the web page `body` offers, or ''."""
    for token in tokens(body[:500_000].decode("utf-8", "replace")):
        if not isinstance(token, Tag) or token.name != "link":
            continue
        kind = token.attributes.get("type", "").lower()
        if "alternate" in token.attributes.get("rel", "").lower().split() and (
            kind in ("application/rss+xml", "application/atom+xml", "application/feed+json")
        ):
            return safe_href(token.attributes.get("href", ""), url)
    return ""


def _tangled(text: bytes) -> str:
    """Why reading it would take too long, or ''; in time linear in its length."""
    text = _without_cdata(text)
    if text.count(b"<") > MAX_TAGS or text.count(b"&") > MAX_REFERENCES:
        return f"The feed has more than {MAX_TAGS} tags; ask its publisher for a shorter one."
    depth = 0
    for tag in _TAG.finditer(text):
        if tag.end() - tag.start() > MAX_TAG:
            return f"The feed has a tag of more than {MAX_TAG} bytes; tell its publisher."
        if tag[1]:
            depth = max(depth - 1, 0)
        elif not tag[0].endswith(b"/>"):
            depth += 1
            if depth > MAX_DEPTH:
                return f"The feed is nested more than {MAX_DEPTH} deep; tell its publisher."
    return ""


def _without_cdata(text: bytes) -> bytes:
    """`text` less what stands in it as mere characters."""
    parts: list[bytes] = []
    at = 0
    while (start := text.find(b"<![CDATA[", at)) >= 0:
        end = text.find(b"]]>", start)
        if end < 0:
            break
        parts.append(text[at:start])
        at = end + 3
    return b"".join([*parts, text[at:]])


def _no_feed(body: bytes, url: str) -> str:
    start = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "The answer is empty where a feed was expected; check the address."
    if b"<html" in start or b"<!doctype html" in start:
        offered = offered_feed(body, url)
        if offered:
            return f"This is a web page, not a feed; it offers the feed {offered}: set that as url."
        return "This is a web page, and it offers no feed; look for its RSS or Atom address."
    return "This is no feed: neither RSS, Atom nor JSON Feed; check the address."


def _entry(told: Any, number: int) -> Entry | Unreadable:
    try:
        title = told.get("title_detail") or {}
        detail = told.get("author_detail") or {}
        body, lang = _body(told)
        return Entry(
            id=_text(told.get("id")),
            link=_text(told.get("link")),
            title=_words(title) if title else Words(_text(told.get("title")), html=False),
            body=body,
            author=_text(detail.get("name")) or _text(told.get("author")),
            author_url=_text(detail.get("href")),
            at_ms=_ms(told, "published_parsed") or _ms(told, "updated_parsed"),
            lang=lang or _text(title.get("language")),
            media=tuple(_media(told)),
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        return Unreadable(f"entry {number}", f"It cannot be read ({type(error).__name__}).")


def _body(told: Any) -> tuple[Words, str]:
    """The summary, else the content that comes first and is text."""
    details = [told.get("summary_detail") or {}, *(told.get("content") or ())]
    for detail in details:
        if _text(detail.get("value")).strip() and "text" in _text(detail.get("type")) + "html text":
            return _words(detail), _text(detail.get("language"))
    return Words(_text(told.get("summary"))), ""


def _words(detail: Any) -> Words:
    html = "html" in (_text(detail.get("type")) or "text/html")
    return Words(_text(detail.get("value")), html, _text(detail.get("base")))


def _ms(told: Any, name: str) -> int:
    parsed = dict.get(told, name)  # its own get answers with another date and a warning
    try:
        return calendar.timegm(parsed) * 1000 if parsed else 0
    except (TypeError, ValueError, OverflowError):
        return 0


def _media(told: Any) -> list[Media]:
    found: list[Media] = []
    thumbs = [_text(each.get("url")) for each in told.get("media_thumbnail") or ()]
    for each in [*(told.get("enclosures") or ()), *(told.get("media_content") or ())]:
        url = _text(each.get("href")) or _text(each.get("url"))
        mime = _text(each.get("type")).lower()
        kind = media_type_of(_text(each.get("medium")) or mime)
        if url and kind is not None:
            found.append(
                Media(
                    type=kind,
                    url=url,
                    mime=mime,
                    w=_size(each.get("width")),
                    h=_size(each.get("height")),
                    poster=thumbs[0] if thumbs and kind == "video" else "",
                )
            )
    if not any(each.type == "image" or each.poster for each in found):
        found += [Media(type="image", url=url) for url in thumbs[:1] if url]
    return found


def _head(told: Any, url: str) -> Head:
    links = {_text(each.get("rel")): _text(each.get("href")) for each in told.get("links") or ()}
    image = told.get("image") or {}
    ttl = _text(told.get("ttl")).strip()
    return Head(
        title=_text(told.get("title")),
        link=urljoin(url, _text(told.get("link"))) if _text(told.get("link")) else url,
        lang=_text(told.get("language")),
        icon=web_address(_text(told.get("icon")) or _text(image.get("href")), url),
        hub=web_address(links.get("hub", ""), url),
        topic=web_address(links.get("self", ""), url),
        ttl_s=int(ttl) * 60 if ttl.isascii() and ttl.isdigit() and len(ttl) < 6 else 0,
    )


def _size(said: object) -> int:
    text = _text(said).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _text(said: object) -> str:
    return said if isinstance(said, str) else ""
