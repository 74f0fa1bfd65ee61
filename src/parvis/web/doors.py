"""The doors that extensions declare: to sources come pushed posts, to formats people's acts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from parvis.core.errors import Later
from parvis.core.post import SENT, Raw
from parvis.flow.collect import Collector
from parvis.plug.door import Answer, Door, Knock, Once
from parvis.plug.multipart import is_multipart
from parvis.plug.source import Source
from parvis.web.admit import Bucket, household
from parvis.web.entry import Entry, read_body
from parvis.web.problem import Failed
from parvis.web.room import Room
from parvis.web.scale import Held, Scale
from parvis.web.tongue import TONGUES, tongue_of
from parvis.web.visitors import Visitors

MAX_HEADERS = 100
MAX_HEADER_BYTES = 16 * 1024
MAX_QUERY_BYTES = 8 * 1024
REQUESTS_A_BATCH = 256
SMALL_BYTES = 16 * 1024
ACTS_PER_S, ACTS_AT_ONCE = 20.0, 3_000.0
"""For one address: a hall of thousands votes at once behind one, then a steady few."""
FORMAT_PER_S, FORMAT_AT_ONCE = 2_000.0, 20_000.0
PEOPLE_PER_S, PEOPLE_AT_ONCE = 3.0, 300.0
"""Posts from one address: a hall behind one, then a steady few; each costs a decoder's time."""
SOURCE_PER_S, SOURCE_AT_ONCE = 30.0, 1_000.0
BYTES_AT_ONCE = 128 * 1024 * 1024
PUSHED_AT_ONCE = 64 * 1024 * 1024
"""What systems push, before anybody looked whether they may."""
LONGEST = 26 * 1024 * 1024
"""A longer body of a door, if one takes such, may have to wait until it is alone."""
BODY_WITHIN_S = 180.0
METHODS = ("GET", "POST", "PUT", "DELETE")
FORM = "application/x-www-form-urlencoded"
_OWN = frozenset({"content-length", "transfer-encoding", "set-cookie", "connection"})


Waiting = tuple[Sequence[Raw], "asyncio.Future[None]"]


