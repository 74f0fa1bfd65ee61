"""The same entries as RSS 2.0, Atom and JSON Feed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any

import msgspec

from parvis.sim.feeds.publisher import Publisher

TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


def document(publisher: Publisher, name: str, base: str) -> tuple[bytes, dict[str, str]]:
    """The feed as it stands, with the headers of its answer."""
    made = {"rss": _rss, "atom": _atom, "json": _json}[name](publisher, base)
    body = made.encode()
    newest = max((entry.at for entry in publisher.entries.values()), default=datetime.now(UTC))
    headers = {
        "etag": f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        "last-modified": format_datetime(newest, usegmt=True),
        "cache-control": "max-age=0",
    }
    if publisher.hub:
        headers["link"] = f'<{base}/hub>; rel="hub", <{base}/feed.{name}>; rel="self"'
    return body, headers


def _rss(publisher: Publisher, base: str) -> str:
    hub = f'<atom:link rel="hub" href="{base}/hub"/>' if publisher.hub else ""
    items = "".join(
        f"<item><title>{escape(each.title)}</title><link>{base}/posts/{each.id}</link>"
        f'<guid isPermaLink="false">{escape(each.id)}</guid>'
        f"<pubDate>{format_datetime(each.at)}</pubDate>"
        f"<description>{escape(each.text)}</description>"
        + (
            f'<enclosure url="{escape(each.image)}" type="image/png" length="1"/>'
            * bool(each.image)
        )
        + "</item>"
        for each in publisher.newest()
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
        ' xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>The square</title>'
        f"<link>{base}/</link><description>News</description><language>en</language>{hub}"
        f'<atom:link rel="self" href="{base}/feed.rss"/>{items}</channel></rss>'
    )


def _atom(publisher: Publisher, base: str) -> str:
    hub = f'<link rel="hub" href="{base}/hub"/>' if publisher.hub else ""
    entries = "".join(
        f"<entry><id>tag:square.example,2026:{escape(each.id)}</id>"
        f"<title>{escape(each.title)}</title>"
        f'<link href="{base}/posts/{each.id}"/><updated>{each.at.isoformat()}</updated>'
        f'<summary type="html">{escape(each.text)}</summary>'
        + (f'<link rel="enclosure" type="image/png" href="{escape(each.image)}"/>')
        * bool(each.image)
        + "<author><name>The desk</name></author></entry>"
        for each in publisher.newest()
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
        f' xml:lang="en"><title>The square</title><id>{base}/</id>{hub}'
        f'<link rel="self" href="{base}/feed.atom"/><link href="{base}/"/>{entries}</feed>'
    )


def _json(publisher: Publisher, base: str) -> str:
    told: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The square",
        "home_page_url": f"{base}/",
        "feed_url": f"{base}/feed.json",
        "language": "en",
        "items": [
            {
                "id": each.id,
                "url": f"{base}/posts/{each.id}",
                "title": each.title,
                "content_html": each.text,
                "date_published": each.at.isoformat(),
                **({"image": each.image} if each.image else {}),
            }
            for each in publisher.newest()
        ],
    }
    if publisher.hub:
        told["hubs"] = [{"type": "WebSub", "url": f"{base}/hub"}]
    return msgspec.json.encode(told).decode()
