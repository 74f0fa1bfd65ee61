"""A connection with bounds: nobody keeps one by being slow, or fills memory through one.

uvicorn's protocol waits for ever for a head, keeps as much of it as comes, and queues pipelined
requests without end: https://github.com/encode/uvicorn (0.54, read 2026-11-24).
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from parvis.web.problem import problem

HEAD_S = 20.0
"""A head that has not come by then does not come."""
HEAD_BYTES = 64 * 1024
HEAD_LINES = 200
PIECE_BYTES = 8 * 1024
"""The parser gathers a header piece by piece: it is given no more at once than it may keep."""
WAITING = 16
"""Requests sent ahead of their answers; browsers send none."""


class Bounded(HttpToolsProtocol):
    """uvicorn's protocol, with an end to heads and to pipelined requests."""

    head_s: ClassVar[float] = HEAD_S

    head_bytes = 0
    in_head = True
    patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Uvicorn's hook."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Uvicorn's hook."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Uvicorn's hook; what would make too long a head never reaches its end."""
        if self.in_head and self.patience is None:
            self._wait()  # the next request on this connection has begun to come
        for start in range(0, len(data), PIECE_BYTES):
            if self.transport.is_closing():
                return
            piece = data[start : start + PIECE_BYTES]
            if self.in_head:
                self.head_bytes += len(piece)
                if self.head_bytes > HEAD_BYTES:
                    self._refuse_head()
                    return
            super().data_received(piece)

    def on_message_begin(self) -> None:
        """Uvicorn's hook."""
        super().on_message_begin()
        self.in_head = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Uvicorn's hook."""
        if len(self.headers) < HEAD_LINES:
            super().on_header(name, value)
        else:
            self._refuse_head()

    def on_headers_complete(self) -> None:
        """Uvicorn's hook."""
        self.head_is_here()
        if self.transport.is_closing():
            return
        if len(self.pipeline) >= WAITING:
            self.transport.abort()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Uvicorn's hook."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Uvicorn's hook."""
        self.in_head = True
        self._stop_waiting()
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Uvicorn's hook; the rest of a body that nobody reads must come to its end, too."""
        super().on_response_complete()
        if not self.in_head and self.patience is None:
            self._wait()

    def head_is_here(self) -> None:
        """The head is whole."""
        self.in_head = False
        self.head_bytes = 0
        self._stop_waiting()

    def _wait(self) -> None:
        self.patience = self.loop.call_later(self.head_s, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self.patience is not None:
            self.patience.cancel()
            self.patience = None

    def _lose_patience(self) -> None:
        self.patience = None
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse_head(self) -> None:
        if self.transport.is_closing():
            return
        said = problem(431, f"The request's head is longer than {HEAD_BYTES} bytes; shorten it.")
        lines = b"".join(b"%b: %b\r\n" % pair for pair in said.raw_headers)
        status = b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
        self.transport.write(status + lines + b"connection: close\r\n\r\n" + bytes(said.body))
        self.transport.close()
