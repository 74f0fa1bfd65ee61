"""Rows as a CSV file (RFC 4180) that a spreadsheet opens as what it is: text is never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from parvis.stats.rows import Row

MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""
_BEGINS = frozenset("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")
"""Whatever begins so may be run as a formula; OWASP, CSV injection, read 2026-11."""


def head_of(columns: Sequence[str]) -> str:
    """The file's first line; times are in UTC there."""
    return MARK + _line([name.replace("_ms", "_utc") for name in columns])


def lines_of(rows: Iterable[Row], columns: Sequence[str]) -> str:
    """A line for each row."""
    return "".join(_line([cell_of(name, getattr(row, name)) for name in columns]) for row in rows)


def cell_of(name: str, value: object) -> str:
    """What is not known is empty; a moment that never was, too."""
    if value is None:
        return ""
    if isinstance(value, int):
        return _moment(value) if name.endswith("_ms") else str(value)
    return safe(str(value))


def safe(text: str) -> str:
    """With an apostrophe before what a spreadsheet would run, also behind blanks; no zero bytes."""
    bare = text.replace("\x00", "")
    begins = bare.lstrip(" \u00a0\u200b\ufeff")[:1]
    return f"'{bare}" if begins in _BEGINS and begins else bare


def _moment(ms: int) -> str:
    if not ms:
        return ""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()
