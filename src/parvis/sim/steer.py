"""`POST /sim/VERB` with a JSON body: how a person or a test steers a simulator."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import msgspec
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Refusal(msgspec.Struct, forbid_unknown_fields=True):
    """What is refused (`what` is an area of the simulator, or `all`), how, and how many more times:
    below 0 until told otherwise, 0 no longer.
    """

    what: str
    status: int = 503
    times: int = -1
    body: str = ""
    content_type: str = "application/json"


class Refusals:
    """What is refused now."""

    def __init__(self) -> None:
        self._refusals: list[Refusal] = []

    def put(self, refusal: Refusal) -> None:
        """In place of what was said of the same area before."""
        self._refusals = [each for each in self._refusals if each.what != refusal.what]
        self._refusals.append(refusal)

    def answer(self, *areas: str) -> web.Response | None:
        """The refusal that applies, counted down."""
        for each in self._refusals:
            if each.what in (*areas, "all") and each.times:
                each.times -= 1
                kind = {"Content-Type": each.content_type}
                return web.Response(status=each.status, body=each.body.encode(), headers=kind)
        return None


def answer(value: object, status: int = 200) -> web.Response:
    """JSON."""
    body = msgspec.json.encode(value)
    return web.Response(status=status, body=body, content_type="application/json")


def mount(app: web.Application, handlers: Mapping[str, Handler]) -> None:
    """Add the routes; a body that is not understood is a 422 that says why."""
    for name, handler in handlers.items():
        app.router.add_post(f"/sim/{name}", _told(handler))


def _told(handler: Handler) -> Handler:
    async def told(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except msgspec.MsgspecError as wrong:
            return answer({"error": f"The body is not understood: {wrong}"}, 422)

    return told
