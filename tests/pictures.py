"""Pictures and films made here, so that no stranger's file lies in the repository."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

PLACE = "48.8530 N, 2.3499 E"


def picture(
    form: str = "JPEG",
    size: tuple[int, int] = (320, 200),
    *,
    turned: int = 1,
    mode: str = "RGB",
    colour: tuple[int, ...] = (200, 40, 60),
) -> bytes:
    """A field of one colour with a darker left half, and a place in its EXIF."""
    image = Image.new(mode, size, colour)
    image.paste(Image.new(mode, (size[0] // 2, size[1]), tuple(part // 3 for part in colour)))
    exif = Image.Exif()
    exif[0x010E] = PLACE
    exif[0x0112] = turned
    out = io.BytesIO()
    if form == "GIF":
        other = Image.new(mode, size, (0, 0, 0))
        image.save(out, form, save_all=True, append_images=[other], comment=PLACE.encode())
    else:
        image.save(out, form, **({} if form == "BMP" else {"exif": exif.tobytes()}))
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are an enormous picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000, 9))
        + chunk(b"IEND", b"")
    )


def box(name: bytes, *parts: bytes) -> bytes:
    """One box of an MP4."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), name) + body


def mp4_of_a_drone(handler: bytes = b"meta", *, start: int = 0, many: int = 3) -> bytes:
    """An MP4 with a second track, in whose samples it says where it was; `start`: of its chunks."""
    head, places = box(b"ftyp", b"isom\0\0\x02\0isomavc1"), PLACE.encode()
    at = start or len(head) + 8 + 400
    apart = len(places) + 50  # the second chunk lies behind some of the film's own bytes
    data = b"\x5a" * 400 + places * 2 + b"\x5a" * 50 + places + b"\x5a" * 400
    stbl = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(b"gpmd", bytes(78))),
        box(b"stsc", struct.pack(">II3I3I", 0, 2, 1, 2, 1, 2, 1, 1)),
        box(b"stsz", struct.pack(">III", 0, len(places), many)),
        box(b"stco", struct.pack(">II2I", 0, 2, at, at + apart + len(places))),
    )
    hdlr = box(b"hdlr", bytes(8), handler, bytes(13))
    trak = box(b"trak", box(b"mdia", hdlr, box(b"minf", stbl)))
    plain = mp4()
    moov = plain[plain.index(b"moov") - 4 : plain.index(b"uuid") - 4]
    return head + box(b"mdat", data) + box(b"moov", moov[8:], trak) + box(b"skip", places)


def mp4(
    *,
    codec: bytes = b"avc1",
    seconds: int = 9,
    size: tuple[int, int] = (720, 1280),
    track: int | None = None,
    media: tuple[int, int] = (0, 0),
    tables: bytes = b"",
    edits: bytes = b"",
    extends: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """The frame of an MP4, with a place, a date and no sound; its pictures are noise. `seconds` by
    its head, `track` by its track's (as the head), `media`: that one's scale and ticks; `tables`
    in its stbl, `edits` and `extends` in edts and mvex; `after` the moov.
    """
    made = 3_900_000_000
    track = seconds * 1000 if track is None else track
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, made, made, 1000, seconds * 1000), bytes(80))
    matrix = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    sides = struct.pack(">II", size[0] << 16, size[1] << 16)
    tkhd = box(
        b"tkhd", struct.pack(">IIIIII", 7, made, made, 1, 0, track), bytes(16), matrix, sides
    )
    entry = box(codec, bytes(78))
    stsd = box(b"stsd", struct.pack(">II", 0, 1), entry)
    stbl = box(b"stbl", stsd, tables)
    mdia = box(b"mdia", box(b"mdhd", struct.pack(">IIIII", 0, made, made, *media), bytes(4)),
               box(b"minf", stbl))  # fmt: skip
    udta = box(b"udta", box(b"\xa9xyz", b"\0\x15\x15\xc7" + PLACE.encode()))
    more = [box(name, each) for name, each in ((b"edts", edits), (b"mvex", extends)) if each]
    trak = box(b"trak", tkhd, *more[: bool(edits)], mdia)
    moov = box(b"moov", mvhd, trak, *more[bool(edits) :], udta)
    return (
        box(b"ftyp", b"isom\0\0\x02\0isomavc1")
        + moov
        + after
        + box(b"uuid", bytes(16), PLACE.encode())
        + box(b"mdat", b"\x5a" * 4000)
    )


def element(id_: int, *parts: bytes) -> bytes:
    """One element of a WebM."""
    body = b"".join(parts)
    name = id_.to_bytes((id_.bit_length() + 7) // 8, "big")
    return name + (0x10000000 | len(body)).to_bytes(4, "big") + body


def webm(
    *,
    codec: bytes = b"V_VP9",
    seconds: float | None = 4.0,
    unknown: bool = False,
    blocks: bytes = b"",
) -> bytes:
    """The frame of a WebM with tags; `unknown` as a browser records it, without sizes. `seconds`
    None: it does not say; `blocks`: what its clusters hold.
    """
    head = element(0x1A45DFA3, element(0x4282, b"webm"))
    length = element(0x4489, struct.pack(">d", seconds * 1000)) if seconds is not None else b""
    info = element(0x1549A966, element(0x2AD7B1, b"\x0f\x42\x40"), length,
                   element(0x7BA9, PLACE.encode()))  # fmt: skip
    video = element(0xE0, element(0xB0, b"\x02\xd0"), element(0xBA, b"\x05\x00"))
    tracks = element(0x1654AE6B, element(0xAE, element(0x86, codec), video))
    tags = element(0x1254C367, element(0x7373, PLACE.encode()))
    block = blocks or element(0xA3, b"\x81\0\0\x80" + b"\x5a" * 300)
    if not unknown:
        return head + element(0x18538067, info, tracks, element(0x1F43B675, block, block), tags)
    endless = b"\x01\xff\xff\xff\xff\xff\xff\xff"
    cluster = b"\x1f\x43\xb6\x75" + endless + block + block
    return head + b"\x18\x53\x80\x67" + endless + info + tracks + cluster + cluster
