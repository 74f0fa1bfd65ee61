"""The web room as one ASGI application: admission first, then the route, safe headers on all."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parvis.web import openapi
from parvis.web.admit import Admission, Turned
from parvis.web.api.api import Api
from parvis.web.doors import Doors
from parvis.web.entry import Entry, routes
from parvis.web.outside import Outside
from parvis.web.pages.pages import Pages
from parvis.web.problem import problem
from parvis.web.room import Room
from parvis.web.visitors import Visitors

SAFE_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


class Front:
    """Admits or turns away; what a response does not say for itself is said strictly."""

    def __init__(self, inner: ASGIApp, admission: Admission) -> None:
        self._inner = inner
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await _not_http(scope, receive, send)
            return

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                named = {name for name, _ in headers}
                headers += [pair for pair in SAFE_HEADERS if pair[0] not in named]
                message = {**message, "headers": headers}
            await send(message)

        visitor = self._admission.admit(scope)
        if isinstance(visitor, Turned):
            response = problem(visitor.status, visitor.says, visitor.retry_after_s)
            await response(scope, receive, safely)
            return
        scope["parvis.visitor"] = visitor
        await self._inner(scope, receive, safely)


def entries_of(room: Room) -> list[Entry]:
    """Every route of the room, as data."""
    visitors = Visitors(room)
    api = Api(room).entries()
    described = openapi.entry_of(api)
    return [
        *Doors(room, visitors).entries(),
        *api,
        described,
        *Outside(room).entries(),
        *visitors.entries(),
        *Pages(room).entries(),
    ]


def build_app(room: Room, mounted: Sequence[BaseRoute] = ()) -> ASGIApp:
    """The application; `mounted` routes (the live streams) stand behind the same admission."""
    pages = Pages(room)

    async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        response = (
            pages.nothing(request)
            if "text/html" in request.headers.get("accept", "")
            else problem(404, "There is nothing at this address.")
        )
        await response(scope, receive, send)

    router = Router(
        [*mounted, *routes(entries_of(room), room.guard)],
        redirect_slashes=False,
        default=nowhere,
    )
    return Front(router, room.admission)


async def _not_http(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "websocket.close", "code": 1000})
