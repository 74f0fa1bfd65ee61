"""Media of a status. https://docs.joinmastodon.org/entities/MediaAttachment/"""

from __future__ import annotations

import re

from parvis.core.post import Media, MediaType
from parvis.plug.address import web_address
from parvis.plug.fields import Fields, real, rows, table, text, whole
from parvis.plug.media import mime_of
from parvis.plug.plain import clean

MOST = 16
_TYPES: dict[str, MediaType] = {
    "image": "image",
    "video": "video",
    "gifv": "gif",
    "audio": "audio",
    "unknown": "document",
}
_BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,120}")


def read_media(status: Fields) -> tuple[Media, ...]:
    """The attachments that have an address. A `gif` is a silent looping film: see its `mime`."""
    sensitive = status.get("sensitive") is True
    return tuple(
        media
        for attachment in rows(status, "media_attachments")[:MOST]
        if (media := _media(attachment, sensitive)) is not None
    )


def _media(attachment: Fields, sensitive: bool) -> Media | None:
    url = web_address(text(attachment, "url")) or web_address(text(attachment, "remote_url"))
    if not url:
        return None
    kind = _TYPES.get(text(attachment, "type"), "document")
    meta = table(attachment, "meta")
    original = table(meta, "original")
    focus = table(meta, "focus")
    blurhash = text(attachment, "blurhash")
    poster = web_address(text(attachment, "preview_url")) if kind != "image" else ""
    return Media(
        type=kind,
        url=url,
        mime=mime_of(url),
        alt=clean(text(attachment, "description")[:5000]).strip(),
        w=whole(original, "width"),
        h=whole(original, "height"),
        duration_s=max(real(original, "duration") or real(meta, "duration"), 0.0),
        poster=poster if poster != url else "",
        blurhash=blurhash if _BLURHASH.fullmatch(blurhash) else "",
        focus=(_within(real(focus, "x")), _within(real(focus, "y"))),
        sensitive=sensitive,
    )


def _within(value: float) -> float:
    return min(max(value, -1.0), 1.0)
