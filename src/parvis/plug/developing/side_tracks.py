"""Tracks beside picture and sound go: cameras, drones and phones write where they were, many times
a second, into a track of metadata or of subtitles (`gpmd`, `camm`, `mebx`, `tx3g`).

Its samples lie among those of the others; where, ISO/IEC 14496-12 says in sections 8.7.3 (stsz),
8.7.4 (stsc) and 8.7.5 (stco, co64).
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from itertools import islice, repeat

from parvis.plug.developing.boxes import MAX_ITEMS, blank, boxes
from parvis.plug.developing.still import Unfit

_KEPT = frozenset((b"vide", b"soun"))
_TO_TABLES = (b"mdia", b"minf", b"stbl")

Table = tuple[int, int]
"""Where a box's content begins, and its end."""


def drop_side_tracks(whole: bytearray, *, fragments: bool) -> None:
    """Blank every track that is neither picture nor sound, and its samples. Raises `Unfit`."""
    dropped: list[tuple[int, int, int]] = []
    for name, _, inside, end in boxes(whole, 0, len(whole)):
        if name == b"moov":
            dropped += [
                (at, first, last)
                for kind, at, first, last in boxes(whole, inside, end)
                if kind == b"trak" and not _is_kept(whole, first, last)
            ]
    if dropped and fragments:
        raise Unfit("odd_film")  # its samples lie in every fragment
    left = len(whole)
    for at, first, last in dropped:
        for start, length in _chunks(whole, _tables(whole, first, last)):
            left -= length
            if left < 0 or start + length > len(whole):
                raise Unfit("broken_film")
            whole[start : start + length] = bytes(length)
        blank(whole, at, first, last)


def _is_kept(whole: bytearray, start: int, end: int) -> bool:
    for name, _, inside, after in boxes(whole, start, end):
        if name == b"mdia":
            for part, _, first, _ in boxes(whole, inside, after):
                if part == b"hdlr":
                    return bytes(whole[first + 8 : first + 12]) in _KEPT
    return True  # nobody plays a track that does not say what it is


def _tables(whole: bytearray, start: int, end: int) -> dict[bytes, Table]:
    for step in _TO_TABLES:
        found = [(i, e) for name, _, i, e in boxes(whole, start, end) if name == step]
        if len(found) != 1:
            raise Unfit("broken_film")
        ((start, end),) = found
    return {name: (inside, after) for name, _, inside, after in boxes(whole, start, end)}


def _chunks(whole: bytearray, tables: dict[bytes, Table]) -> Iterator[tuple[int, int]]:
    """Where each of the track's chunks begins, and how long it is."""
    wide = b"co64" in tables
    inside, end = _table(tables, b"co64" if wide else b"stco")
    (count,) = struct.unpack_from(">I", whole, inside + 4)
    form = f">{_fit(count, 8 if wide else 4, end - inside - 8)}{'Q' if wide else 'I'}"
    starts = struct.unpack_from(form, whole, inside + 8)
    sizes = _sizes(whole, tables)
    for start, samples in zip(starts, _samples_in_chunks(whole, tables), strict=False):
        yield start, sum(islice(sizes, samples))


def _sizes(whole: bytearray, tables: dict[bytes, Table]) -> Iterator[int]:
    """The size of each sample in turn."""
    inside, end = _table(tables, b"stsz")
    same, count = struct.unpack_from(">II", whole, inside + 4)
    if same:
        return repeat(same, _fit(count, 0, 0))
    return iter(struct.unpack_from(f">{_fit(count, 4, end - inside - 12)}I", whole, inside + 12))


def _samples_in_chunks(whole: bytearray, tables: dict[bytes, Table]) -> Iterator[int]:
    """How many samples each chunk has, without end: rows say from which chunk on."""
    inside, end = _table(tables, b"stsc")
    (count,) = struct.unpack_from(">I", whole, inside + 4)
    flat = struct.unpack_from(f">{3 * _fit(count, 12, end - inside - 8)}I", whole, inside + 8)
    samples_from = dict(zip(flat[::3], flat[1::3], strict=True))
    samples = 0
    for chunk in itertools.count(1):
        samples = samples_from.get(chunk, samples)
        yield samples


def _table(tables: dict[bytes, Table], name: bytes) -> Table:
    found = tables.get(name)
    if found is None:
        raise Unfit("broken_film")
    return found


def _fit(count: int, each: int, room: int) -> int:
    """The count, where so many can be there."""
    if count > MAX_ITEMS or count * each > room:
        raise Unfit("broken_film")
    return count
