"""Media of a status. https://docs.joinmastodon.org/entities/MediaAttachment/"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from parvis.core.post import Media, MediaType
from parvis.plug.address import safe_href
from parvis.plug.plain import clean
from parvis.sources.mastodon.fields import Fields, real, rows, table, text, whole

MOST = 16
_TYPES: dict[str, MediaType] = {
    "image": "image",
    "video": "video",
    "gifv": "gif",
    "audio": "audio",
    "unknown": "document",
}
_MIME = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
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
    url = safe_href(text(attachment, "url")) or safe_href(text(attachment, "remote_url"))
    if not url.startswith(("http://", "https://")):
        return None
    kind = _TYPES.get(text(attachment, "type"), "document")
    meta = table(attachment, "meta")
    original = table(meta, "original")
    focus = table(meta, "focus")
    blurhash = text(attachment, "blurhash")
    poster = safe_href(text(attachment, "preview_url")) if kind != "image" else ""
    return Media(
        type=kind,
        url=url,
        mime=_MIME.get(PurePosixPath(urlsplit(url).path).suffix.lower(), ""),
        alt=clean(text(attachment, "description")[:5000]).strip(),
        w=whole(original, "width"),
        h=whole(original, "height"),
        duration_s=max(real(original, "duration") or real(meta, "duration"), 0.0),
        poster=poster if poster.startswith("http") and poster != url else "",
        blurhash=blurhash if _BLURHASH.fullmatch(blurhash) else "",
        focus=(_within(real(focus, "x")), _within(real(focus, "y"))),
        sensitive=sensitive,
    )


def _within(value: float) -> float:
    return min(max(value, -1.0), 1.0)
