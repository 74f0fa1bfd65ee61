"""What parvis tells other programs: health, figures and the open feed."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from parvis.core.wire import Card
from parvis.flow.publish import NOTHING, passed_on, policies_of
from parvis.web.entry import Entry
from parvis.web.problem import Failed, problem
from parvis.web.room import Room
from parvis.web.snapshots import Held

STORE_ANSWERS_S = 2.0


class Outside:
    """The addresses of one room that programs read."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._began = time.monotonic()
        self._feeds: dict[str, tuple[int, bytes]] = {}

    def entries(self) -> list[Entry]:
        """What is served, and for whom."""
        return [
            Entry(method="GET", path="/healthz", handle=self.healthz, who="anyone"),
            Entry(method="GET", path="/readyz", handle=self.readyz, who="anyone"),
            Entry(method="GET", path="/metrics", handle=self.metrics, who="anyone"),
            Entry(method="GET", path="/feed/{wall}.json", handle=self.feed, who="anyone"),
        ]

    async def healthz(self, request: Request) -> Response:
        """The process lives."""
        return _plain("alive\n")

    async def readyz(self, request: Request) -> Response:
        """The store answers."""
        try:
            async with asyncio.timeout(STORE_ANSWERS_S):
                await self._room.engine.walls()
        except Exception as error:
            return problem(503, f"The store does not answer ({type(error).__name__}).", 1.0)
        return _plain("ready\n")

    async def metrics(self, request: Request) -> Response:
        """Prometheus text, for this machine or with the key."""
        if not (self._room.keyring.opens(request.scope) or _from_here(request)):
            return problem(401, "Figures are given on this machine or with the key.")
        lines = ["# TYPE parvis_up_seconds gauge"]
        lines.append(f"parvis_up_seconds {time.monotonic() - self._began:.0f}")
        lines.append("# TYPE parvis_posts gauge")
        healths = ["# TYPE parvis_source_healthy gauge"]
        bridges = ["# TYPE parvis_bridge_healthy gauge"]
        asides = ["# TYPE parvis_bridge_set_aside gauge"]
        for wall in await self._room.engine.walls():
            for state, count in sorted((await self._room.engine.counts(wall.id)).items()):
                lines.append(_sample("parvis_posts", {"wall": wall.id, "state": state}, count))
            for health in await self._room.engine.health(wall.id):
                labels = {"wall": wall.id, "source": health.source}
                healths.append(_sample("parvis_source_healthy", labels, int(health.healthy)))
            for bridge in await self._room.engine.bridge_health(wall.id):
                labels = {"wall": wall.id, "bridge": bridge.bridge}
                bridges.append(_sample("parvis_bridge_healthy", labels, int(bridge.healthy)))
                asides.append(_sample("parvis_bridge_set_aside", labels, bridge.aside))
        lines += [*healths, *bridges, *asides]
        for name, value in self._room.gauges().items():
            lines += [f"# TYPE parvis_{name} gauge", f"parvis_{name} {value:g}"]
        return _plain("\n".join(lines) + "\n", "text/plain; version=0.0.4")

    async def feed(self, request: Request) -> Response:
        """GET /feed/{wall}.json: a JSON Feed of what may be passed on."""
        held = await self._room.snapshots.of(request.path_params["wall"])
        if held is None:
            raise Failed(404, "There is no such wall here; check the address.")
        seq = held.snapshot.seq
        kept = self._feeds.get(held.snapshot.wall.wall)
        if kept is None or kept[0] != seq:
            kept = (seq, msgspec.json.encode(await self._feed(held)))
            self._feeds[held.snapshot.wall.wall] = kept
        return Response(
            kept[1],
            200,
            {"cache-control": "public, max-age=30"},
            media_type="application/feed+json",
        )

    async def _feed(self, held: Held) -> dict[str, Any]:
        wall, base = held.snapshot.wall, self._room.public_url.rstrip("/")
        items = [] if wall.panic else [_item(card, base) for card in await self._allowed(held)]
        return {
            "version": "https://jsonfeed.org/version/1.1",
            "title": wall.title,
            "language": wall.lang,
            "home_page_url": f"{base}/w/{quote(wall.wall)}",
            "feed_url": f"{base}/feed/{quote(wall.wall)}.json",
            "items": items,
        }

    async def _allowed(self, held: Held) -> Iterable[Card]:
        """The wall's cards as each network lets them be passed on."""
        engine, wall = self._room.engine, held.snapshot.wall.wall
        posts = [card.post for card in held.snapshot.cards]
        policies = await policies_of(engine, wall, posts, self._room.policy)
        now_ms = self._room.clock()
        cards: list[Card] = []
        for card in held.snapshot.cards:
            policy = policies.get(card.post, NOTHING)
            allowed = await passed_on(engine, wall, card, policy, "feed", now_ms)
            if allowed is not None:
                cards.append(allowed)
        return cards


def _item(card: Card, base: str) -> dict[str, Any]:
    item: dict[str, Any] = {"id": card.post}
    if card.permalink:
        item["url"] = card.permalink
    if card.author is None and not card.text and not card.media:
        return item
    item["content_text"] = card.text
    item["date_published"] = datetime.fromtimestamp(card.created_at_ms / 1000, UTC).isoformat()
    if card.lang:
        item["language"] = card.lang
    if card.author is not None:
        item["authors"] = [{"name": card.author.name or card.author.handle}]
        if card.author.url:
            item["authors"][0]["url"] = card.author.url
    images = [media for media in card.media if media.type in ("image", "gif")]
    if images:
        item["image"] = base + images[0].url
    return item


def _from_here(request: Request) -> bool:
    """Asked on this machine itself; a proxy on this machine does not count."""
    client = request.scope.get("client")
    if not client or any(
        name in request.headers for name in ("x-forwarded-for", "forwarded", "via")
    ):
        return False
    visitor = request.scope["parvis.visitor"]
    return _loopback(client[0]) and (visitor.host == "localhost" or _loopback(visitor.host))


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    escaped = {
        key: text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        for key, text in labels.items()
    }
    inner = ",".join(f'{key}="{text}"' for key, text in escaped.items())
    return f"{name}{{{inner}}} {value}"


def _plain(text: str, kind: str = "text/plain") -> Response:
    return Response(text, 200, {"cache-control": "no-store"}, media_type=kind)
