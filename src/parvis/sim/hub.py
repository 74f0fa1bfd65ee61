"""A WebSub hub (W3C Recommendation of 2018-01-23) for whatever simulator publishes."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping

import aiohttp
import msgspec

LONGEST_LEASE_S = 864_000


class Subscriber(msgspec.Struct, frozen=True):
    """Whom the hub pushes to."""

    callback: str
    topic: str
    secret: str
    lease_s: int


class Hub:
    """Who subscribed; `signature` is the method by which pushes are signed."""

    def __init__(self) -> None:
        self.signature = "sha256"
        self.subscribers: dict[tuple[str, str], Subscriber] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def subscribe(self, form: Mapping[str, str], knows: Callable[[str], bool]) -> tuple[int, str]:
        """Section 5.1: takes a wish to subscribe, and verifies it beside the answer; status and
        words.
        """
        if form.get("hub.mode") != "subscribe" or not form.get("hub.callback"):
            return 400, "hub.mode and hub.callback are missing"
        if not knows(form.get("hub.topic", "")):
            return 404, "this hub knows no such topic"
        if len(form.get("hub.secret", "")) >= 200:
            return 400, "hub.secret is too long"
        lease_s = min(int(form.get("hub.lease_seconds", LONGEST_LEASE_S)), LONGEST_LEASE_S)
        secret = form.get("hub.secret", "")
        asked = Subscriber(form["hub.callback"], form["hub.topic"], secret, lease_s)
        self.later(self._verify(asked))
        return 202, ""

    async def _verify(self, asked: Subscriber) -> None:
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
                self.subscribers[asked.callback, asked.topic] = asked

    async def push(self, hub: str, content: Callable[[str], tuple[bytes, str] | None]) -> None:
        """Section 7: what `content` gives for a topic (with its type), signed with each
        subscriber's secret; None for topics without news.
        """
        method = getattr(hashlib, self.signature)
        async with aiohttp.ClientSession() as session:
            for key, each in list(self.subscribers.items()):
                if (told := content(each.topic)) is None:
                    continue
                body, kind = told
                mac = hmac.new(each.secret.encode(), body, method).hexdigest()
                headers = {
                    "content-type": kind,
                    "link": f'<{hub}>; rel="hub", <{each.topic}>; rel="self"',
                    "x-hub-signature": f"{self.signature}={mac}",
                }
                async with session.post(each.callback, data=body, headers=headers) as answer:
                    if answer.status == 410:
                        del self.subscribers[key]

    def later(self, work: Awaitable[None]) -> None:
        """Runs `work` beside the answer."""
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Ends what runs beside."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _quietly(work: Awaitable[None]) -> None:
    try:
        await work
    except (aiohttp.ClientError, OSError, TimeoutError):
        return  # a subscriber that cannot be reached is the subscriber's loss
