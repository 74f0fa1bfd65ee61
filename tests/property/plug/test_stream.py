"""Lines come out the same however the network cuts them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.stream import Stream

PIECES = st.lists(st.text(alphabet="ab\r\né", max_size=6).map(str.encode), max_size=12)


async def _flow(chunks: list[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def _lines(chunks: list[bytes], max_line: int = 1_000) -> tuple[list[bytes], int]:
    async def read() -> tuple[list[bytes], int]:
        stream = Stream(_flow(chunks), max_line=max_line)
        return [line async for line in stream.lines()], stream.dropped

    return asyncio.run(read())


@given(PIECES)
def test_lines_do_not_depend_on_the_cuts(chunks: list[bytes]) -> None:
    whole = b"".join(chunks).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    expected = whole.split(b"\n")
    if not expected[-1]:
        expected.pop()
    assert _lines(chunks) == (expected, 0)


@given(PIECES, st.integers(0, 4))
def test_long_lines_cost_themselves_alone(chunks: list[bytes], most: int) -> None:
    lines, _ = _lines(chunks)
    kept, dropped = _lines(chunks, most)
    assert kept == [line for line in lines if len(line) <= most]
    assert dropped == sum(len(line) > most for line in lines)
