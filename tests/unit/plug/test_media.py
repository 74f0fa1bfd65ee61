"""Media, languages, hashes and addresses, whatever the network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.post import Media
from parvis.plug.address import host_of, web_address
from parvis.plug.digest import short_hash
from parvis.plug.language import language_tag
from parvis.plug.media import attached, media_type_of, mime_of

urls = st.sampled_from(
    ["https://a.example/1.png", "http://a.example/2", "javascript:x", "", "mailto:a@b.example"]
)
media = st.builds(Media, type=st.just("image"), url=urls, alt=st.text(max_size=20), poster=urls)


@given(st.lists(media, max_size=8), st.integers(0, 4))
def test_each_web_address_once_in_order_and_not_too_many(given: list[Media], most: int) -> None:
    kept = attached(given, most)
    wanted = dict.fromkeys(each.url for each in given if each.url.startswith("http"))
    assert [each.url for each in kept] == list(wanted)[:most]
    for each in kept:
        assert "\n" not in each.alt
        assert not each.poster or each.poster.startswith("http")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("image/png", "image"),
        (" Video/MP4;codecs=x", "video"),
        ("audio", "audio"),
        ("application/pdf", None),
        ("", None),
        ("imagery/png", None),
    ],
)
def test_the_type_of_a_medium(said: str, kind: str | None) -> None:
    assert media_type_of(said) == kind


def test_the_ending_of_an_address_promises_a_type() -> None:
    assert mime_of("https://a.example/x/Photo.JPEG?w=1#.png") == "image/jpeg"
    assert mime_of("https://a.example/x.exe") == mime_of("https://a.example/") == ""


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("fr", "fr"),
        (" pt_BR ", "pt-BR"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("français", ""),
        ("x", ""),
        ("", ""),
        ("en-" + "12345678-" * 3 + "12345", "en-" + "12345678-" * 3 + "12345"),
        ("en-" + "12345678-" * 3 + "123456", ""),
    ],
)
def test_languages_are_tags_or_nothing(said: str, tag: str) -> None:
    assert language_tag(said) == tag


def test_hashes_tell_parts_apart_and_have_their_size() -> None:
    assert short_hash("a", "b") == short_hash("a", "b") != short_hash("b", "a")
    assert len(short_hash("a", size=6)) == 12 and len(short_hash("\ud800")) == 16


@pytest.mark.parametrize(
    ("address", "base", "whole"),
    [
        ("https://a.example/x", "", "https://a.example/x"),
        ("/x", "https://a.example/y/z", "https://a.example/x"),
        ("", "https://a.example/", ""),
        ("mailto:a@b.example", "", ""),
        ("javascript:alert(1)", "https://a.example/", ""),
        ("x", "", ""),
    ],
)
def test_a_web_address_can_be_fetched(address: str, base: str, whole: str) -> None:
    assert web_address(address, base) == whole


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Square.example:3000/@ada", "square.example:3000"),
        ("https://square.example", "square.example"),
        ("https://[::1]:80/", "::1:80"),
        ("https://a b/", ""),
        ("https://x:port/", ""),
        ("ada", ""),
        ("", ""),
    ],
)
def test_the_host_of_an_address_with_its_port(url: str, host: str) -> None:
    assert host_of(url) == host
