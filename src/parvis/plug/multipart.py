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
    bytes. A file's `body` is a view of the form, which is many megabytes: it is not copied.
    """

    name: str
    body: bytes | memoryview
    file: str | None = None
    kind: str = ""

    @property
    def text(self) -> str:
        """The field as text."""
        return bytes(self.body).decode("utf-8", "replace")


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
    parts: list[Part] = []
    begin = len(line)
    while (end := body.find(b"\r\n" + line, begin)) >= 0:
        if len(parts) == MAX_PARTS:
            raise BadForm(f"The form has more than {MAX_PARTS} fields.")
        parts.append(_part(body, begin, end))
        begin = end + 2 + len(line)
    if not body.startswith(b"--", begin):
        raise BadForm("The form was cut on its way.")
    return parts


def _part(form: bytes, begin: int, end: int) -> Part:
    """Of a form of many megabytes no file is copied."""
    if not form.startswith(b"\r\n", begin, end):
        raise BadForm("A field of the form does not begin as it must.")
    at = form.find(b"\r\n\r\n", begin, min(begin + MAX_HEAD, end))
    if at < 0:
        raise BadForm("A field of the form has no end of its head.")
    head = form[begin:at]
    name = _NAME.search(head)
    if name is None:
        raise BadForm("A field of the form has no name.")
    file, kind = _FILE.search(head), _KIND.search(head)
    return Part(
        name=name[1].decode("utf-8", "replace"),
        body=form[at + 4 : end] if file is None else memoryview(form)[at + 4 : end],
        file=file[1].decode("utf-8", "replace") if file else None,
        kind=kind[1].decode("latin-1").lower() if kind else "",
    )
