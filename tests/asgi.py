"""One request at an ASGI application, without a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message, Scope


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes


async def ask(
    app: ASGIApp,
    path: str,
    *,
    method: str = "GET",
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    client: tuple[str, int] = ("127.0.0.1", 50000),
    stays: bool = False,
) -> Answered:
    """What the application answers; who `stays` reads a stream to its end."""
    given = {"host": "localhost", **(headers or {})}
    scope: Scope = {
        "type": "http",
        # from 2.4 on a stream is not cut short by a client that has nothing more to say
        "asgi": {"version": "3.0", "spec_version": "2.4" if stays else "2.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": urlencode(params or {}).encode(),
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in given.items()],
        "client": client,
        "server": ("localhost", 80),
    }
    sent: list[Message] = []
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start: Any = next(message for message in sent if message["type"] == "http.response.start")
    parts = [m.get("body", b"") for m in sent if m["type"] == "http.response.body"]
    pairs = {key.decode("latin-1"): value.decode("latin-1") for key, value in start["headers"]}
    return Answered(start["status"], pairs, b"".join(parts))
