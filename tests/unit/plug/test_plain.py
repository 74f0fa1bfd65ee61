"""What is taken out of plain text, and what must stay."""

from __future__ import annotations

import pytest

from parvis.plug.plain import clean, direction, one_line


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain, café, naïve", "plain, café, naïve"),
        ("a\x00b\x07c\x9fd", "abcd"),
        ("a\ud800b\udfffc", "abc"),
        ("one\r\ntwo\rthree\u2028four\u0085five", "one\ntwo\nthree\nfour\nfive"),
        ("\u202eevil\u202c \u2066x\u2069 \u200fy", "evil x y"),
        ("zero\u200bwidth\ufeff so\u00adft", "zerowidth soft"),
        ("b\u200dad w\u200cord", "bad word"),
        ("\u0645\u06cc\u200c\u062e\u0648",) * 2,
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("👩\u200d\u200d\u200d👧", "👩\u200d👧"),
        ("❤\ufe0f 1\ufe0f\u20e3 ©\ufe0f", "❤\ufe0f 1\ufe0f\u20e3 ©\ufe0f"),
        ("b\ufe0fad", "bad"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",) * 2,
        ("hi\U000e0068\U000e0069", "hi"),
        ("z\u0301\u0302\u0303\u0304\u0305\u0306o", "z\u0301\u0302\u0303\u0304o"),
    ],
)
def test_only_the_unseen_goes(text: str, kept: str) -> None:
    assert clean(text) == kept


def test_a_name_is_one_line_and_not_too_long() -> None:
    assert one_line("  Ann\n\tof \u202e the  hall ") == "Ann of the hall"
    assert one_line("x" * 300, 10) == "x" * 9 + "…"
    assert one_line("x" * 10, 10) == "x" * 10


@pytest.mark.parametrize(
    ("text", "way"),
    [("", "ltr"), ("#parvis", "ltr"), ("12 👋 שלום", "rtl"), ("#1 \u0645\u0631 hello", "rtl")],
)
def test_the_first_letter_says_which_way_text_runs(text: str, way: str) -> None:
    assert direction(text) == way
