"""The words of the audience's pages: whole in every language, and the right one is chosen."""

from __future__ import annotations

import re

import pytest
from starlette.requests import Request

from parvis.web.tongue import ORDER, TONGUES, preferred, tongue_of


def request(lang: str = "", query: str = "") -> Request:
    headers = [(b"accept-language", lang.encode())] if lang else []
    return Request({"type": "http", "headers": headers, "query_string": query.encode()})


def test_every_language_says_everything() -> None:
    assert set(TONGUES) == set(ORDER) == {"fr", "en", "ar"}
    english = TONGUES["en"].words
    for lang, tongue in TONGUES.items():
        assert set(tongue.words) == set(english)
        for part, texts in tongue.words.items():
            assert set(texts) == set(english[part]), f"{lang} {part}"
            for name, text in texts.items():
                assert text.strip(), f"{lang} {part}.{name}"
                places = sorted(re.findall(r"{\w+}", text))
                assert places == sorted(re.findall(r"{\w+}", english[part][name])), name


def test_french_has_its_spaces() -> None:
    for texts in TONGUES["fr"].words.values():
        for text in texts.values():
            assert not re.search(r" [;:!?»]|« ", text), text


def test_arabic_is_written_in_arabic() -> None:
    allowed = re.compile(r"{\w+}|MP4|WebM|HEIC|JPEG|PNG|H\.264")
    for part, texts in TONGUES["ar"].words.items():
        for name, text in texts.items():
            if part != "page" or name != "name":
                assert not re.search("[A-Za-z]{2}", allowed.sub("", text)), name


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de-DE,de;q=0.9,ar;q=0.3,fr;q=0.5", "fr"),
        ("ar-MA", "ar"),
        ("de, es;q=0.5", ""),
        ("", ""),
        ("*;q=0.1", ""),
        ("fr;q=0", ""),
        ("x" * 9000, ""),
    ],
)
def test_the_browser_is_asked(header: str, lang: str) -> None:
    assert preferred(header) == lang


def test_a_choice_stands_above_the_browser_and_that_above_the_wall() -> None:
    assert tongue_of(request("fr", "lang=ar")).lang == "ar"
    assert tongue_of(request("fr"), "en").lang == "fr"
    assert tongue_of(request("de"), "fr-BE").lang == "fr"
    assert tongue_of(request("de", "lang=xx"), "ja").lang == "en"


def test_durations_have_their_unit() -> None:
    assert TONGUES["en"].seconds(1_390) == "1.4 seconds"
    assert TONGUES["fr"].seconds(1_390) == "1,4\u00a0seconde"
    assert TONGUES["fr"].seconds(2_000) == "2,0\u00a0secondes"
    assert TONGUES["ar"].seconds(20) == "0,1 ث"


def test_a_name_in_other_letters_keeps_its_place_in_arabic() -> None:
    said = TONGUES["ar"].say("share", "title", wall="Port, 2027")
    assert "\u2068Port, 2027\u2069" in said
