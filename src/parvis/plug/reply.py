"""A whole answer, and whether it is of the kind that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from parvis.core.errors import Later, Refused


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. Header names are lower case; `url` is where it came from after redirects.

    `validators`: what to hand to `get(conditional=…)` next time so that the server may say "not
    modified".
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    not_modified: bool = False
    validators: str = ""

    @property
    def content_type(self) -> str:
        """The media type without its parameters, lower case, or ''."""
        return media_type(self.headers)

    def json(self) -> Any:
        """The body read as JSON; raises `Later` when it is cut or malformed (a server's bad
        moment).
        """
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Later(f"{host_of(self.url)} answered with JSON that cannot be read.") from error


def media_type(headers: Mapping[str, str]) -> str:
    """The media type of lower-case `headers`, without parameters."""
    return headers.get("content-type", "").split(";")[0].strip().lower()


def host_of(url: str) -> str:
    """The host of an address, for sentences."""
    return (
        url.split("//", 1)[-1].split("/", 1)[0].split("?", 1)[0].rsplit("@", 1)[-1] or "The server"
    )


def check_type(reply: Reply, accept: tuple[str, ...]) -> None:
    """Raises `Refused` when the answer is of no kind in `accept` (`application/json` includes
    `+json` types).
    """
    if not accept or not reply.body:
        return
    found, host = reply.content_type, host_of(reply.url)
    json_only = all(each.endswith("json") for each in accept)
    if json_only and (
        found in ("text/html", "application/xhtml+xml") or _looks_like_page(reply.body)
    ):
        raise Refused(f"{host} answered a web page where JSON was expected; is the address right?")
    if found and not any(_matches(found, each) for each in accept):
        raise Refused(
            f"{host} answered {found[:60]!r} where {' or '.join(accept)} was expected;"
            " is the address right?"
        )


def _matches(found: str, wanted: str) -> bool:
    if wanted.endswith("/*"):
        return wanted == "*/*" or found.startswith(wanted[:-1])
    suffix = "+" + wanted.rpartition("/")[2]
    return found == wanted or (suffix in ("+json", "+xml") and found.endswith(suffix))


def _looks_like_page(body: bytes) -> bool:
    start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))
