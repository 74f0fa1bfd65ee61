"""A receiver of webhooks: it verifies what comes as any would, and answers as it is told."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from parvis.plug.standard_webhooks import read_keys, verify
from parvis.sim import serving
from tests.street import SECRET


@dataclass
class Receiver:
    """`got` holds what it took, by id, in order; `calls` counts also what came again or was turned
    away.
    """

    status: int = 200
    calls: int = 0
    got: dict[str, dict[str, Any]] = field(default_factory=dict)
    port: int = 0

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.calls += 1
        headers = {name.lower(): value for name, value in request.headers.items()}
        id_ = verify(read_keys(SECRET), headers, body, time.time_ns() // 1_000_000)
        if self.status == 200:
            self.got.setdefault(id_, json.loads(body))
        return web.Response(status=self.status)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """At the same address each time."""
        app = web.Application()
        app.router.add_post("/hook", self.take)
        async with serving(app, port=self.port) as base:
            self.port = int(base.rpartition(":")[2])
            yield f"{base}/hook"

    def told(self) -> list[tuple[str, str]]:
        """Type and text of what it took."""
        return [(each["type"], each["data"].get("text", "")) for each in self.got.values()]


BRIDGE = """
[[wall.bridge]]
id = "out"
plugin = "webhook"
settings = {{ url = "{url}" }}
secrets = {{ secret = "TEST_WEBHOOK_SECRET" }}
"""
