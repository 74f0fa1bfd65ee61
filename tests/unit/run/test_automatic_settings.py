from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parvis.core.errors import Refused
from parvis.run.settings import LETS_ENCRYPT, Settings, host_of, load

WELL: dict[str, Any] = {
    "public_url": "https://wall.example.org", "port": 443, "tls": "automatic",
    "tls_accept_terms": True,
}  # fmt: skip


def loaded(tmp_path: Path, **more: Any) -> Settings:
    return load({"data": str(tmp_path), **WELL, **more}, {})


def test_what_is_needed_is_enough(tmp_path: Path) -> None:
    settings = loaded(tmp_path, tls_email="team@example.org")
    assert settings.tls_directory == LETS_ENCRYPT and settings.tls_challenge_port == 80
    assert loaded(tmp_path, public_url="https://wall.example.org:8443").tls == "automatic"
    assert loaded(tmp_path, tls_directory="http://127.0.0.1:14000/directory").tls


def test_the_environment_can_say_it_all(tmp_path: Path) -> None:
    env = {
        "PARVIS_TLS": "automatic", "PARVIS_TLS_ACCEPT_TERMS": "true",
        "PARVIS_TLS_CHALLENGE_PORT": "8080", "PARVIS_PUBLIC_URL": "https://wall.example.org",
    }  # fmt: skip
    settings = load({"data": str(tmp_path)}, env)
    assert (settings.tls_accept_terms, settings.tls_challenge_port) == (True, 8080)
    with pytest.raises(Refused, match="PARVIS_TLS_ACCEPT_TERMS: the setting tls_accept_terms"):
        load({"data": str(tmp_path)}, {**env, "PARVIS_TLS_ACCEPT_TERMS": "perhaps"})
    with pytest.raises(Refused, match="known are automatic"):
        load({"data": str(tmp_path)}, {**env, "PARVIS_TLS": "on"})


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "needs a public_url of https://"),
        ("http://wall.example.org", "needs a public_url of https://"),
        ("https://192.0.2.7", "192.0.2.7 is an IP address"),
        ("https://[2001:db8::1]", "is an IP address"),
        ("https://127.1", "is an IP address"),
        ("https://localhost", "is a name that only this network knows"),
        ("https://wall", "is a name that only this network knows"),
        ("https://wall.local", "is a name that only this network knows"),
        ("https://wall.lan.", "is a name that only this network knows"),
        ("https://wall.home.arpa", "is a name that only this network knows"),
        ("https://wall_1.example.org", "is no host name"),
        ("https://-wall.example.org", "is no host name"),
    ],
)
def test_a_name_that_no_authority_knows_is_refused(tmp_path: Path, url: str, says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        loaded(tmp_path, public_url=url)
    assert str(refused.value).count("\n") == 0


def test_a_name_stands_as_in_a_certificate() -> None:
    assert host_of("https://Wall.Example.ORG.:8443") == "wall.example.org"
    assert host_of("https://fête.example") == "xn--fte-fma.example"
    assert host_of("https://a..b") == host_of("https://[::1") == ""


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"tls_accept_terms": False}, "the terms of acme-v02.api.letsencrypt.org.* if you agree"),
        ({"tls_cert": "x.pem"}, "keep one of the two"),
        ({"tls_email": "nobody"}, "one plain address"),
        ({"tls_email": "a@b.org,c@d.org"}, "one plain address"),
        ({"tls_email": "a@b.org?cc=c@d.org"}, "one plain address"),
        ({"tls_directory": "http://ca.example.org/directory"}, "write an address of https://"),
        ({"tls_directory": "ca.example.org"}, "write an address of https://"),
        ({"tls_challenge_port": 0}, "leave it out for 80"),
        ({"port": 80}, "set port = 443"),
    ],
)
def test_what_cannot_work_is_one_sentence(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        loaded(tmp_path, **more)


def test_without_tls_nothing_of_it_is_looked_at(tmp_path: Path) -> None:
    assert load({"data": str(tmp_path), "tls_email": "nobody", "port": 80}, {}).tls == ""
