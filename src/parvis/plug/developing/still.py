"""A picture becomes pixels and is written anew: nothing of the file that came in is left."""

from __future__ import annotations

import io
import re
import struct
from typing import Any, cast

from PIL import Image, ImageCms, ImageOps, features

MAX_PIXELS = 50_000_000
MAX_SIDE = 30_000
SIDE = 2048
"""Longest side of what is kept: a 4K wall shows a picture on half its width at most."""
QUALITY = 86
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_MARKS: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "JPEG"),
    (b"\x89PNG\r\n\x1a\n", 0, "PNG"),
    (b"GIF87a", 0, "GIF"),
    (b"GIF89a", 0, "GIF"),
    (b"WEBP", 8, "WEBP"),
)
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|\?php)|%PDF-|^#!", re.I)
_HEIF = re.compile(rb"^.{4}ftyp(?:hei|hev|mif1|msf1|avif|avis)", re.DOTALL)


class Unfit(Exception):
    """It cannot be taken; the text is a code that the parent knows."""


def sniff(body: bytes) -> str:
    """The format by content; raises `Unfit`: markup, a document, or more than one thing at once."""
    if _MARKUP.search(body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")):
        raise Unfit("markup")
    if b"PK\x05\x06" in body[-66_000:]:
        raise Unfit("markup")  # an archive behind a picture opens as an archive
    for mark, at, name in _MARKS:
        if body[at : at + len(mark)] == mark:
            return name
    raise Unfit("heif" if _HEIF.match(body) else "no_picture")


def develop(body: bytes, mark: bytes) -> tuple[dict[str, object], bytes]:
    """What it is now, and its bytes; `mark` makes them this post's own. Raises `Unfit`."""
    name = sniff(body)
    try:
        with Image.open(io.BytesIO(body), formats=[name]) as image:
            width, height = image.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise Unfit("too_many_pixels")
            if width < 2 or height < 2:
                raise Unfit("no_picture")
            plain = _plain(image)
    except Unfit:
        raise
    except MemoryError:
        raise Unfit("too_many_pixels") from None
    except Exception:  # a decoder fails in as many ways as there are files
        raise Unfit("broken") from None
    out = io.BytesIO()
    clear = plain.mode == "RGBA"
    if clear:
        plain.save(out, "WEBP", quality=QUALITY, method=4)
    else:
        plain.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    told: dict[str, object] = {
        "mime": "image/webp" if clear else "image/jpeg",
        "w": plain.width,
        "h": plain.height,
    }
    marked = _mark_webp if clear else _mark_jpeg
    return told, marked(out.getvalue(), mark)


def warm_up() -> None:
    """Load every decoder and encoder while files can still be opened."""
    if not features.check("webp"):
        raise RuntimeError("Pillow comes without WebP")
    Image.MAX_IMAGE_PIXELS = None  # `develop` counts before anything is decoded
    Image.preinit()
    icc = _srgb().tobytes()
    for mode, name in (("RGB", "JPEG"), ("RGBA", "PNG"), ("P", "GIF"), ("RGBA", "WEBP")):
        out = io.BytesIO()
        more = {} if name == "GIF" else {"icc_profile": icc}
        Image.new(mode, (64, 64)).save(out, name, **more)
        develop(out.getvalue(), b"")


def _plain(image: Image.Image) -> Image.Image:
    """Upright sRGB pixels of at most `SIDE`, without a word about themselves."""
    if image.format == "JPEG":
        image.draft("RGB", (SIDE, SIDE))
    clear = "A" in image.getbands() or "transparency" in image.info
    icc = image.info.get("icc_profile")
    orientation = image.getexif().get(0x0112, 1)
    image.load()
    small: Image.Image = image
    if small.mode not in ("RGB", "RGBA", "L", "CMYK"):
        small = small.convert("RGBA" if clear else "RGB")
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    small = _in_srgb(small, icc).convert("RGBA" if clear else "RGB")
    if orientation != 1:
        exif = Image.Exif()
        exif[0x0112] = orientation
        small.info.clear()
        small.info["exif"] = exif.tobytes()
        small = ImageOps.exif_transpose(small)
    if clear and small.getchannel("A").getextrema() == (255, 255):
        small = small.convert("RGB")
    bare = Image.new(small.mode, small.size)
    bare.paste(small)
    return bare


def _srgb() -> ImageCms.ImageCmsProfile:
    made = cast(Any, ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType]
    return ImageCms.ImageCmsProfile(made)


def _in_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    if not icc or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        changed = ImageCms.profileToProfile(image, given, _srgb(), outputMode=mode)
    except Exception:  # an odd profile costs the colours' exactness, not the picture
        return image
    return changed if changed is not None else image


def _mark_jpeg(body: bytes, mark: bytes) -> bytes:
    """With a comment of random-looking bytes: no two posts share a file."""
    return body[:2] + b"\xff\xfe" + struct.pack(">H", len(mark) + 2) + mark + body[2:]


def _mark_webp(body: bytes, mark: bytes) -> bytes:
    """With a chunk that readers skip."""
    chunk = b"mark" + struct.pack("<I", len(mark)) + mark + b"\0" * (len(mark) % 2)
    whole = body[8:] + chunk
    if whole[4:8] == b"VP8X":
        return b"RIFF" + struct.pack("<I", len(whole)) + whole
    return body if not mark else _extended(body, chunk)


def _extended(body: bytes, chunk: bytes) -> bytes:
    """A simple WebP gets the extended header that a further chunk needs."""
    with Image.open(io.BytesIO(body), formats=["WEBP"]) as image:
        width, height = image.size
        flags = 0x10 if image.mode == "RGBA" else 0
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    head = b"VP8X" + struct.pack("<I", 10) + bytes([flags, 0, 0, 0]) + size
    whole = b"WEBP" + head + body[12:] + chunk
    return b"RIFF" + struct.pack("<I", len(whole)) + whole
