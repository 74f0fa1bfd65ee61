"""A film is passed on as it is, once its container is what it says, with its metadata blanked.

Boxes: ISO/IEC 14496-12; elements: RFC 9559 (Matroska) and the WebM guidelines.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from parvis.plug.developing.boxes import MAX_ITEMS, blank, boxes
from parvis.plug.developing.length import SLACK_S, length_s
from parvis.plug.developing.side_tracks import drop_side_tracks
from parvis.plug.developing.still import Unfit

MAX_S = 60.0
MAX_SIDE = 4096
_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  ",
           b"MSNV", b"dash", b"3gp4", b"3gp5", b"3gp6", b"mmp4")  # fmt: skip
_TOP = frozenset((b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"moof", b"mfra",
                  b"sidx", b"styp", b"meta", b"udta", b"pdin", b"emsg", b"prft"))  # fmt: skip
_TALKS = frozenset((b"udta", b"uuid", b"meta", b"emsg", b"free", b"skip"))
"""Boxes that hold where, when and with what it was filmed, or anything at all."""
_DEEP = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"edts"))
_PLAYS = frozenset((b"avc1", b"avc3", b"vp09", b"vp08", b"av01"))

_EBML, _SEGMENT, _INFO, _TRACKS, _TAGS = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1254C367
_CLUSTER, _ATTACHMENTS, _CHAPTERS, _VOID = 0x1F43B675, 0x1941A469, 0x1043A770, 0xEC
_SEEK, _CUES, _CRC = 0x114D9B74, 0x1C53BB6B, 0xBF
_TIME, _SIMPLE, _GROUP, _BLOCK, _LASTS = 0xE7, 0xA3, 0xA0, 0xA1, 0x9B
_SCALE_NS = 1_000_000
_LEVEL_1 = frozenset((_INFO, _TRACKS, _TAGS, _CLUSTER, _ATTACHMENTS, _CHAPTERS, _VOID, _SEEK,
                      _CUES, _CRC))  # fmt: skip


def develop(body: bytes, mark: bytes) -> tuple[dict[str, object], bytes]:
    """What it is, and its bytes; `mark` makes them this post's own. Raises `Unfit`."""
    whole = bytearray(body)
    try:
        if body[4:8] == b"ftyp":
            told = _mp4(whole)
            whole += struct.pack(">I4s", 8 + len(mark), b"free") + mark
        elif body[:4] == b"\x1a\x45\xdf\xa3":
            told = _webm(whole)
            whole += bytes([_VOID, 0x80 | len(mark)]) + mark
        else:
            raise Unfit("no_film")
    except (struct.error, IndexError, ValueError, OverflowError, RecursionError):
        raise Unfit("broken_film") from None
    if told["duration_s"] > MAX_S:  # type: ignore[operator]
        raise Unfit("long_film")
    if not 16 <= int(told["w"]) <= MAX_SIDE or not 16 <= int(told["h"]) <= MAX_SIDE:  # type: ignore[call-overload]
        raise Unfit("broken_film")
    return told, bytes(whole)


# MP4 ----------------------------------------------------------------------------------------------
def _mp4(whole: bytearray) -> dict[str, object]:
    if bytes(whole[8:12]) not in _BRANDS:
        raise Unfit("no_film")
    told: dict[str, object] = {"mime": "video/mp4", "w": 0, "h": 0, "duration_s": 0.0}
    seen: set[bytes] = set()
    codecs: set[bytes] = set()
    for name, at, inside, end in list(boxes(whole, 0, len(whole))):
        if name not in _TOP:
            raise Unfit("broken_film")
        seen.add(name)
        if name in _TALKS:
            blank(whole, at, inside, end)
        elif name in _DEEP:
            _walk(whole, inside, end, told, codecs, 1)
    if not {b"ftyp", b"moov", b"mdat"} <= seen:
        raise Unfit("broken_film")
    drop_side_tracks(whole, fragments=b"moof" in seen)
    told["duration_s"] = length_s(whole)
    if not codecs & _PLAYS:
        raise Unfit("odd_film")
    return told


