"""The publisher's WebSub hub (W3C Recommendation of 2018-01-23)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import parse_qs

import aiohttp
from starlette.requests import Request
from starlette.responses import Response

from parvis.sim.feeds.document import TYPES, document
from parvis.sim.feeds.publisher import Publisher, Subscriber


async def hub(request: Request) -> Response:
    """Section 5.1: takes a wish to subscribe, and verifies it beside the answer."""
    publisher: Publisher = request.app.state.publisher
    form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    if form.get("hub.mode") != "subscribe" or not form.get("hub.callback"):
        return Response("hub.mode and hub.callback are missing", 400)
    if not form.get("hub.topic", "").startswith(str(request.base_url)):
        return Response("this hub knows no such topic", 404)
    if len(form.get("hub.secret", "")) >= 200:
        return Response("hub.secret is too long", 400)
    asked = Subscriber(
        form["hub.callback"],
        form["hub.topic"],
        form.get("hub.secret", ""),
        min(int(form.get("hub.lease_seconds", "864000")), 864000),
    )
    publisher.later(_verify(publisher, asked))
    return Response(status_code=202)


async def _verify(publisher: Publisher, asked: Subscriber) -> None:
    """Section 5.3: did the owner of the callback ask for this?"""
    challenge = secrets.token_urlsafe(24)
    params = {
        "hub.mode": "subscribe",
        "hub.topic": asked.topic,
        "hub.challenge": challenge,
        "hub.lease_seconds": str(asked.lease_s),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.get(asked.callback, params=params) as answer,
    ):
        if answer.status == 200 and await answer.text() == challenge:
            publisher.subscribers[asked.callback, asked.topic] = asked


async def push(publisher: Publisher, base: str) -> None:
    """Section 7: the whole feed, signed with each subscriber's secret."""
    method = getattr(hashlib, publisher.signature)
    async with aiohttp.ClientSession() as session:
        for key, each in list(publisher.subscribers.items()):
            name = each.topic.rpartition(".")[2]
            body, _ = document(publisher, name, base)
            mac = hmac.new(each.secret.encode(), body, method).hexdigest()
            headers = {
                "content-type": TYPES[name],
                "link": f'<{base}/hub>; rel="hub", <{each.topic}>; rel="self"',
                "x-hub-signature": f"{publisher.signature}={mac}",
            }
            async with session.post(each.callback, data=body, headers=headers) as answer:
                if answer.status == 410:
                    del publisher.subscribers[key]
