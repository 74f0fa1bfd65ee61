"""Signatures of hubs and of Meta's webhooks."""

from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.hub_signature import METHODS, is_signed


def signature(body: bytes, secret: str, method: str) -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


@given(st.binary(max_size=100), st.text(min_size=1, max_size=20), st.sampled_from(METHODS))
def test_the_right_secret_fits_and_no_other(body: bytes, secret: str, method: str) -> None:
    headers = {"x-hub-signature": signature(body, secret, method)}
    assert is_signed(headers, body, secret)
    assert not is_signed(headers, body, secret + "x")
    assert not is_signed(headers, body + b"x", secret)


def test_meta_signs_in_a_header_of_its_own_by_one_method() -> None:
    given = {"x-hub-signature-256": signature(b"{}", "app", "sha256")}
    header, methods = "x-hub-signature-256", ("sha256",)
    assert is_signed(given, b"{}", "app", header=header, methods=methods)
    weaker = {"x-hub-signature-256": signature(b"{}", "app", "sha1")}
    assert not is_signed(weaker, b"{}", "app", header=header, methods=methods)
    assert not is_signed(given, b"{}", "app")


@pytest.mark.parametrize("given", ["", "sha256", "sha256=", "=x", "md5=x", "sha256=é", "new=x"])
def test_what_is_no_signature_fits_nothing(given: str) -> None:
    assert not is_signed({"x-hub-signature": given}, b"", "s")
    assert not is_signed({}, b"", "s")


def test_letters_of_the_header_may_be_large() -> None:
    given = signature(b"b", "s", "sha256").upper()
    assert is_signed({"x-hub-signature": given}, b"b", "s")
