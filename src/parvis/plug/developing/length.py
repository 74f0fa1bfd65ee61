"""How long an MP4 plays: what its head says (which may be nothing, or a lie) and what its samples
add up to, in its tables and in its fragments.

ISO/IEC 14496-12: 8.2.2 mvhd, 8.3.2 tkhd, 8.4.2 mdhd, 8.6.1.2 stts, 8.6.1.3 ctts, 8.6.6 elst, 8.7.3
stsz, 8.8.2 mehd, 8.8.3 trex, 8.8.7 tfhd, 8.8.8 trun, 8.8.12 tfdt.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from parvis.plug.developing.boxes import boxes
from parvis.plug.developing.still import Unfit

SLACK_S = 1.0
"""What samples may run over the head: sound is padded, and an edit list trims either end."""
_HOLDS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"edts", b"mvex", b"moof",
                    b"traf"))  # fmt: skip


@dataclass
class _Track:
    """`scale`: ticks a second; `film_ticks` in the scale of the film, all others in its own."""

    scale: int = 0
    ticks: int = 0
    film_ticks: int = 0
    samples: int = 0
    timed: int = 0
    last: int = 0
    late: int = 0
    """The latest that a sample is shown after its turn."""
    at: int = 0
    end: int = 0


@dataclass
class _Film:
    scale: int = 0
    ticks: int = 0
    tracks: dict[int, _Track] = field(default_factory=dict[int, _Track])
    usual: dict[int, int] = field(default_factory=dict[int, int])
    """The length of a track's samples that do not say their own."""
    now: _Track = field(default_factory=_Track)
    """The track whose boxes are being read."""
    default: int = 0


def length_s(whole: bytearray) -> float:
    """Seconds, more than 0. Raises `Unfit` when nothing in it says how long it is."""
    film = _Film()
    tops = [top for top in boxes(whole, 0, len(whole)) if top[0] in (b"moov", b"moof")]
    tracks: list[_Track] = []
    for wanted in (b"moov", b"moof"):
        for name, _, inside, end in tops:
            if name == wanted:
                _read(whole, inside, end, film, tracks, 0)
    said = film.ticks / film.scale if film.scale else 0.0
    there = max((_track_s(track, film.scale) for track in tracks), default=0.0)
    length = there if there > said + SLACK_S or not said else said
    if length <= 0:
        raise Unfit("broken_film")
    return length


def _track_s(track: _Track, film_scale: int) -> float:
    """Samples that the table of times leaves out last as long as the one before them."""
    timed = track.ticks + max(0, track.samples - track.timed) * track.last
    ticks = max(timed, track.end, track.late)
    if ticks and not track.scale:
        raise Unfit("broken_film")
    whole = track.film_ticks / film_scale if film_scale else 0.0
    return max(whole, ticks / track.scale if track.scale else 0.0)


def _read(
    whole: bytearray, start: int, end: int, film: _Film, tracks: list[_Track], depth: int
) -> None:
    for name, _, inside, after in boxes(whole, start, end):
        if name == b"trak":
            film.now = _Track()
            tracks.append(film.now)
        if name in _HOLDS and depth < 8:
            _read(whole, inside, after, film, tracks, depth + 1)
        elif name in _HEADS:
            _HEADS[name](whole, inside, film)
        elif name in _TABLES:
            _TABLES[name](whole, inside, after, film.now)


# Heads --------------------------------------------------------------------------------------------
def _duration(whole: bytearray, at: int, *, wide: bool) -> int:
    """All ones mean that it is not known."""
    (ticks,) = struct.unpack_from(">Q" if wide else ">I", whole, at)
    return 0 if ticks == (2**64 - 1 if wide else 2**32 - 1) else int(ticks)


def _timed_head(whole: bytearray, at: int) -> tuple[int, int]:
    """The scale and the length of a film or of a track's media."""
    wide = whole[at] == 1
    (scale,) = struct.unpack_from(">I", whole, at + (20 if wide else 12))
    return int(scale), _duration(whole, at + (24 if wide else 16), wide=wide)


def _mvhd(whole: bytearray, at: int, film: _Film) -> None:
    scale, ticks = _timed_head(whole, at)
    film.scale = min(film.scale or scale, scale)  # said twice: the one that makes it longer
    film.ticks = max(film.ticks, ticks)


