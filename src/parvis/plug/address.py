"""Addresses on the web, as people and networks write them."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

MAX_HREF = 4096
_HOST = re.compile(r"[\w.:-]{1,253}")
_UNSAFE_IN_HREF = re.compile(
    r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]"
)


def safe_href(address: str, base: str = "") -> str:
    """`address` made absolute if it is http, https or mailto and names somebody; else ''."""
    address = _UNSAFE_IN_HREF.sub("", address[: MAX_HREF + 1])
    if not address or len(address) > MAX_HREF:
        return ""
    try:
        whole = urljoin(base, address) if base else address
        parts = urlsplit(whole)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme == "mailto":
        return whole if "@" in parts.path else ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    return whole


def web_address(address: str, base: str = "") -> str:
    """Like `safe_href`, for what must be fetched: http and https alone, else ''."""
    whole = safe_href(address, base) if address else ""
    return whole if whole.startswith(("http://", "https://")) else ""


def host_of(url: str) -> str:
    """Host and port of an address, lower case, or ''."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if not _HOST.fullmatch(host):
        return ""
    return f"{host}:{port}" if port else host
