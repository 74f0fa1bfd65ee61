"""The one stream that an account may have, shared by all its sources in this process."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.plug.budget import allowance
from parvis.plug.fields import Fields, decode, rows, text
from parvis.plug.http import Stream
from parvis.sources.x.api import SILENCE_S, Api, trouble
from parvis.sources.x.pace import Pace

MOST_DUE: Final = 5_000
"""Lines that may wait for one wall, before it is cut off and repairs the gap by a search."""
TAKEN_TRIES: Final = 3
"""So often in a row another's stream is in the way, before we search instead."""
_MOST_PROBLEM: Final = 16_384

_LINES: WeakValueDictionary[tuple[str, str], Line] = WeakValueDictionary()


class Told(NamedTuple):
    """A line; empty for a sign of life. `said` is None where it cannot be read; `ours`: whether one
    of the listener's rules found it, or none of anybody who listens here.
    """

    line: bytes
    said: Fields | None = None
    ours: bool = True
    tags: frozenset[str] = frozenset()


Due = asyncio.Queue["Told | Later | Refused"]


class Line:
    """One account's. The first that opens it connects; it is cut when the last one leaves."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[str, Due] = {}
        self._reading: asyncio.Task[None] | None = None
        self._opened: asyncio.Future[None] | None = None
        self._door = asyncio.Lock()
        self._alive = False
        self._taken = 0
        self.pace = Pace(clock)
        self.silence_s = SILENCE_S

    @asynccontextmanager
    async def open(self, tag: str, api: Api) -> AsyncGenerator[AsyncIterator[Told]]:
        """What the rules of `tag` find, and what nobody's here do, for both are paid for. Raises
        `Later` when it cannot be opened yet, `Refused` when it never can.
        """
        due: Due = asyncio.Queue()
        self._due[tag] = due
        try:
            async with self._door:  # the one before is cut before the next is opened
                opened = self._opened
                if self._reading is None or opened is None:
                    opened = self._opened = asyncio.get_running_loop().create_future()
                    reading = self._read(api, opened)
                    self._reading = asyncio.create_task(reading, name="x stream")
            await asyncio.shield(opened)
            yield self._lines(due)
        finally:
            if self._due.get(tag) is due:
                del self._due[tag]
            async with self._door:
                if not self._due:
                    await self._close()

    async def _lines(self, due: Due) -> AsyncIterator[Told]:
        while True:
            told = await due.get()
            if not isinstance(told, Told):
                raise told
            yield told

    async def _close(self) -> None:
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading

    async def _read(self, api: Api, opened: asyncio.Future[None]) -> None:
        """Until it is cut; everybody is told why."""
        ended: Later | Refused
        self._alive = False
        try:
            if (wait_s := self.pace.wait_s()) > 0:
                ended = Later(f"X may be asked for its stream in {wait_s:.0f} s again.", wait_s)
            else:
                ended = await self._listen(api, opened)
        except Refused as refused:
            ended = refused
        except Later as later:
            wait_s = self.pace.dropped() if self._alive else self.pace.unreachable()
            ended = Later(str(later), max(wait_s, 0.0 if self._alive else later.retry_after_s))
        except asyncio.CancelledError:
            self._settle(opened, Later("The stream was closed."))
            raise
        except Exception as error:
            self._settle(opened, Later(f"A fault in parvis ended it ({type(error).__name__})."))
            raise
        self._settle(opened, ended)

    def _settle(self, opened: asyncio.Future[None], ended: Later | Refused) -> None:
        if self._opened is opened:
            self._opened = self._reading = None
        if not opened.done():
            opened.set_exception(ended)
            opened.exception()  # whoever waited may have left
            return
        for due in self._due.values():
            due.put_nowait(ended)

    async def _listen(self, api: Api, opened: asyncio.Future[None]) -> Later | Refused:
        async with api.stream(self.silence_s) as stream:
            if stream.status != 200:
                return await self._refusal(stream)
            self._taken = 0
            if not opened.done():
                opened.set_result(None)
            async for line in stream.lines():
                if not self._alive:
                    self._alive = True
                    self.pace.opened()
                if ended := self._hand(line):
                    return ended
        wait_s = self.pace.dropped() if self._alive else self.pace.unreachable()
        return Later("X closed the stream.", wait_s)

    def _hand(self, line: bytes) -> Later | Refused | None:
        """To whom it concerns; what it ends with, where it says that it ends."""
        if not line.strip():
            self._tell_all(Told(b""))
            return None
        try:
            said = decode(line)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            self._tell_all(Told(line))
            return None
        if "data" not in said and (problems := rows(said, "errors")):
            return self._ending(problems[0])
        tags = frozenset(text(rule, "tag") for rule in rows(said, "matching_rules"))
        orphan = tags.isdisjoint(self._due)
        for tag in list(self._due):
            if tag in tags or orphan:
                self._put(tag, Told(line, said, tag in tags, tags))
        return None

    def _ending(self, problem: Fields) -> Later | Refused:
        kind = text(problem, "type").rpartition("/problems/")[2]
        if kind in ("usage-capped", "credits"):
            return trouble(403, problem, self.pace.refused())
        why = text(problem, "title")[:60] or "for reasons of its own"
        return Later(f"X closed the stream ({why}).", self.pace.dropped())

    def _tell_all(self, told: Told) -> None:
        for tag in list(self._due):
            self._put(tag, told)

    def _put(self, tag: str, told: Told) -> None:
        due = self._due[tag]
        if due.qsize() >= MOST_DUE:
            del self._due[tag]
            due.put_nowait(Later("More came than could be stored; the gap is repaired."))
        else:
            due.put_nowait(told)

    async def _refusal(self, stream: Stream) -> Later | Refused:
        problem = await _problem(stream)
        status = stream.status
        if status != 429:
            return trouble(status, problem, self.pace.refused())
        told = allowance(stream.headers, self._clock() / 1000)
        wait_s = self.pace.limited(told[1] if told and told[0] < 1 else 0.0)
        if text(problem, "connection_issue") != "TooManyConnections":
            return trouble(429, problem, wait_s)
        self._taken += 1
        says = "Another program, or another node, holds the one stream of this X account"
        if self._taken >= TAKEN_TRIES:
            return Refused(
                f"{says}, so X is searched instead; stop the other, or give this an App."
            )
        return Later(f"{says}.", wait_s)


def line_of(server: str, token: str, clock: Clock) -> Line:
    """The account's line."""
    key = (server, hashlib.sha256(token.encode()).hexdigest())
    line = _LINES.get(key)
    if line is None:
        line = _LINES[key] = Line(clock)
    return line


async def _problem(stream: Stream) -> Fields:
    body = bytearray()
    try:
        async for line in stream.lines():
            body += line + b"\n"
            if len(body) > _MOST_PROBLEM:
                break
        said = decode(bytes(body))
    except (ValueError, Later):
        return {}
    return said if isinstance(said, dict) else {}
