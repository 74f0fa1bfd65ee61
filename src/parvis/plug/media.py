"""Pictures, films and sounds that hang on a post, whatever the network."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import msgspec

from parvis.core.post import Media, MediaType
from parvis.plug.address import web_address
from parvis.plug.plain import one_line

MOST = 16
_KINDS: dict[str, MediaType] = {"image": "image", "video": "video", "audio": "audio"}
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


def media_type_of(said: str) -> MediaType | None:
    """Of a MIME type such as `image/png`, or of its first half alone; None for anything else."""
    return _KINDS.get(said.strip().lower().partition("/")[0])


def mime_of(url: str) -> str:
    """The MIME type that the ending of an address promises, or ''."""
    return _MIME.get(PurePosixPath(urlsplit(url).path).suffix.lower(), "")


def attached(media: Iterable[Media], most: int = MOST) -> tuple[Media, ...]:
    """The first `most` with a web address, each address once, alternatives on one line."""
    found: dict[str, Media] = {}
    for each in media:
        url = web_address(each.url)
        if url and url not in found:
            alt = one_line(each.alt, 1500)
            poster = each.poster if web_address(each.poster) else ""
            found[url] = msgspec.structs.replace(each, url=url, alt=alt, poster=poster)
    return tuple(found.values())[:most]
