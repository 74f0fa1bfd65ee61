"""A CSV file is read by spreadsheets, and what people wrote never runs in one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import parvis
from parvis.stats.rows import COLUMNS, POST, Row
from parvis.stats.sheet import head_of, lines_of, safe


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1",
        "\n=1", "  =1+1", "\u00a0=1", "\u200b=cmd", "\uff1d1+1", "\uff20SUM(1)", "|cmd", "%0A=1",
        "\x00=1+1", "\u2060=1", "\x0b=1", "\u200e-1",
    ],
)  # fmt: skip
def test_what_would_run_is_marked_as_text(text: str) -> None:
    assert safe(text).startswith("'")
    assert safe(text).replace("'", "") == text.replace("\x00", "")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Nice; =1+1", "Nice; '=1+1"), ("a;=cmd|x;@b", "a;'=cmd|x;'@b"), ('a;"=1"', "a;\"'=1\""),
        ("Hello\n@zoe", "Hello\n'@zoe"), ("a\t+1", "a\t'+1"), ("a\r\n \u200b-1", "a\r\n \u200b'-1"),
    ],
)  # fmt: skip
def test_what_would_run_where_cells_are_parted_otherwise_is_marked_too(
    text: str, written: str
) -> None:
    assert safe(text) == written


@pytest.mark.parametrize(
    "text", ["", "Bonjour", "1 = 1", "ah - oui", "#sea", "أهلا", "'quoted'", "a; b\nc"]
)
def test_other_words_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


def test_a_file_is_read_as_it_was_written() -> None:
    text = 'Two lines,\n"quoted"; and a comma'
    one = Row(None, "Zoé", "@zoe", "mastodon", text, at_ms=1_000, written_ms=500, post="m:h:1")
    whole = head_of(POST) + lines_of([one, Row(3)], POST)
    assert whole.startswith("\ufeff") and "\r\n" in whole
    head, first, second = csv.reader(io.StringIO(whole.removeprefix("\ufeff"), newline=""))
    assert head == [
        *("value", "author", "text", "network", "at_utc", "written_utc", "shown_utc"),
        *("handle", "post"),
    ]
    assert first == [
        *("", "Zoé", text, "mastodon", "1970-01-01 00:00:01.000", "1970-01-01 00:00:00.500"),
        *("", "'@zoe", "m:h:1"),
    ]
    assert second == ["3", *[""] * 8]


WORDS = st.text(st.sampled_from("=+-@%|;,\t\r\n\"' \u00a0\u200b\uff1da1"), max_size=12)


@given(author=WORDS, text=WORDS, other=WORDS)
@example(author='a;"', text='"=1', other=";=1")
@pytest.mark.parametrize("parts", [",", ";", "\t"])
def test_no_cell_runs_however_a_spreadsheet_parts_the_file(
    parts: str, author: str, text: str, other: str
) -> None:
    row = Row(1, author, other, other, text, other, 1, 1, 1, 1, author, text)
    for columns in COLUMNS.values():
        whole = lines_of([row, row], columns)
        for cells in csv.reader(io.StringIO(whole, newline=""), delimiter=parts):
            for cell in cells:
                assert cell.lstrip('\u00a0\u200b \r\n\t"')[:1] not in set("=+-@%|\uff1d"), cells


def test_no_other_file_writes_a_csv() -> None:
    """A second one would have to mark its cells too: let it use this one."""
    root = Path(parvis.__file__).parent
    writes = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "sources" not in path.parts  # they read
        and any(
            word in path.read_text("utf-8") for word in ("import csv", "csv.writer", "text/csv")
        )
    }
    assert writes == {"stats/sheet.py", "web/api/numbers.py"}
