"""Rows as a CSV file (RFC 4180) that a spreadsheet opens as what it is: text is never a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from parvis.stats.rows import Row

MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""
_RUNS = "=+\\-@|%\uff1d\uff0b\uff0d\uff20"
_BLANK = '\\s"\u200b-\u200f\u2060\ufeff'
_BEGINS = re.compile(f"[\\t\\r\\n]|[{_BLANK}]*[{_RUNS}]")
"""Whatever begins so, also between quotes of its own, may be run as a formula; OWASP, CSV
injection, read 2026-11.
"""
_WITHIN = re.compile(f"([;\\t\\r\\n][{_BLANK}]*)(?=[{_RUNS}])")
"""Where a cell begins for a spreadsheet that parts a file at `;`, as in French, or at tabs: it does
not see that the words stand between quotes.
"""


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
    """With an apostrophe before what a spreadsheet would run, also behind blanks, and wherever one
    that parts at another sign would begin a cell; no zero bytes.
    """
    bare = text.replace("\x00", "")
    marked = _WITHIN.sub(r"\1'", bare)
    return f"'{marked}" if _BEGINS.match(bare) else marked


def _moment(ms: int) -> str:
    if not ms:
        return ""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()
