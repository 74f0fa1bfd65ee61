"""Compressed bodies, unpacked within a bound: a few kilobytes must not become a gigabyte."""

from __future__ import annotations

import zlib
from typing import Protocol

from parvis.core.errors import Refused

ACCEPTED = "gzip, deflate"


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class TooLong(Refused):
    """More bytes than were asked for."""


class Inflate:
    """Unpacks a body piece by piece; `host` is named in errors."""

    def __init__(self, encoding: str, host: str) -> None:
        self._kind = encoding.strip().lower()
        self._host = host
        self._stream: _Unpacker | None = None
        if self._kind not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Refused(
                f"{host} answered with the compression {self._kind[:20]!r},"
                " which was not asked for."
            )

    @property
    def plain(self) -> bool:
        """Whether there is nothing to unpack."""
        return self._kind in ("", "identity")

    def feed(self, packed: bytes, most: int) -> bytes:
        """What `packed` unpacks to; raises `TooLong` above `most` bytes, zlib.error when it is
        damaged.
        """
        if self.plain:
            return packed
        out: list[bytes] = []
        left = most
        while packed:
            if self._stream is None or self._stream.eof:
                self._stream = self._start(packed)
            piece = self._stream.decompress(packed, left + 1)
            left -= len(piece)
            if left < 0:
                raise TooLong(
                    f"{self._host} answered with more than we take; ask for less at once."
                )
            out.append(piece)
            packed = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            if self._stream.eof and self._kind == "deflate":
                break
        return b"".join(out)

    @property
    def done(self) -> bool:
        """Whether what was fed so far is a whole body."""
        return self._stream is None or self._stream.eof

    def _start(self, packed: bytes) -> _Unpacker:
        if self._kind != "deflate":
            return zlib.decompressobj(wbits=31)
        # "deflate" means zlib by the RFC, and raw deflate on some servers
        raw = packed[0] & 0x0F != 8
        return zlib.decompressobj(wbits=-15 if raw else 15)
