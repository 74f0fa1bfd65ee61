"""The plain port beside an encrypted one: it answers the certificate authority, and sends everybody
else on. While there is nothing encrypted yet, it serves them.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from parvis.web.live.follow import Receive, Scope, Send

CHALLENGES = "/.well-known/acme-challenge/"
MOVED = 307
"""Never for good: a browser that remembers it could not come back if the certificate is lost."""


class PlainDoor:
    """`answers` are key authorizations by token; `moved` says that `public_url` serves."""

    def __init__(self, public_url: str) -> None:
        self.answers: dict[str, str] = {}
        self.moved = False
        self._public = public_url.rstrip("/")

    def before(self, app: Any) -> Any:
        """An ASGI application that stands before `app`."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            path = str(scope.get("path", ""))
            if scope["type"] == "http" and path.startswith(CHALLENGES):
                said = self.answers.get(path.removeprefix(CHALLENGES))
                body = b"" if said is None else said.encode()
                kind = (b"content-type", b"application/octet-stream")
                await _say(send, 404 if said is None else 200, body, kind)
            elif scope["type"] == "http" and self.moved:
                query = scope.get("query_string", b"").decode("latin-1")
                path = path if path.startswith("/") else "/"  # "*" would change the host's name
                where = quote(path, safe="/~!$&'()*+,;=:@") + (f"?{query}" if query else "")
                await _say(send, MOVED, b"", (b"location", f"{self._public}{where}".encode()))
            else:
                await app(scope, receive, send)

        return answer


async def _say(send: Send, status: int, body: bytes, header: tuple[bytes, bytes]) -> None:
    headers = [header, (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