def _walk(
    whole: bytearray,
    start: int,
    end: int,
    told: dict[str, object],
    codecs: set[bytes],
    depth: int,
) -> None:
    for name, at, inside, after in list(boxes(whole, start, end)):
        if name in _TALKS:
            blank(whole, at, inside, after)
        elif name in _DEEP and depth < 8:
            _walk(whole, inside, after, told, codecs, depth + 1)
        elif name in (b"mvhd", b"tkhd", b"mdhd"):
            if name == b"tkhd":
                _track_size(whole, after, told)
            _no_date(whole, inside)
        elif name == b"stsd":
            for entry, *_ in boxes(whole, inside + 8, after):
                codecs.add(entry)


def _no_date(whole: bytearray, at: int) -> None:
    """When it was filmed is nobody's business."""
    size = 16 if whole[at] == 1 else 8
    whole[at + 4 : at + 4 + size] = bytes(size)


def _track_size(whole: bytearray, end: int, told: dict[str, object]) -> None:
    width, height = (value >> 16 for value in struct.unpack_from(">II", whole, end - 8))
    a, b = (
        struct.unpack_from(">i", whole, end - 44)[0],
        struct.unpack_from(">i", whole, end - 40)[0],
    )
    if not a and b:  # turned by a quarter
        width, height = height, width
    if width and height:
        told["w"], told["h"] = width, height


# WebM ---------------------------------------------------------------------------------------------
def _number(whole: bytearray, at: int, *, keep_mark: bool) -> tuple[int, int]:
    """A variable-length number and where it ends; -1 for "unknown"."""
    first = whole[at]
    if first == 0:
        raise Unfit("broken_film")
    length = 9 - first.bit_length()
    value = int.from_bytes(whole[at : at + length], "big")
    if at + length > len(whole):
        raise Unfit("broken_film")
    if not keep_mark:
        value &= (1 << (7 * length)) - 1
        if value == (1 << (7 * length)) - 1:
            value = -1
    return value, at + length


