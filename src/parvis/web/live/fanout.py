"""One frame to many sockets: the inner loop of the hub."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from typing import Protocol

SLICE = 500
BACKLOG_BYTES = 256 * 1024
DIRECT = sys.platform != "win32"  # there a socket is no file descriptor


class Line(Protocol):
    """What the fan-out needs of a transport."""

    def write(self, data: bytes) -> None:
        """Queue bytes behind those already queued."""
        ...

    def get_write_buffer_size(self) -> int:
        """Bytes queued and not yet taken by the kernel."""
        ...

    def close(self) -> None:
        """Send what is queued, then close."""
        ...

    def abort(self) -> None:
        """Close now."""
        ...


class Fanout:
    """Readers who get the same bytes.

    `fast` have nothing queued and are written to by file descriptor; `slow` have a backlog in their
    transport; `held` are never written to by descriptor (TLS, ASGI). A frame is one flight: whoever
    joins meanwhile is not in it, and a descriptor freed meanwhile is not written to, whoever owns
    it by then.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.fast: dict[int, Line] = {}
        self.slow: dict[int, Line] = {}
        self.held: dict[int, Line] = {}
        self.dropped = 0
        self._loop = loop
        self._frame = b""
        self._then: Callable[[], None] | None = None
        self._fds: list[int] = []
        self._rest: list[tuple[int, Line]] = []
        self._left: set[int] = set()

    def __len__(self) -> int:
        return len(self.fast) + len(self.slow) + len(self.held)

    def add(self, key: int, line: Line, *, held: bool = False) -> None:
        """A reader from the next frame on; `key` is its file descriptor, or negative when held."""
        (self.held if held else self.slow)[key] = line

    def remove(self, key: int) -> None:
        """The reader has gone; no error when it was gone before."""
        self.fast.pop(key, None)
        self.slow.pop(key, None)
        self.held.pop(key, None)
        if self._then is not None:
            self._left.add(key)

    def send(self, frame: bytes, then: Callable[[], None]) -> None:
        """Give everybody `frame`, a slice per turn of the loop, then call `then`; one at a time."""
        if self.slow:
            self._promote()
        self._frame, self._then = frame, then
        self._fds = list(self.fast)
        self._rest = [*self.slow.items(), *self.held.items()]
        self._fly(0)

    def end(self, tail: bytes) -> None:
        """End every stream: `tail` to whoever has room for it now, no waiting for the others."""
        self._fds, self._rest = [], []
        if self.slow:
            self._promote()
        for fd, line in self.fast.items():
            try:
                whole = not tail or os.write(fd, tail) == len(tail)
            except OSError:
                whole = False
            line.close() if whole else line.abort()
        for line in self.slow.values():
            line.abort()
        for line in self.held.values():
            if line.get_write_buffer_size() > BACKLOG_BYTES:
                line.abort()
            else:
                line.write(tail)
                line.close()
        self.fast, self.slow, self.held = {}, {}, {}

    def _promote(self) -> None:
        ready = [item for item in self.slow.items() if not item[1].get_write_buffer_size()]
        for fd, line in ready:
            del self.slow[fd]
            self.fast[fd] = line

    def _fly(self, at: int) -> None:
        fast, rest = len(self._fds), len(self._rest)
        if at < fast:
            stop = min(at + SLICE, fast)
            fds = self._fds[at:stop]
            self._write([fd for fd in fds if fd not in self._left] if self._left else fds)
        else:
            stop = at + SLICE
            self._queue(self._rest[at - fast : stop - fast])
        if stop < fast + rest:
            self._loop.call_soon(self._fly, stop)
            return
        then, self._then = self._then, None
        self._fds, self._rest, self._frame = [], [], b""
        self._left.clear()
        if then is not None:
            then()

    def _write(self, fds: list[int]) -> None:
        write, frame, size = os.write, self._frame, len(self._frame)
        short: list[tuple[int, int]] = []
        for fd in fds:
            try:
                done = write(fd, frame)
                if done == size:
                    continue
            except (BlockingIOError, InterruptedError):
                done = 0
            except OSError:
                done = -1
            short.append((fd, done))
        for fd, done in short:
            line = self.fast.pop(fd)
            if done < 0:
                line.abort()
            else:
                line.write(frame[done:])
                self.slow[fd] = line

    def _queue(self, lines: list[tuple[int, Line]]) -> None:
        frame, most = self._frame, BACKLOG_BYTES - len(self._frame)
        for key, line in lines:
            if key in self._left:
                continue
            queued = line.get_write_buffer_size()
            if queued and queued > most:
                self.slow.pop(key, None)
                self.held.pop(key, None)
                self.dropped += 1
                line.abort()
            else:
                line.write(frame)
