from __future__ import annotations

import pytest

from parvis.web.reach import outside, reachable


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://0.0.0.0:8400", "http://127.0.0.1:8400"),
        ("http://[::]:8400", "http://[::1]:8400"),
        ("http://192.0.2.1:8400", "http://192.0.2.1:8400"),
        ("http://localhost:8400", "http://localhost:8400"),
    ],
)
def test_a_wildcard_is_opened_at_loopback(address: str, here: str) -> None:
    assert reachable(address) == here


def test_phones_get_an_address_that_is_no_wildcard() -> None:
    assert outside("http://192.0.2.1:8400") == "http://192.0.2.1:8400"
    assert "0.0.0.0" not in outside("http://0.0.0.0:8400")
    assert outside("http://0.0.0.0:8400").endswith(":8400")
