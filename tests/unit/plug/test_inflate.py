"""A few kilobytes never become a gigabyte."""

from __future__ import annotations

import tracemalloc
import zlib

import pytest

from parvis.core.errors import Refused
from parvis.plug.inflate import Inflate, TooLong


def test_a_bomb_is_never_unpacked_beyond_the_bound() -> None:
    bomb = zlib.compress(b"\0" * 100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(TooLong, match=r"a\.test answered with more than we take"):
            Inflate("deflate", "a.test").feed(bomb, 100_000)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_what_is_not_packed_passes(encoding: str) -> None:
    inflate = Inflate(encoding, "a.test")
    assert inflate.plain and inflate.feed(b"\x1f\x8b", 1) == b"\x1f\x8b" and inflate.done


def test_pieces_of_any_size_unpack_to_the_same() -> None:
    pack = zlib.compressobj(wbits=31)
    packed = pack.compress(b"hello " * 99) + pack.flush()
    for size in (1, 2, 7, 1_000):
        inflate = Inflate("x-gzip", "a.test")
        pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
        assert b"".join(inflate.feed(piece, 10_000) for piece in pieces) == b"hello " * 99
        assert inflate.done
    assert not inflate.plain


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_what_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(Refused, match="which was not asked for"):
        Inflate(encoding, "a.test")
