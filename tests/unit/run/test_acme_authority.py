"""What an authority says and what it means, without one."""

from __future__ import annotations

from typing import Any

import pytest

from parvis.core.errors import Later, Refused
from parvis.plug.http import Http, Reply
from parvis.run.acme.account import Account
from parvis.run.acme.authority import WEEK_S, Authority, detail_of, words_of

NOW_MS = 1_790_000_000_000
DIRECTORY = "https://ca.example.org/directory"


def authority(http: Any = None) -> Authority:
    return Authority(http or Http(), DIRECTORY, Account.new(), lambda: NOW_MS)


def reply(status: int = 200, body: bytes = b"{}", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, body, DIRECTORY)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0), ("7", 7), ("86400", 86400), ("99999999999999999999", WEEK_S), ("-5", 0),
        ("soon", 0), ("Mon, 21 Sep 2026 14:13:50 GMT", 30), ("Mon, 21 Sep 2020 14:13:50 GMT", 0),
        ("Mon, 21 Sep 2999 14:13:50 GMT", WEEK_S), ("1.5", 0),
    ],
)  # fmt: skip
def test_how_long_it_asks_to_wait(text: str, seconds: float) -> None:
    assert authority().wait_s(reply(retry_after=text)) == seconds


async def test_nothing_signed_goes_where_nobody_encrypts() -> None:
    with pytest.raises(Refused, match="without https"):
        await authority().ask("http://ca.example.org/order", {})


class Answers:
    """Http, as far as it is asked here."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)

    async def get(self, url: str, **_: Any) -> Reply:
        return self.replies.pop(0)

    async def post(self, url: str, **_: Any) -> Reply:
        return self.replies.pop(0)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"newNonce": 1}', b'"x"'])
async def test_a_page_that_is_no_directory_is_named(body: bytes) -> None:
    with pytest.raises(Refused, match="answers as no certificate authority; see tls_directory"):
        await authority(Answers(reply(body=body))).enter()


async def test_what_is_missing_or_refused_is_one_sentence() -> None:
    urls = b'{"newNonce":"https://a/n","newAccount":"https://a/a","newOrder":"https://a/o"}'
    fresh = reply(204, b"", replay_nonce="n")
    for answers, error, says in (
        ((reply(204, b""),), Later, "gives no nonce"),
        ((fresh, reply()), Later, "where our account is"),
        ((fresh, reply(403, b'{"detail":"go\\n away"}')), Refused, "says: go away$"),
        ((fresh, reply(400, b"<html>")), Refused, "says: status 400"),
        ((fresh, reply(429, b"{}", retry_after="9")), Later, "says: status 429"),
    ):
        with pytest.raises(error, match=says):
            await authority(Answers(reply(body=urls), *answers)).enter()


async def test_nonces_that_are_never_taken_end() -> None:
    bad = b'{"type":"urn:ietf:params:acme:error:badNonce"}'
    urls = b'{"newNonce":"https://a/n","newAccount":"https://a/a","newOrder":"https://a/o"}'
    again = [reply(400, bad, replay_nonce=str(number)) for number in range(9)]
    http = Answers(reply(body=urls), reply(204, b"", replay_nonce="n"), *again)
    with pytest.raises(Later, match="none of the nonces"):
        await authority(http).enter()
    assert len(http.replies) == 6


def test_what_it_writes_becomes_one_line_of_ours() -> None:
    assert detail_of(reply(400, b'{"detail": 5}')) == "5"
    assert words_of({"detail": "a\x1b[31m\r\nb\u202e c" + "x" * 900}).startswith("a[31m b c")
    assert len(words_of({"detail": "y" * 900})) == 300
    assert words_of(None) == words_of([]) == ""
