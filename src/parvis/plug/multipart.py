"""`multipart/form-data` of a body that is there whole (RFC 7578), as browsers write it."""

from __future__ import annotations

import re

import msgspec

MAX_PARTS = 40
MAX_HEAD = 4096
_BOUNDARY = re.compile(r'multipart/form-data\s*;.*?boundary="?([^";,\s]{1,200})"?', re.I | re.S)
_NAME = re.compile(rb'[;\s]name="([^"\r\n]*)"')
_FILE = re.compile(rb'[;\s]filename="([^"\r\n]*)"')
_KIND = re.compile(rb"^content-type:[ \t]*([^\s;]+)", re.I | re.M)


class BadForm(ValueError):
    """The body is no such form."""


class Part(msgspec.Struct, frozen=True):
    """One field. `file` is None for a field of text; a file field left empty has neither name nor
    bytes.
    """

    name: str
    body: bytes
    file: str | None = None
    kind: str = ""

    @property
    def text(self) -> str:
        """The field as text."""
        return self.body.decode("utf-8", "replace")


def is_multipart(content_type: str) -> bool:
    """Whether a body of this type is such a form."""
    return content_type.lstrip().lower().startswith("multipart/form-data")


def parse(content_type: str, body: bytes) -> list[Part]:
    """The fields in order; raises `BadForm`."""
    found = _BOUNDARY.match(content_type.strip())
    if found is None:
        raise BadForm("The form names no boundary.")
    line = b"--" + found[1].encode("latin-1", "replace")
    if not body.startswith(line):
        raise BadForm("The form does not begin with its boundary.")
    pieces = body[len(line) :].split(b"\r\n" + line, MAX_PARTS + 1)
    if len(pieces) > MAX_PARTS + 1:
        raise BadForm(f"The form has more than {MAX_PARTS} fields.")
    if not pieces[-1].startswith(b"--"):
        raise BadForm("The form was cut on its way.")
    return [_part(piece) for piece in pieces[:-1]]


def _part(piece: bytes) -> Part:
    if not piece.startswith(b"\r\n"):
        raise BadForm("A field of the form does not begin as it must.")
    at = piece.find(b"\r\n\r\n", 0, MAX_HEAD)
    if at < 0:
        raise BadForm("A field of the form has no end of its head.")
    head, body = piece[:at], piece[at + 4 :]
    name = _NAME.search(head)
    if name is None:
        raise BadForm("A field of the form has no name.")
    file, kind = _FILE.search(head), _KIND.search(head)
    return Part(
        name=name[1].decode("utf-8", "replace"),
        body=body,
        file=file[1].decode("utf-8", "replace") if file else None,
        kind=kind[1].decode("latin-1").lower() if kind else "",
    )
