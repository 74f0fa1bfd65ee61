from __future__ import annotations

from typing import Any

import pytest

from parvis.core.errors import Refused
from parvis.web.admit import Admission, Bucket, Turned, Visitor, host_name, household
from parvis.web.auth import LOCAL


def scope(
    host: str = "localhost:8400",
    *,
    peer: str = "203.0.113.9",
    method: str = "GET",
    path: str = "/",
    **headers: str,
) -> dict[str, Any]:
    pairs = [(b"host", host.encode())] if host else []
    pairs += [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": "http",
        "client": (peer, 1),
        "headers": pairs,
    }


def admitted(found: Visitor | Turned) -> Visitor:
    assert isinstance(found, Visitor), found
    return found


def turned(found: Visitor | Turned) -> Turned:
    assert isinstance(found, Turned), found
    return found


PUBLIC = Admission(public_url="https://wall.example.org", hosts=["screen.local"])


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1:8400", "[::1]:8400", "192.0.2.7", "wall.example.org",
     "WALL.example.org:443", "wall.example.org.", "screen.local"],
)  # fmt: skip
def test_known_hosts_come_in(host: str) -> None:
    assert admitted(PUBLIC.admit(scope(host))).address == "203.0.113.9"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil-wall.example.org", "wall.example.org.evil.example", "xlocalhost",
     "127.0.0.1.evil.example", "2130706433", "127.1"],
)  # fmt: skip
def test_a_rebound_name_is_turned_away(host: str) -> None:
    assert turned(PUBLIC.admit(scope(host))).status == 421


@pytest.mark.parametrize("host", ["", "a b", "a/b", "user@localhost", "localhost:x", "a,b", "[::1"])
def test_a_malformed_host_is_turned_away(host: str) -> None:
    assert turned(PUBLIC.admit(scope(host))).status == 400
    assert host_name(host) is None


def test_two_hosts_are_one_too_many() -> None:
    twice = scope()
    twice["headers"].append((b"host", b"localhost"))
    assert turned(PUBLIC.admit(twice)).status == 400


def test_forwarded_headers_count_from_named_proxies_alone() -> None:
    admission = Admission(public_url="https://wall.example.org", trusted_proxies=["10.0.0.0/8"])
    spoofed = scope(x_forwarded_for="198.51.100.1", x_forwarded_proto="https")
    seen = admitted(admission.admit(spoofed))
    assert (seen.address, seen.origin) == ("203.0.113.9", "http://localhost:8400")
    through = scope(
        peer="10.1.2.3",
        x_forwarded_for="6.6.6.6, 198.51.100.1, 10.9.9.9",
        x_forwarded_proto="https",
        x_forwarded_host="wall.example.org",
    )
    seen = admitted(admission.admit(through))
    assert (seen.address, seen.origin) == ("198.51.100.1", "https://wall.example.org")


def test_a_forwarded_host_is_checked_as_any_other() -> None:
    admission = Admission(trusted_proxies=["10.0.0.1"])
    through = scope(peer="10.0.0.1", x_forwarded_host="evil.example")
    assert turned(admission.admit(through)).status == 421


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(Refused, match="which is no address"):
        Admission(trusted_proxies=["proxy.local"])


@pytest.mark.parametrize(
    ("headers", "comes_in"),
    [
        ({}, True),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "cross-site", "origin": "http://localhost:8400"}, False),
        ({"origin": "http://localhost:8400"}, True),
        ({"origin": "https://wall.example.org"}, True),
        ({"origin": "http://localhost:9999"}, False),
        ({"origin": "https://localhost:8400"}, False),
        ({"origin": "null"}, False),
        ({"origin": "https://wall.example.org.evil.example"}, False),
    ],
)
def test_a_page_of_another_site_changes_nothing_here(
    headers: dict[str, str], comes_in: bool
) -> None:
    found = PUBLIC.admit(scope(method="POST", **headers))
    assert isinstance(found, Visitor) is comes_in
    assert isinstance(PUBLIC.admit(scope(**headers)), Visitor), "reading is free"


def test_requests_of_one_address_have_a_budget() -> None:
    now = [0.0]
    bucket = Bucket(1.0, 2.0, clock=lambda: now[0])
    admission = Admission(requests=bucket)
    assert [isinstance(admission.admit(scope()), Turned) for _ in range(3)] == [False, False, True]
    assert turned(admission.admit(scope())).retry_after_s == pytest.approx(1.0)
    assert isinstance(admission.admit(scope(peer="203.0.113.8")), Visitor)
    assert isinstance(admission.admit(scope(path="/in/hook/post")), Visitor), "sources push freely"
    now[0] = 1.0
    assert isinstance(admission.admit(scope()), Visitor)


def test_the_memory_of_addresses_is_bounded() -> None:
    bucket = Bucket(1.0, 1.0, names=10, clock=lambda: 0.0)
    for number in range(1000):
        bucket.take(str(number))
    assert len(bucket) == 10
    assert bucket.take("999") > 0, "the latest are remembered"


def test_streams_are_counted_per_address() -> None:
    admission = Admission(streams=2)
    assert [admission.enter("a") for _ in range(3)] == [True, True, False]
    assert admission.enter("b")
    admission.leave("a")
    assert admission.enter("a")
    for _ in range(5):
        admission.leave("a")
    assert admission.enter("a")


def test_the_owners_socket_needs_no_host() -> None:
    seen = admitted(PUBLIC.admit({**scope("", method="POST"), LOCAL: True}))
    assert seen.local


def test_a_line_of_its_own_is_one_whichever_of_its_addresses_it_uses() -> None:
    assert household("2001:db8:1:2::1") == household("2001:db8:1:2:ffff::9") == "2001:db8:1:2::"
    assert household("2001:db8:1:3::1") != household("2001:db8:1:2::1")
    assert household("::ffff:203.0.113.7") == household("203.0.113.7") == "203.0.113.7"
    assert household("") == "" and household("testclient") == "testclient"
    admission = Admission(streams=2, requests=Bucket(1.0, 2.0, clock=lambda: 0.0))
    many = [f"2001:db8:1:2::{number:x}" for number in range(3)]
    assert [isinstance(admission.admit(scope(peer=each)), Turned) for each in many] == [0, 0, 1]
    assert [admission.enter(each) for each in many] == [True, True, False]
    admission.leave(many[2])
    assert admission.enter(many[0])
