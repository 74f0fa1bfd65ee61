"""What keeps coming: lines of an endless answer, messages of a WebSocket."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING

from parvis.core.errors import Later

if TYPE_CHECKING:
    from yarl import URL


class Stream:
    """Lines as they arrive. `dropped` counts lines longer than the cap, which are left out."""

    def __init__(
        self,
        chunks: AsyncIterator[bytes],
        *,
        url: str = "",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        max_line: int = 1024 * 1024,
    ) -> None:
        self.url = url
        self.status = status
        self.headers: Mapping[str, str] = headers or {}
        self.dropped = 0
        self._chunks = chunks
        self._max_line = max_line

    async def lines(self) -> AsyncIterator[bytes]:
        """Each line without its end (\\n, \\r\\n or \\r), empty ones too; raises `Later` when
        nothing comes for long.

        What follows the last line end is given too: whether it is whole is for the reader to judge.
        """
        rest, skipping, after_cr = bytearray(), False, False
        async for chunk in self._chunks:
            if after_cr and chunk.startswith(b"\n"):
                chunk = chunk[1:]
                after_cr = False
            if not chunk:
                continue
            after_cr = chunk.endswith(b"\r")
            *whole, last = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
            for part in whole:
                rest += part
                if skipping or len(rest) > self._max_line:
                    self.dropped += 1
                else:
                    yield bytes(rest)
                rest.clear()
                skipping = False
            rest += last
            if len(rest) > self._max_line:
                skipping = True
                rest.clear()
        if skipping:
            self.dropped += 1
        elif rest:
            yield bytes(rest)


class Socket(ABC):
    """An open WebSocket. Text arrives as its UTF-8 bytes."""

    @abstractmethod
    async def send(self, message: str | bytes) -> None:
        """Sends a text or binary message; raises `Later` when the connection is gone."""

    @abstractmethod
    def messages(self) -> AsyncIterator[bytes]:
        """Messages as they arrive, until the other side closes; raises `Later` when it breaks or
        falls silent.
        """


def silent(url: URL, idle_s: float) -> Later:
    """The error for a connection that says nothing any more."""
    return Later(f"{url.host} sent nothing for {idle_s:g} seconds.")
