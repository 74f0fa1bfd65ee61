"""A CSV file is read by spreadsheets, and what people wrote never runs in one."""

from __future__ import annotations

import csv
import io

import pytest

from parvis.stats.rows import POST, Row
from parvis.stats.sheet import head_of, lines_of, safe


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1",
        "\n=1", "  =1+1", "\u00a0=1", "\u200b=cmd", "\uff1d1+1", "\uff20SUM(1)", "|cmd", "%0A=1",
        "\x00=1+1",
    ],
)  # fmt: skip
def test_what_would_run_is_marked_as_text(text: str) -> None:
    assert safe(text).startswith("'")
    assert safe(text).endswith(text.replace("\x00", ""))


@pytest.mark.parametrize("text", ["", "Bonjour", "1 = 1", "ah - oui", "#sea", "أهلا", "'quoted'"])
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
