"""The hub as the product runs it, fed without a store: POST /pub, decoded and checked as a card,
becomes the next message of a wall.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import msgspec

from parvis.core.event import Fact
from parvis.core.wall import Wall
from parvis.core.wire import Card, Show
from parvis.engine import Engine
from parvis.web.live.follow import Joined, Receive, Scope, Send, view_of, wall_of
from parvis.web.live.hub import Hub
from parvis.web.live.server import Server, new_loop

WALL = "bench"


class Silent:
    """An engine on which nothing has happened and nothing will."""

    async def head(self, wall: str) -> int:
        """Nothing yet."""
        return 0

    async def wall(self, wall: str) -> Wall | None:
        """Every wall is there."""
        return Wall(id=wall, title=wall)

    async def follow(self, wall: str, after: int) -> AsyncIterator[Sequence[Fact]]:
        """Wait for ever."""
        await asyncio.Event().wait()
        yield ()


class Publisher:
    """The rest of the house: POST /pub; GET /stat says how many readers there are."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._seq = 0
        self._decode = msgspec.json.Decoder(Card).decode

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["path"] == "/stat":
            await answer(send, 200, b"%d" % self._hub.readers)
            return
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        card = self._decode(body)
        self._seq += 1
        self._hub.feed(WALL).tell([(self._seq, Show(card))], self._seq)
        await answer(send, 202, b"")


async def answer(send: Send, status: int, body: bytes) -> None:
    """A response with its length."""
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def serve(port: int, direct: bool) -> None:
    """Until it is ended."""
    hub = Hub(cast(Engine, Silent()))
    await hub.warm(WALL)

    def admit(scope: Any) -> Joined:
        return Joined(wall_of(scope), view_of(scope))

    await Server(Publisher(hub), hub, admit, port=port, direct=direct).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serve(int(sys.argv[1]), sys.argv[2:] != ["asgi"]))