def _elements(whole: bytearray, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(id, where it begins, where its content begins, its end)."""
    at = start
    count = 0
    while at < end:
        count += 1
        id_, after = _number(whole, at, keep_mark=True)
        size, inside = _number(whole, after, keep_mark=False)
        stop = end if size < 0 else inside + size
        if stop > end or count > MAX_ITEMS:
            raise Unfit("broken_film")
        if size < 0 and id_ == _CLUSTER:
            stop = _cluster_end(whole, inside, end)
        yield id_, at, inside, stop
        at = stop


def _cluster_end(whole: bytearray, inside: int, end: int) -> int:
    """A recorder writes clusters of unknown size: one ends where the next part begins."""
    at = inside
    while at < end:
        id_, after = _number(whole, at, keep_mark=True)
        if id_ in _LEVEL_1 and id_ not in (_VOID, _CRC):
            return at
        size, content = _number(whole, after, keep_mark=False)
        if size < 0 or content + size > end:
            raise Unfit("broken_film")
        at = content + size
    return end


def _webm(whole: bytearray) -> dict[str, object]:
    told: dict[str, object] = {"mime": "video/webm", "w": 0, "h": 0, "duration_s": 0.0}
    kinds: list[str] = []
    scale, said = 0, 0.0
    tops = list(_elements(whole, 0, len(whole)))
    if [id_ for id_, *_ in tops[:2]] != [_EBML, _SEGMENT] or any(
        id_ not in (_VOID, _CRC) for id_, *_ in tops[2:]
    ):
        raise Unfit("broken_film")
    for id_, _, inside, end in _elements(whole, tops[0][2], tops[0][3]):
        if id_ == 0x4282 and bytes(whole[inside:end]).rstrip(b"\0") != b"webm":
            raise Unfit("no_film")
    for id_, at, inside, end in list(_elements(whole, tops[1][2], tops[1][3])):
        if id_ not in _LEVEL_1:
            raise Unfit("broken_film")
        if id_ in (_TAGS, _ATTACHMENTS, _CHAPTERS):
            _void(whole, at, end)
        elif id_ == _INFO:
            says = _info(whole, inside, end)
            scale, said = max(scale, says[0]), max(said, says[1])
        elif id_ == _TRACKS:
            _tracks(whole, inside, end, told, kinds)
    told["duration_s"] = _webm_s(whole, tops[1], scale or _SCALE_NS, said)
    if not {"V_VP8", "V_VP9", "V_AV1"} & set(kinds):
        raise Unfit("odd_film")
    return told


def _info(whole: bytearray, start: int, end: int) -> tuple[int, float]:
    """Its nanoseconds a tick, and how many seconds it says that it is long (0: it does not)."""
    scale, length = _SCALE_NS, 0.0
    for id_, at, inside, after in list(_elements(whole, start, end)):
        if id_ == 0x2AD7B1:
            scale = int.from_bytes(whole[inside:after], "big")
        elif id_ == 0x4489:
            wide = after - inside == 8
            (length,) = struct.unpack_from(">d" if wide else ">f", whole, inside)
        elif id_ in (0x4461, 0x7BA9):  # date, title
            _void(whole, at, after)
    seconds = length * scale / 1e9
    return scale, seconds if 0 <= seconds < 1e6 else 1e6


def _webm_s(whole: bytearray, segment: tuple[int, int, int, int], scale: int, said: float) -> float:
    """What it says, unless its last picture or sound comes later; a recorder says nothing."""
    last = 0
    for id_, _, inside, end in _elements(whole, segment[2], segment[3]):
        if id_ == _CLUSTER:
            last = max(last, _cluster_ends(whole, inside, end))
    there = last * scale / 1e9
    length = there if there > said + SLACK_S or not said else said
    if length <= 0:
        raise Unfit("broken_film")
    return length


def _cluster_ends(whole: bytearray, start: int, end: int) -> int:
    """When the last of its blocks begins, or ends where it says so."""
    base = last = 0
    for id_, _, inside, after in _elements(whole, start, end):
        if id_ == _TIME:
            base = int.from_bytes(whole[inside:after], "big")
        elif id_ == _SIMPLE:
            last = max(last, _block_at(whole, inside))
        elif id_ == _GROUP:
            parts = {part: (at, stop) for part, _, at, stop in _elements(whole, inside, after)}
            lasts = int.from_bytes(whole[slice(*parts.get(_LASTS, (0, 0)))], "big")
            if _BLOCK in parts:
                last = max(last, _block_at(whole, parts[_BLOCK][0]) + lasts)
    return base + last


def _block_at(whole: bytearray, at: int) -> int:
    """Ticks after its cluster."""
    _, after = _number(whole, at, keep_mark=False)
    return int(struct.unpack_from(">h", whole, after)[0])


def _tracks(
    whole: bytearray, start: int, end: int, told: dict[str, object], kinds: list[str]
) -> None:
    for entry, _, first, last in _elements(whole, start, end):
        if entry != 0xAE:
            continue
        for id_, _, inside, after in _elements(whole, first, last):
            if id_ == 0x86:
                kinds.append(bytes(whole[inside:after]).decode("ascii", "replace"))
            elif id_ == 0xE0:
                for part, _, at, stop in _elements(whole, inside, after):
                    if part in (0xB0, 0xBA):
                        told["w" if part == 0xB0 else "h"] = int.from_bytes(whole[at:stop], "big")


def _void(whole: bytearray, at: int, end: int) -> None:
    """Overwrite an element in its place, to the byte."""
    room = end - at
    if room < 2:
        raise Unfit("broken_film")
    if room - 2 < 0x7F:
        head = bytes([_VOID, 0x80 | (room - 2)])
    else:
        head = bytes([_VOID, 0x01]) + (room - 9).to_bytes(7, "big")
    whole[at:end] = head + bytes(room - len(head))
