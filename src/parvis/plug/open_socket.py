"""A WebSocket that is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
from yarl import URL

from parvis.core.errors import Later
from parvis.plug.stream import Socket, silent


class OpenSocket(Socket):
    """A `Socket` over aiohttp."""

    def __init__(self, opened: aiohttp.ClientWebSocketResponse, url: URL, idle_s: float) -> None:
        self._opened = opened
        self._url = url
        self._idle_s = idle_s

    async def send(self, message: str | bytes) -> None:
        """Sends a text or binary message."""
        try:
            if isinstance(message, str):
                await self._opened.send_str(message)
            else:
                await self._opened.send_bytes(message)
        except (aiohttp.ClientError, OSError) as error:
            raise Later(f"{self._url.host} closed the connection.") from error

    async def messages(self) -> AsyncIterator[bytes]:
        """Messages as they arrive."""
        while True:
            try:
                async with asyncio.timeout(self._idle_s):
                    message = await self._opened.receive()
            except TimeoutError as error:
                raise silent(self._url, self._idle_s) from error
            if message.type is aiohttp.WSMsgType.TEXT:
                yield message.data.encode("utf-8", "surrogatepass")
            elif message.type is aiohttp.WSMsgType.BINARY:
                yield message.data
            elif message.type is aiohttp.WSMsgType.ERROR:
                raise Later(f"{self._url.host} broke the connection off.") from message.data
            else:
                return
