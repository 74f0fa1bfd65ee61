"""ETag and Last-Modified, packed into one text that a cursor or a memory can hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from yarl import URL

MAX_CHARS = 1000


class _Packed(msgspec.Struct, frozen=True, omit_defaults=True):
    e: str = ""
    m: str = ""


def validators(headers: Mapping[str, str]) -> str:
    """What an answer's lower-case `headers` give to ask conditionally next time, or ''."""
    packed = _Packed(_usable(headers.get("etag", "")), _usable(headers.get("last-modified", "")))
    return msgspec.json.encode(packed).decode() if packed.e or packed.m else ""


def conditions(text: str) -> dict[str, str]:
    """The request headers that `validators` stand for; nothing when they make no sense."""
    try:
        packed = msgspec.json.decode(text, type=_Packed)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return {}
    named = {"If-None-Match": _usable(packed.e), "If-Modified-Since": _usable(packed.m)}
    return {name: value for name, value in named.items() if value}


def memory_name(url: URL) -> str:
    """Under which name the validators of `url` are remembered."""
    return "http:" + hashlib.sha256(str(url).encode()).hexdigest()[:32]


def _usable(value: str) -> str:
    return value if len(value) <= MAX_CHARS and value.isprintable() else ""
