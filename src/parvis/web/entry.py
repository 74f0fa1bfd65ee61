"""A route is data: address, method, who may, what it takes and gives. One that does not say who may
cannot be written down, let alone served.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from parvis.core.person import Role, may
from parvis.web.asked import ACTOR, lang_of
from parvis.web.auth import bearer
from parvis.web.guard import Guard
from parvis.web.problem import Failed, problem, problem_of

Who = Literal["anyone"] | Role
T = TypeVar("T")
Handle = Callable[[Request], Awaitable[Response]]

MAX_BODY = 256 * 1024
BODY_S = 30.0
"""How long a body may take to come."""
PIECE = 64 * 1024
"""Of a body that is weighed, so many bytes must come in that time."""
Weigh = Callable[[int], Awaitable[None]]
SIGN_IN = "Sign in first, or send the owner's key as `Authorization: Bearer …`."
FIRST_RUN = "Nobody has an account yet: open the link that `parvis up` printed."
MISFIT = "This key does not fit; the right one is in the file `key` of the data folder."


@dataclass(frozen=True, slots=True)
class Query:
    """One query parameter; `schema` is its JSON schema, with a maximum."""

    name: str
    about: str
    schema: dict[str, Any]
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One method of one address. `takes` (or a media type) and `gives` are structs, for the API's
    own description.
    """

    method: str
    path: str
    handle: Handle
    who: Who
    about: str = ""
    takes: type | str | None = None
    gives: Any = None
    query: tuple[Query, ...] = ()
    also_away: bool = False
    """Answered also while the store cannot be asked who this is; see `Guard.actor`."""

    def __post_init__(self) -> None:
        if self.who != "anyone" and self.who not in get_args(Role):
            raise ValueError(f"{self.method} {self.path} does not say who may")


class Place:
    """All methods of one address, as an ASGI application."""

    def __init__(self, entries: Sequence[Entry], guard: Guard) -> None:
        self._by_method = {entry.method: entry for entry in entries}
        if "GET" in self._by_method:
            self._by_method.setdefault("HEAD", self._by_method["GET"])
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive, send)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        except Exception as error:
            response = problem_of(error, lang_of(request))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        entry, lang = self._by_method.get(request.method), lang_of(request)
        if entry is None:
            response = problem(405, f"This address does not take {request.method[:20]}.", lang=lang)
            response.headers["allow"] = ", ".join(sorted(self._by_method))
            return response
        if entry.who != "anyone":
            actor = await self._guard.actor(request.scope, also_away=entry.also_away)
            if actor is None:
                return await self._unknown(request)
            if not may(actor.role, entry.who):
                return problem(
                    403,
                    f"This takes the role {entry.who}; yours is {actor.role}.",
                    lang=actor.lang or lang,
                )
            self._guard.refuse_stale(request.scope)
            request.scope[ACTOR] = actor
        return await entry.handle(request)

    async def _unknown(self, request: Request) -> Response:
        if bearer(request.scope):
            return problem(401, MISFIT, lang=lang_of(request))
        first = await self._guard.first_run()
        return problem(401, FIRST_RUN if first else SIGN_IN, first_run=first, lang=lang_of(request))


def routes(entries: Sequence[Entry], guard: Guard) -> list[Route]:
    """One route for each address, most specific as listed."""
    by_path: dict[str, list[Entry]] = {}
    for entry in entries:
        by_path.setdefault(entry.path, []).append(entry)
    return [Route(path, Place(group, guard)) for path, group in by_path.items()]


async def read_body(request: Request, most: int = MAX_BODY, weigh: Weigh | None = None) -> bytes:
    """The body; 413 as soon as it is known to be longer than `most` bytes, 408 when it is slow. A
    large one is weighed by the piece, and waiting for that is not its own slowness.
    """
    declared = request.headers.get("content-length", "")
    too_long = Failed(413, f"The body is longer than {most} bytes.")
    if declared.isdecimal() and int(declared) > most:
        raise too_long
    body = bytearray()
    piece = 0
    try:
        async with asyncio.timeout(BODY_S) as slow:
            async for chunk in request.stream():
                if len(body) + len(chunk) > most:
                    raise too_long
                if weigh is not None and chunk:
                    piece = await _weighed(weigh, slow, piece, len(chunk))
                body += chunk
    except TimeoutError as error:
        raise Failed(408, "The body did not come within 30 seconds; send it again.") from error
    return bytes(body)


async def _weighed(weigh: Weigh, slow: asyncio.Timeout, piece: int, size: int) -> int:
    """Bytes of the piece that is under way, once there was room for `size` more."""
    until_s, clock = slow.when() or 0.0, asyncio.get_running_loop().time
    slow.reschedule(None)
    begun_s = clock()
    await weigh(size)
    whole = piece + size >= PIECE
    slow.reschedule(clock() + BODY_S if whole else until_s + clock() - begun_s)
    return 0 if whole else piece + size


async def body_of(request: Request, kind: type[T]) -> T:
    """The JSON body as a struct; 415 or 422 in one sentence."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Failed(415, "Send the body as application/json.")
    try:
        return msgspec.json.decode(await read_body(request), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Failed(422, f"The body is not what this address takes: {error}.") from error


def answer(value: Any, status: int = 200) -> Response:
    """A JSON answer that nobody keeps."""
    return Response(
        msgspec.json.encode(value),
        status,
        {"cache-control": "no-store"},
        media_type="application/json",
    )
