"""A table published as CSV: which column is what is said by its heading."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from parvis.core.errors import Refused
from parvis.plug.listing import Listing
from parvis.plug.mapped import FIELDS
from parvis.plug.tools import Tools

MOST_ROWS = 5_000
MOST_LETTERS = 20_000


class CsvTable(Listing):
    """One file."""

    network = "csv_table"

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        given = tools.settings
        self._columns = {name: str(given[name]).strip() for name in FIELDS if str(given[name])}

    def rows(self, body: bytes, content_type: str) -> Sequence[Mapping[str, object]]:
        """Each row by its headings, whatever their case; raises `Refused` for what is no table."""
        text = body.decode("utf-8-sig", "replace").replace("\x00", "")
        if "<html" in text[:500].lower() or "<!doctype" in text[:500].lower():
            raise Refused(f"{self.host} answers with a web page; set the address of its CSV.")
        lines = _lines(text)
        head = [each.strip().casefold() for each in next(lines, [])]
        at = {name: _place(head, column) for name, column in self._columns.items()}
        if at.get("text") is None and at.get("picture") is None:
            known = ", ".join(each[:40] for each in head[:12]) or "none"
            raise Refused(
                f"The table of {self.host} has no column {self._columns.get('text', 'text')!r};"
                f" its columns are {known}: set text to one of them."
            )
        return [
            {
                name: row[place]
                for name, place in at.items()
                if place is not None and place < len(row)
            }
            for row in lines
            if any(each.strip() for each in row)
        ]


def _lines(text: str) -> Iterator[list[str]]:
    """Rows, with comma, semicolon or tab between, whichever the first line has most of."""
    head = text.lstrip("\r\n").partition("\n")[0]
    mark = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for number, row in enumerate(reader):
            if number > MOST_ROWS:
                return
            yield [each[:MOST_LETTERS] for each in row]
    except csv.Error:
        return  # a field longer than any text: the rows before it count


def _place(head: Sequence[str], column: str) -> int | None:
    wanted = column.casefold()
    return head.index(wanted) if wanted in head else None


def open_source(tools: Tools) -> CsvTable:
    """The source."""
    return CsvTable(tools)
