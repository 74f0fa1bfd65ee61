"""The publisher's WebSub hub: whole feeds are pushed."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from parvis.sim.feeds.document import TYPES, document
from parvis.sim.feeds.publisher import Publisher


async def hub(request: Request) -> Response:
    """Takes a wish to subscribe."""
    publisher: Publisher = request.app.state.publisher
    form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    here = str(request.base_url)
    status, words = publisher.subscribe(form, lambda topic: topic.startswith(here))
    return Response(words, status)


async def push(publisher: Publisher, base: str) -> None:
    """The whole feed, to everybody."""

    def content(topic: str) -> tuple[bytes, str]:
        name = topic.rpartition(".")[2]
        return document(publisher, name, base)[0], TYPES[name]

    await publisher.push(f"{base}/hub", content)
