"""The boxes of an MP4 (ISO/IEC 14496-12, section 4.2)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from parvis.plug.developing.still import Unfit

MAX_ITEMS = 20_000


def boxes(whole: bytearray, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """(name, where it begins, where its content begins, its end), with no gap and no overlap."""
    at = start
    count = 0
    while at < end:
        count += 1
        size, name = struct.unpack_from(">I4s", whole, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", whole, at + 8)
            head = 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end or count > MAX_ITEMS:
            raise Unfit("broken_film")
        yield name, at, at + head, at + size
        at += size


def blank(whole: bytearray, at: int, inside: int, end: int) -> None:
    """The box keeps its place and says nothing any more."""
    whole[at + 4 : at + 8] = b"free"
    whole[inside:end] = bytes(end - inside)
