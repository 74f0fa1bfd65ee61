"""The usual application: Starlette and sse-starlette, a queue and a JSON encoding per client."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

clients: set[asyncio.Queue[tuple[int, Any]]] = set()
number = 0


async def follow(queue: asyncio.Queue[tuple[int, Any]]) -> AsyncIterator[dict[str, str]]:
    """One client's events."""
    clients.add(queue)
    try:
        while True:
            ident, post = await queue.get()
            yield {"id": str(ident), "data": json.dumps(post)}
    finally:
        clients.discard(queue)


async def events(_request: Request) -> Response:
    """GET /events."""
    return EventSourceResponse(follow(asyncio.Queue()))


async def publish(request: Request) -> Response:
    """POST /pub."""
    global number
    number += 1
    post = await request.json()
    for queue in clients:
        queue.put_nowait((number, post))
    return JSONResponse({"ok": True}, status_code=202)


app = Starlette(
    routes=[Route("/events", events), Route("/pub", publish, methods=["POST"])],
)

if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning",
        backlog=4096,
    )  # fmt: skip
