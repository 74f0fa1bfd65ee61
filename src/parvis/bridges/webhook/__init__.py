"""Webhook out: Standard Webhooks 1.0, thin by default."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.event import Fact, post_of
from parvis.plug.bridge import Bridge, News
from parvis.plug.standard_webhooks import read_keys, sign
from parvis.plug.tools import Tools

EVENTS = (
    "card.shown",
    "card.gone",
    "post.seen",
    "post.edited",
    "post.refused",
    "post.decided",
    "right.changed",
)
DEADLINE_S = 20.0
MAX_TEXT = 2000
TRIED_AGAIN = (400, 402, 403, 404, 405, 406, 409, 411, 412, 413, 414, 415, 422, 423, 424, 426, 451)
"""A receiver that is being mended answers such things; 401, 410 and redirects are final."""


def open_bridge(tools: Tools) -> Bridge:
    """The bridge; raises `Refused` for an unknown event or a bad secret."""
    return WebhookOut(tools)


class WebhookOut(Bridge):
    """Calls one address."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._url = str(tools.settings["url"])
        self._events = frozenset(tools.settings["events"])
        self._keys = read_keys(tools.vault.secret("secret"))
        for name in sorted(self._events.difference(EVENTS)):
            raise Refused(f"webhook: events has {name!r}; use {', '.join(EVENTS)}.")
        if "card.shown" in self._events:
            self._events |= {"card.gone"}  # who has a post's words is told when to delete them

    def wants(self, fact: Fact) -> bool:
        """Whether its type is among the `events`; what is shown is also told when it is gone."""
        return _type_of(fact) in self._events

    async def tell(self, news: News) -> None:
        """One signed POST, with the same `webhook-id` however often it is tried."""
        body = msgspec.json.encode(_payload(news))
        id_ = news.id
        now_s = self._tools.clock() // 1000
        headers = {
            "webhook-id": id_,
            "webhook-timestamp": str(now_s),
            "webhook-signature": " ".join(sign(key, id_, now_s, body) for key in self._keys),
        }
        reply = await self._tools.http.post(
            self._url,
            headers=headers,
            body=body,
            content_type="application/json",
            deadline_s=DEADLINE_S,
            max_bytes=1024 * 1024,
            allow=TRIED_AGAIN,
        )
        if not 200 <= reply.status < 300:
            host = urlsplit(self._url).hostname
            raise Later(f"The webhook at {host} did not take the message ({reply.status}).")


def _type_of(fact: Fact) -> str:
    return str(type(fact.event).__struct_config__.tag)


def _payload(news: News) -> dict[str, Any]:
    fact, card = news.fact, news.card
    at = datetime.fromtimestamp(fact.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    data: dict[str, Any] = {
        "wall": fact.wall,
        "post": post_of(fact.event),
        "ref": news.ref,
        "seq": fact.seq,
    }
    if card is not None and card.post == data["post"]:
        if card.text:
            short = len(card.text) <= MAX_TEXT
            data["text"] = card.text if short else card.text[: MAX_TEXT - 1] + "…"
        data["network"] = card.network
        data["permalink"] = card.permalink
        if card.author is not None:
            data["author"] = {"name": card.author.name, "handle": card.author.handle}
    return {"type": _type_of(fact), "timestamp": at.replace("+00:00", "Z"), "data": data}