def _mehd(whole: bytearray, at: int, film: _Film) -> None:
    film.ticks = max(film.ticks, _duration(whole, at + 4, wide=whole[at] == 1))


def _tkhd(whole: bytearray, at: int, film: _Film) -> None:
    wide = whole[at] == 1
    (id_,) = struct.unpack_from(">I", whole, at + (20 if wide else 12))
    if film.tracks.setdefault(id_, film.now) is not film.now:
        raise Unfit("broken_film")
    ticks = _duration(whole, at + (28 if wide else 20), wide=wide)
    film.now.film_ticks = max(film.now.film_ticks, ticks)


def _mdhd(whole: bytearray, at: int, film: _Film) -> None:
    scale, ticks = _timed_head(whole, at)
    film.now.scale = min(film.now.scale or scale, scale)
    film.now.end = max(film.now.end, ticks)


def _trex(whole: bytearray, at: int, film: _Film) -> None:
    id_, _, usual = struct.unpack_from(">III", whole, at + 4)
    film.usual[id_] = max(film.usual.get(id_, 0), usual)


def _tfhd(whole: bytearray, at: int, film: _Film) -> None:
    flags, id_ = struct.unpack_from(">II", whole, at)
    if id_ not in film.tracks:
        raise Unfit("broken_film")
    film.now = film.tracks[id_]
    film.now.at = film.now.at or film.now.ticks
    film.default = film.usual.get(id_, 0)
    if flags & 0x8:
        skip = 8 + 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)
        (film.default,) = struct.unpack_from(">I", whole, at + skip)


def _tfdt(whole: bytearray, at: int, film: _Film) -> None:
    film.now.at = struct.unpack_from(">Q" if whole[at] == 1 else ">I", whole, at + 4)[0]


def _trun(whole: bytearray, at: int, film: _Film) -> None:
    flags, count = struct.unpack_from(">II", whole, at)
    track = film.now
    start = at + 8 + 4 * bool(flags & 0x1) + 4 * bool(flags & 0x4)
    fields = [bit for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit]
    if not flags & 0x100:
        track.at += count * film.default
    if flags & 0x900:
        form = ">" + "".join("i" if bit == 0x800 else "I" for bit in fields)
        for row in _rows(whole, form, start, len(whole), count):
            track.at += row[0] if flags & 0x100 else 0
            track.late = max(track.late, row[-1] if flags & 0x800 else 0)
    track.end = max(track.end, track.at)


# Tables -------------------------------------------------------------------------------------------
def _rows(
    whole: bytearray, form: str, start: int, end: int, count: int
) -> Iterator[tuple[Any, ...]]:
    stop = start + count * struct.calcsize(form)
    if stop > end:
        raise Unfit("broken_film")
    return struct.iter_unpack(form, memoryview(whole)[start:stop].toreadonly())


def _stts(whole: bytearray, at: int, end: int, track: _Track) -> None:
    (count,) = struct.unpack_from(">I", whole, at + 4)
    for samples, each in _rows(whole, ">II", at + 8, end, count):
        track.ticks += samples * each
        track.timed += samples
        track.last = each


def _ctts(whole: bytearray, at: int, end: int, track: _Track) -> None:
    (count,) = struct.unpack_from(">I", whole, at + 4)
    for _, late in _rows(whole, ">Ii", at + 8, end, count):
        track.late = max(track.late, late)


def _stsz(whole: bytearray, at: int, end: int, track: _Track) -> None:
    if at + 12 <= end:
        (track.samples,) = struct.unpack_from(">I", whole, at + 8)


def _elst(whole: bytearray, at: int, end: int, track: _Track) -> None:
    wide = whole[at] == 1
    (count,) = struct.unpack_from(">I", whole, at + 4)
    rows = _rows(whole, ">QqI" if wide else ">IiI", at + 8, end, count)
    track.film_ticks = max(track.film_ticks, sum(row[0] for row in rows))


_HEADS = {b"mvhd": _mvhd, b"mehd": _mehd, b"tkhd": _tkhd, b"mdhd": _mdhd, b"trex": _trex,
          b"tfhd": _tfhd, b"tfdt": _tfdt, b"trun": _trun}  # fmt: skip
_TABLES = {b"stts": _stts, b"ctts": _ctts, b"stsz": _stsz, b"stz2": _stsz, b"elst": _elst}
