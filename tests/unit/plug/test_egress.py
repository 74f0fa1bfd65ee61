"""The guard by itself; tests/contract/plug/test_guard.py has the whole table through the client."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest

from parvis.core.errors import Refused
from parvis.plug.egress import Egress, is_among, is_public, literal, read_targets, unwrap


def _info(address: str, port: int = 80) -> tuple[int, int, int, str, tuple[object, ...]]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return (family, socket.SOCK_STREAM, 0, "", (address, port))


@pytest.mark.parametrize("address", ["10.0.0.1", "::1", "::ffff:169.254.169.254", "fe80::1"])
def test_the_last_gate_opens_no_socket_to_the_inside(address: str) -> None:
    with pytest.raises(Refused, match="not on the public internet"):
        Egress().socket(_info(address))


def test_the_last_gate_opens_to_the_public_and_to_what_is_allowed() -> None:
    for egress, info in (
        (Egress(), _info("1.1.1.1", 443)),
        (Egress(["10.0.0.7:8080"]), _info("10.0.0.7", 8080)),
        (Egress(["10.0.0.7:8080"]), _info("::ffff:10.0.0.7", 8080)),
        (Egress(["[::1]:8080"]), _info("::1", 8080)),
    ):
        with egress.socket(info) as made:
            assert not made.getblocking()
    with pytest.raises(Refused):
        Egress(["10.0.0.7:8080"]).socket(_info("10.0.0.7", 80))
    with pytest.raises(Refused):
        Egress().socket(_info("1.1.1.1", 22))


def test_with_a_proxy_the_last_gate_opens_to_it_alone() -> None:
    egress = Egress(["10.0.0.7:443"], proxy="http://127.0.0.1:4750")
    egress.socket(_info("127.0.0.1", 4750)).close()
    for info in (_info("1.1.1.1", 443), _info("10.0.0.7", 443), _info("127.0.0.1", 80)):
        with pytest.raises(Refused, match="is not the egress proxy"):
            egress.socket(info)


def test_a_name_that_says_it_is_the_proxy_opens_nothing_else() -> None:
    egress = Egress(proxy="http://proxy.test:4750")
    egress.resolved("proxy.test", 4750, ["10.0.0.3"])
    egress.socket(_info("10.0.0.3", 4750)).close()
    with pytest.raises(Refused):
        egress.resolved("proxy.test", 80, ["10.0.0.3"])


@pytest.mark.parametrize("text", ["", "10.0.0.7", "host:80", "10.0.0.7:0", "10.0.0.7:x", "1:2:3"])
def test_a_target_that_is_none_is_named(text: str) -> None:
    with pytest.raises(Refused, match="is no private target; write address and port"):
        read_targets([text])


@pytest.mark.parametrize("proxy", ["proxy:1", "proxy", "https://p:1", "socks5://p:1", "http://:80"])
def test_a_proxy_that_is_none_is_named(proxy: str) -> None:
    with pytest.raises(Refused, match=r"egress proxy .* is no address; write http://host:port"):
        Egress(proxy=proxy)


def test_addresses_are_unwrapped() -> None:
    for wrapped in ("::ffff:1.2.3.4", "64:ff9b::102:304", "1.2.3.4"):
        assert str(unwrap(ip_address(wrapped))) == "1.2.3.4" and is_public(ip_address(wrapped))
    assert str(unwrap(ip_address("fe80::1%eth0"))) == "fe80::1"
    for never in ("2002:102:304::1", "2001:0:1:2::3", "::1.2.3.4", "::ffff:0:1.2.3.4"):
        assert not is_public(ip_address(never))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("①.1.1.1", "1.1.1.1"),
        ("[::1]", "::1"),
        ("1.1.1.1.", "1.1.1.1"),
        ("example.com", None),
        ("", None),
        ("1.1.1.1.example", None),
    ],
)
def test_a_spelled_address_is_known(host: str, address: str | None) -> None:
    found = literal(host)
    assert (str(found) if found else None) == address


def test_a_list_of_hosts_matches_at_the_dots() -> None:
    assert is_among("api.Example.com.", ["example.com", "*.example.com"])
    assert not is_among("example.com", ["*.example.com"])
    assert not is_among("badexample.com", ["*.example.com", "example.com"])
    assert not is_among("example.com.evil", ["example.com"])
