"""Whole answers: their kind, their host, and what makes the next question conditional."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from parvis.core.errors import Later, Refused
from parvis.plug.reply import Reply, check_type, host_of
from parvis.plug.validators import MAX_CHARS, conditions, memory_name, validators

printable = st.text(st.characters(categories=("L", "N", "P")), max_size=30)


@given(printable, printable)
def test_validators_come_back_as_conditions(etag: str, modified: str) -> None:
    text = validators({"etag": etag, "last-modified": modified})
    expected = {"If-None-Match": etag, "If-Modified-Since": modified}
    assert conditions(text) == {name: value for name, value in expected.items() if value}
    assert bool(text) is bool(etag or modified)


def test_what_could_break_a_header_or_fill_a_store_is_no_validator() -> None:
    longest = "x" * MAX_CHARS
    assert conditions(validators({"etag": longest})) == {"If-None-Match": longest}
    for bad in ("x" * (MAX_CHARS + 1), "a\r\nb", "a\x00"):
        assert validators({"etag": bad}) == ""
        assert conditions(f'{{"e": "{bad}"}}') == {}


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"e": 5}', '{"e": "a\\nb"}', "[" * 9000])
def test_nonsense_asks_unconditionally(text: str) -> None:
    assert conditions(text) == {}


def test_a_query_has_a_memory_of_its_own() -> None:
    one, other = URL("https://a.example/?q=1"), URL("https://a.example/?q=2")
    assert memory_name(one) == memory_name(URL(str(one))) != memory_name(other)
    assert len(memory_name(one)) == len("http:") + 32


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://a.example/x?y", "a.example"),
        ("https://u:p@a.example:80?y//z", "a.example:80"),
        ("a.example", "a.example"),
        ("https://a.example//b/c@d", "a.example"),
        ("", "The server"),
    ],
)
def test_the_host_for_sentences_gives_no_secret_away(url: str, host: str) -> None:
    assert host_of(url) == host


def reply(kind: str, body: bytes = b"{}") -> Reply:
    return Reply(200, {"content-type": kind} if kind else {}, body, "https://a.example/x")


@pytest.mark.parametrize(
    ("kind", "accept"),
    [
        ("application/json; charset=utf-8", ("application/json",)),
        ("Application/LD+JSON", ("application/json",)),
        ("application/rss+xml", ("text/html", "application/xml")),
        ("image/png", ("image/*",)),
        ("text/css", ("*/*",)),
        ("", ("application/json",)),
        ("text/html", ()),
    ],
)
def test_what_was_asked_for_passes(kind: str, accept: tuple[str, ...]) -> None:
    check_type(reply(kind), accept)


@pytest.mark.parametrize(
    ("kind", "accept"),
    [
        ("application/json", ("text/html",)),
        ("image/svg+xml", ("image/png",)),
        ("imagery/png", ("image/*",)),
        ("application/octet-stream", ("application/json", "text/xml")),
        ("text/vnd.x+csv", ("text/csv",)),
    ],
)
def test_what_was_not_asked_for_is_refused(kind: str, accept: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="was expected"):
        check_type(reply(kind), accept)


@pytest.mark.parametrize("body", [b"<!DOCTYPE html>", b"\xef\xbb\xbf \n<HTML>", b"<body>"])
def test_a_page_in_the_place_of_json_is_told_whatever_it_calls_itself(body: bytes) -> None:
    with pytest.raises(Refused, match="a web page where JSON was expected"):
        check_type(reply("application/json", body), ("application/json",))
    check_type(reply("text/html", body), ("application/json", "text/html"))
    check_type(reply("text/html", b""), ("application/json",))


def test_json_that_cannot_be_read_is_a_bad_moment() -> None:
    for body in (b"", b"{", b'"\xff"', b"[" * 9000):
        with pytest.raises(Later, match=r"a\.example answered with JSON that cannot be read"):
            reply("application/json", body).json()
    assert reply("application/json", b'{"a": [1]}').json() == {"a": [1]}