class Intake:
    """Raws of one source: what comes while a batch is being stored makes the next one.

    A batch has many small requests and one large: who sends a post waits for no queue of pages.
    """

    def __init__(self, collector: Collector, source: str) -> None:
        self._collector = collector
        self._source = source
        self._small: deque[Waiting] = deque()
        self._large: deque[Waiting] = deque()
        self._task: asyncio.Task[None] | None = None

    async def store(self, raws: Sequence[Raw]) -> None:
        """Stored on return; raises what the road raises about these raws."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        large = sum(len(raw.body) for raw in raws) > SMALL_BYTES
        (self._large if large else self._small).append((raws, future))
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name=f"intake {self._source}")
        await future

    async def _work(self) -> None:
        try:
            while self._small or self._large:
                many = min(len(self._small), REQUESTS_A_BATCH)
                batch = [self._small.popleft() for _ in range(many)]
                if self._large:
                    batch.append(self._large.popleft())
                try:
                    await self._collector.receive_raws(
                        self._source, [raw for raws, _ in batch for raw in raws]
                    )
                except Exception:
                    await asyncio.gather(*(self._alone(*each) for each in batch))
                    continue
                for _, future in batch:
                    _settle(future)
        finally:
            self._task = None

    async def _alone(self, raws: Sequence[Raw], future: asyncio.Future[None]) -> None:
        """One request by itself, so that its fault is its own."""
        try:
            await self._collector.receive_raws(self._source, raws)
        except Exception as error:
            if not future.done():
                future.set_exception(error)
        else:
            _settle(future)


class Doors:
    """All doors of one room."""

    def __init__(self, room: Room, visitors: Visitors) -> None:
        self._room = room
        self._visitors = visitors
        self._scale = Scale(BYTES_AT_ONCE, LONGEST)
        self._pushed = Scale(PUSHED_AT_ONCE, LONGEST)
        self._by_person = Bucket(PEOPLE_PER_S, PEOPLE_AT_ONCE)
        self._by_source = Bucket(SOURCE_PER_S, SOURCE_AT_ONCE)
        self._intakes: dict[str, Intake] = {}
        self._by_address = Bucket(ACTS_PER_S, ACTS_AT_ONCE)
        self._by_format = Bucket(FORMAT_PER_S, FORMAT_AT_ONCE)

    def entries(self) -> list[Entry]:
        """Doors are open to anyone; what may come in, the extension and the budgets decide."""
        return [
            Entry(method=method, path=path, handle=handle, who="anyone")
            for path, handle in (
                ("/in/{source}/{door}", self.source),
                ("/p/{wall}/{format}/{door}", self.format),
            )
            for method in METHODS
        ]

    async def source(self, request: Request) -> Response:
        """A request at a source's door."""
        name = request.path_params["source"]
        source = self._room.collector.source(name)
        if source is None:
            raise Failed(404, "There is no such door; the source may be switched off.")
        door = _door(source.doors(), request)
        if not door.people:
            async with self._pushed.enter() as held:
                knock = await self._knock(request, door, held)
                await held.whole()
                return _response(await self._answer(name, source, knock))
        try:
            return await self._person(request, name, source, door)
        except (Failed, Later) as error:
            if not _is_form(request):
                raise
            return self._visitors.turned(request, error)

    async def _person(self, request: Request, name: str, source: Source, door: Door) -> Response:
        """From a person's page, which may have no script: few large bodies at once, and an answer
        that a page can show.
        """
        whose = household(request.scope["parvis.visitor"].address)
        # theirs first: who has spent it must not spend what is for everybody
        wait_s = self._by_person.take(f"{whose} {name}") or self._by_source.take(name)
        if wait_s:
            raise Failed(429, tongue_of(request).say("page", "busy"), wait_s)
        declared = request.headers.get("content-length", "")
        size = int(declared) if declared.isdecimal() and len(declared) < 12 else door.max_bytes
        async with self._scale.enter() as held:
            try:
                async with asyncio.timeout(BODY_WITHIN_S):
                    # words alone need no room among pictures: nobody who fills it shuts them out
                    knock = await self._knock(request, door, held if size > SMALL_BYTES else None)
            except TimeoutError:
                raise Failed(408, "It took too long to arrive; send it again.") from None
            await held.whole()
            answer = await self._answer(name, source, knock)
            if answer.status < 400:
                return _response(answer)
            says = answer.body.decode("utf-8", "replace")[:400]
            if not _is_form(request):
                raise Failed(answer.status, says)
            return await self._visitors.again(request, name, knock, says, answer.status)

    async def _answer(self, name: str, source: Source, knock: Knock) -> Answer:
        """What the source says; what it lets in is stored on return."""
        answer = await source.answer(knock)
        if answer.acts:
            raise RuntimeError(f"the source {name} answered with acts")
        if answer.raws:
            intake = self._intakes.get(name)
            if intake is None:
                intake = self._intakes[name] = Intake(self._room.collector, name)
            await intake.store(answer.raws)
        if answer.once is not None:
            return await self._once(name, answer.once) or answer
        return answer

    async def _once(self, name: str, once: Once) -> Answer | None:
        """409 where another post, or none any more, has this receipt; looked at when it is stored,
        for two may come at the same moment.
        """
        spec = self._room.collector.spec(name)
        if spec is None:
            return None
        known = (await self._room.engine.known(spec.wall, [once.key], spec.org)).get(once.key)
        if known is not None and known.post.extra.get(SENT, once.mark) == once.mark:
            return None
        return Answer(409, once.says.encode())

    async def format(self, request: Request) -> Response:
        """A request at a format's door, from a script or from a plain form."""
        wall, name = request.path_params["wall"], request.path_params["format"]
        held = await self._room.snapshots.of(wall)
        face = next((f for f in held.snapshot.formats if f.format == name), None) if held else None
        format_ = self._room.formats.get(face.plugin) if face is not None else None
        if format_ is None:
            raise Failed(404, "There is nothing to take part in at this address; it may be over.")
        door = _door(format_.doors(), request)
        self._spend(request, f"{wall}/{name}")
        knock = await self._knock(request, door)
        state = await self._room.engine.format_state(wall, name)
        if state is None:
            raise Failed(404, "There is nothing to take part in at this address; it may be over.")
        answer = format_.answer(knock, state[0])
        if answer.raws:
            raise RuntimeError(f"the format {name} answered with raws")
        if answer.acts:
            await self._room.road.act(wall, name, answer.acts)
        if _is_form(request):
            return await self._form_answer(request, answer, wall, name)
        return _response(answer)

    async def _form_answer(
        self, request: Request, answer: Answer, wall: str, name: str
    ) -> Response:
        """Without script: back to the page, which shows the result or says why not."""
        if answer.status < 400:
            lang = request.query_params.get("lang", "")
            chosen = f"&lang={lang}" if lang in TONGUES else ""
            back = f"/p/{quote(wall)}?done={quote(name)}{chosen}#vote"
            return RedirectResponse(back, 303, {"cache-control": "no-store"})
        says = answer.body.decode("utf-8", "replace")[:300]
        return await self._visitors.phone(request, {name: says}, answer.status)

    def _spend(self, request: Request, name: str) -> None:
        visitor = request.scope["parvis.visitor"]
        whose = household(visitor.address)
        # theirs first: who has spent it must not spend what is for everybody
        wait_s = self._by_address.take(f"{whose} {name}") or self._by_format.take(name)
        if wait_s:
            raise Failed(429, "So many take part just now; try again in a moment.", wait_s)

    async def _knock(self, request: Request, door: Door, held: Held | None = None) -> Knock:
        raw = request.scope["headers"]
        if len(raw) > MAX_HEADERS or sum(len(k) + len(v) for k, v in raw) > MAX_HEADER_BYTES:
            raise Failed(431, f"The headers are longer than {MAX_HEADER_BYTES} bytes.")
        if len(request.scope["query_string"]) > MAX_QUERY_BYTES:
            raise Failed(414, f"The query is longer than {MAX_QUERY_BYTES} bytes.")
        query = request.scope["query_string"].decode("latin-1")
        base = self._room.public_url.rstrip("/") or request.scope["parvis.visitor"].origin
        return Knock(
            door=door.name,
            method=request.method,
            headers={key.decode("latin-1"): value.decode("latin-1") for key, value in raw},
            query=dict(request.query_params) if query else {},
            body=await read_body(request, door.max_bytes, held.weigh if held is not None else None),
            now_ms=self._room.clock(),
            url=base + quote(request.scope["path"]) + (f"?{query}" if query else ""),
        )


def _door(doors: Sequence[Door], request: Request) -> Door:
    for door in doors:
        if door.name == request.path_params["door"]:
            if request.method in door.methods or (
                request.method == "HEAD" and "GET" in door.methods
            ):
                return door
            raise Failed(405, f"This door takes {', '.join(door.methods)} alone.")
    raise Failed(404, "There is no such door here; check the last part of the address.")


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status, {"cache-control": "no-store"})
    headers = MutableHeaders(raw=response.raw_headers)
    headers["content-type"] = answer.content_type
    for name, value in answer.headers:
        if name.lower() not in _OWN:
            headers[name] = value
    return response


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "")
    form = kind.partition(";")[0].strip().lower() == FORM or is_multipart(kind)
    return form and "text/html" in request.headers.get("accept", "")


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
