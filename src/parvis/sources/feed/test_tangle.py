"""Feeds made to keep us busy."""

from __future__ import annotations

import pytest

from parvis.sources.feed import parse

OPEN = b'<rss version="2.0"><channel><title>t</title>'


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (OPEN + b"<x>" * 400_000, "tags"),
        (OPEN + b'<a xml:base="b">' * 200, "deep"),
        (OPEN + b"<item " + b"a=b " * 50_000 + b"></item></channel></rss>", "bytes"),
        (OPEN + b"<item><title>" + b"&amp;" * 400_000, "tags"),
        (OPEN + b"<![CDATA[" * 120_000, "tags"),
        ((OPEN.decode() + "<x>" * 200).encode("utf-16"), "deep"),
    ],
)
def test_what_would_keep_a_core_busy_is_refused_before_it_is_parsed(
    body: bytes, names: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedparser.parse", lambda *_, **__: pytest.fail("parsed"))
    kind = "text/xml; charset=utf-16" if b"\0" in body else "application/rss+xml"
    because = parse(body, kind, "https://a.example/f").because
    assert names in because and because.endswith(".")


def test_markup_within_a_text_is_no_tangle() -> None:
    entry = b"<item><title>a</title><description><![CDATA[" + b"<b>x" * 1_000 + b"]]></description>"
    body = OPEN + (entry + b"</item>") * 110 + b"</channel></rss>"
    assert len(parse(body, "application/rss+xml", "https://a.example/f").entries) == 110
