"""How long a film is, measured: a head that says nothing, or little, gets no longer film in."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from parvis.plug.darkroom import Darkroom, Unfit
from tests.pictures import box, element, mp4, webm

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOUR = 3600
ALL = 2**32 - 1


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def dark() -> AsyncIterator[Darkroom]:
    room = Darkroom(processes=1)
    yield room
    await room.close()


def table(name: bytes, *rows: tuple[int, ...]) -> bytes:
    flat = b"".join(struct.pack(f">{len(row)}i", *row) for row in rows)
    return box(name, struct.pack(">II", 0, len(rows)), flat)


def stsz(samples: int) -> bytes:
    return box(b"stsz", struct.pack(">III", 0, 40, samples))


def trex(usual: int) -> bytes:
    return box(b"trex", struct.pack(">IIIIII", 0, 1, 1, usual, 0, 0))


def mehd(ticks: int) -> bytes:
    return box(b"mehd", struct.pack(">II", 0, ticks))


def moof(
    *samples: int, at: int | None = None, usual: int = 0, late: int = 0, count: int = 0
) -> bytes:
    """A fragment; without `samples` there are `count` of the usual length."""
    tfhd = struct.pack(">II", 0x20008 if usual else 0, 1)
    tfhd += struct.pack(">I", usual) if usual else b""
    tfdt = box(b"tfdt", struct.pack(">IQ", 1 << 24, at)) if at is not None else b""
    flags = 0xB01 if samples else 0x1
    rows = b"".join(struct.pack(">IIi", each, 40, late) for each in samples)
    trun = box(b"trun", struct.pack(">III", flags, len(samples) or count, 0), rows)
    return box(b"moof", box(b"mfhd", bytes(8)), box(b"traf", box(b"tfhd", tfhd), tfdt, trun))


def fragments(*moofs: bytes, seconds: int = 0, usual: int = 0, more: bytes = b"") -> bytes:
    return mp4(
        seconds=seconds, track=0, media=(1000, 0), extends=more + trex(usual), after=b"".join(moofs)
    )


def trex_first() -> bytes:
    """The same as with its mvex behind the track."""
    whole = fragments(moof(count=250), usual=1000)
    at, mvex = whole.index(b"trak") - 4, box(b"mvex", trex(1000))
    assert mvex in whole
    whole = whole.replace(mvex, b"")
    return whole[:at] + mvex + whole[at:]


def clusters(*times: int, lasts: int = 0) -> bytes:
    """Blocks of one cluster that begins at 0, at `times` after it."""
    blocks = [struct.pack(">BhB", 0x81, each, 0x80) + b"\x5a" * 300 for each in times]
    last = element(0xA0, element(0xA1, blocks[-1]), element(0x9B, lasts.to_bytes(4, "big")))
    return element(0xE7, b"\0") + b"".join(element(0xA3, each) for each in blocks[:-1]) + last


LONG = {
    "its track says so": mp4(seconds=0, track=HOUR * 1000),
    "its media says so": mp4(seconds=0, media=(600, 600 * HOUR)),
    "its samples say so": mp4(
        seconds=0, media=(600, 0), tables=table(b"stts", (HOUR * 30, 20)) + stsz(HOUR * 30)
    ),
    "its head lies": mp4(seconds=9, media=(600, 5400), tables=table(b"stts", (HOUR * 30, 20))),
    "its table stops early": mp4(
        seconds=9, media=(600, 5400), tables=table(b"stts", (270, 20)) + stsz(HOUR * 30)
    ),
    "its last picture comes late": mp4(
        seconds=9, media=(600, 0), tables=table(b"ctts", (1, 0), (1, 600 * HOUR))
    ),
    "it plays again and again": mp4(
        seconds=9, edits=table(b"elst", *[(9000, 0, 1 << 16)] * 40)
    ),
    "its mehd says so": fragments(moof(1000), more=mehd(HOUR * 1000)),
    "its fragments say so": fragments(*[moof(*[40] * 250, at=n * 10_000) for n in range(7)]),
    "its fragments add up": fragments(*[moof(*[40] * 250) for _ in range(7)]),
    "its fragments lie behind": fragments(moof(40, at=HOUR * 1000)),
    "its usual sample is long": fragments(moof(count=250), usual=1000),
    "its fragment's usual sample is long": fragments(moof(count=250, usual=1000)),
    "its fragment's picture comes late": fragments(moof(40, late=HOUR * 1000)),
    "its head knows of no fragments": fragments(moof(HOUR * 1000), seconds=9),
    "its usual sample is told before its track": trex_first(),
    "its clusters say so": webm(seconds=None, blocks=element(0xE7, b"\x36\xee\x80")
                                + element(0xA3, b"\x81\0\0\x80" + b"\x5a" * 300)),
    "its last block lasts": webm(seconds=None, blocks=clusters(0, 40, lasts=HOUR * 1000)),
    "a webm's head lies": webm(seconds=4, blocks=clusters(0, 30_000, lasts=HOUR * 1000)),
    "a recorder's head says nothing": webm(
        seconds=None, unknown=True, blocks=clusters(0, 32_000, lasts=32_000)
    ),
}  # fmt: skip
UNTOLD = {
    "nothing says how long": mp4(seconds=0),
    "all ones": mp4(seconds=0, track=ALL, media=(1000, ALL)),
    "no scale": mp4(seconds=0, track=0, media=(0, 9000)),
    "no fragments": fragments(),
    "two tracks of one name": mp4() + mp4(seconds=HOUR)[24:],
    "fragments without length": fragments(moof(count=250)),
    "a fragment of no track": fragments(moof(40).replace(struct.pack(">II", 0, 1), bytes(8))),
    "a fragment that ends early": fragments(
        moof(40).replace(struct.pack(">II", 0xB01, 1), struct.pack(">II", 0xB01, ALL))
    ),
    "a table that ends early": mp4(tables=box(b"stts", struct.pack(">II", 0, ALL))),
    "a webm of one moment": webm(seconds=None),
    "a webm that says nought": webm(seconds=0),
}
FINE = {
    "fragments": (fragments(*[moof(*[40] * 250, at=n * 10_000) for n in range(3)]), 30.0),
    "fragments of usual samples": (fragments(moof(count=250), usual=40), 10.0),
    "fragments in whole": (fragments(moof(40), more=mehd(12_000)), 12.0),
    "no head": (mp4(seconds=0, media=(600, 0), tables=table(b"stts", (90, 20))), 3.0),
    "sound that is padded": (mp4(seconds=60, media=(1000, 60_500)), 60.0),
    "an edit that trims": (
        mp4(edits=table(b"elst", (9000, 400, 1 << 16)), media=(1000, 9400)), 9.0
    ),
    "offsets below nought": (
        mp4(media=(600, 5400), tables=table(b"ctts", (270, -20))), 9.0
    ),
    "a recorder's webm": (
        webm(seconds=None, unknown=True, blocks=clusters(0, 8_000, lasts=500)), 8.5
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", LONG)
async def test_a_long_film_is_refused_whatever_its_head_says(dark: Darkroom, which: str) -> None:
    with pytest.raises(Unfit) as told:
        await dark.film(LONG[which])
    assert told.value.code == "long_film"


@pytest.mark.parametrize("which", UNTOLD)
async def test_what_cannot_be_measured_is_refused(dark: Darkroom, which: str) -> None:
    with pytest.raises(Unfit) as told:
        await dark.film(UNTOLD[which])
    assert told.value.code == "broken_film"


@pytest.mark.parametrize("which", FINE)
async def test_a_short_film_is_as_long_as_it_plays(dark: Darkroom, which: str) -> None:
    body, seconds = FINE[which]
    assert (await dark.film(body)).duration_s == seconds
