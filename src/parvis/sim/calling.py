"""Networks that call: each call is sent again, in order, until the door has taken it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import NamedTuple

import aiohttp
from aiohttp import web

Headers = Callable[[bytes, int], Mapping[str, str]]
"""The headers of a body, signed as the network signs, and how often it was sent before."""


class Call(NamedTuple):
    """A body that is due, and how often it was sent."""

    body: bytes
    tries: int = 0


class Caller:
    """Calls the door at `to`. `answers`: every status that came back, 0 for none."""

    def __init__(self, to: str, headers: Headers, again_s: float = 1.0) -> None:
        self.to = to
        self.again_s = again_s
        self.timeout_s = 10.0
        self.answers: list[int] = []
        self.due: deque[Call] = deque()
        self._headers = headers
        self._news = asyncio.Event()

    def put(self, body: bytes) -> None:
        """A call that is to be made."""
        self.due.append(Call(body))
        self._news.set()

    async def running(self, app: web.Application) -> AsyncIterator[None]:
        """While the application runs (an aiohttp clean-up context)."""
        task = asyncio.create_task(self._run(), name="calls")
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def _run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                while self.due:
                    if await self._sent(session, self.due[0]):
                        self.due.popleft()
                    else:
                        self.due[0] = self.due[0]._replace(tries=self.due[0].tries + 1)
                        await asyncio.sleep(self.again_s)
                self._news.clear()
                if not self.due:
                    await self._news.wait()

    async def _sent(self, session: aiohttp.ClientSession, call: Call) -> bool:
        status = 0
        headers = {"Content-Type": "application/json", **self._headers(call.body, call.tries)}
        try:
            async with (
                asyncio.timeout(self.timeout_s),
                session.post(self.to, data=call.body, headers=headers) as reply,
            ):
                status = reply.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            pass
        self.answers.append(status)
        return 200 <= status < 300
