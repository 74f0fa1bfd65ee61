"""The outgoing webhook against a real receiver, over real sockets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from parvis.bridges.webhook import open_bridge
from parvis.core.errors import Later, Refused
from parvis.core.event import CardShown, Fact
from parvis.plug.bridge import Bridge, News
from parvis.plug.http import Http
from parvis.plug.standard_webhooks import read_keys, verify
from parvis.plug.testkit import ManualClock, MemoryVault, tools
from parvis.sim import serving

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW_MS = 1_790_000_000_000
FACT = Fact("square", 42, NOW_MS, CardShown("test::1"))
NEWS = News("square.42", FACT, "a1b2")


class Receiver:
    """Verifies what comes as any receiver would, and answers as it is told."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.got: dict[str, str] = {}
        self.calls = 0

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.calls += 1
        headers = {name.lower(): value for name, value in request.headers.items()}
        id_ = verify(read_keys(SECRET), headers, body, NOW_MS)
        assert request.content_type == "application/json"
        self.got[id_] = json.loads(body)["data"]["post"]
        return web.Response(status=self.status, headers=self.headers, text="thank you")


@asynccontextmanager
async def stage() -> AsyncIterator[tuple[Bridge, Receiver]]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    async with serving(app) as base:
        http = Http(allow_private=[base.removeprefix("http://")])
        made = tools(
            {"url": f"{base}/hook"},
            folder="src/parvis/bridges/webhook",
            http=http,
            vault=MemoryVault({"secret": SECRET}),
            clock=ManualClock(NOW_MS),
        )
        try:
            yield open_bridge(made), receiver
        finally:
            await http.close()


async def test_a_receiver_can_verify_it() -> None:
    async with stage() as (bridge, receiver):
        await bridge.tell(NEWS)
        await bridge.tell(NEWS)  # tried again: the same id
        assert receiver.calls == 2
        assert receiver.got == {"square.42": "test::1"}


@pytest.mark.parametrize(
    ("status", "error"), [(410, Refused), (302, Refused), (429, Later), (404, Later), (500, Later)]
)
async def test_answers_are_understood(status: int, error: type[Exception]) -> None:
    async with stage() as (bridge, receiver):
        receiver.status = status
        receiver.headers = {"retry-after": "30", "location": "/elsewhere"}
        with pytest.raises(error) as raised:
            await bridge.tell(NEWS)
        if status == 429:
            assert isinstance(raised.value, Later) and raised.value.retry_after_s == 30
        assert receiver.calls == 1


async def test_nobody_listening_is_later() -> None:
    async with stage() as (bridge, _):
        pass
    with pytest.raises((Later, Refused)):
        await bridge.tell(NEWS)
