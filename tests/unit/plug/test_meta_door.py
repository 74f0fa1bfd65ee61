"""Meta's question, and its signature."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from parvis.core.errors import Refused
from parvis.plug.door import Knock
from parvis.plug.meta_door import MetaDoor
from parvis.plug.testkit import MemoryVault

SECRETS = {"app_secret": "s3cret", "verify_token": "our word"}
ASKED = {"hub.mode": "subscribe", "hub.verify_token": "our word", "hub.challenge": "11<b>58"}


def door() -> MetaDoor:
    return MetaDoor(MemoryVault(SECRETS))


def asked(**change: str) -> Knock:
    query = ASKED | {f"hub.{name}": value for name, value in change.items()}
    return Knock("hook", "GET", {}, query, b"", 1)


def called(body: bytes, signature: str | None = None, method: str = "POST") -> Knock:
    if signature is None:
        signature = "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    return Knock("hook", method, {"x-hub-signature-256": signature}, {}, body, 1)


def test_meta_is_answered_its_challenge_as_plain_text() -> None:
    answer = door().answer(asked())
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"11<b>58")
    assert answer.content_type.startswith("text/plain")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"verify_token": "guessed"}, 403),
        ({"verify_token": "\udcff"}, 403),
        ({"mode": "unsubscribe"}, 403),
        ({"challenge": ""}, 400),
        ({"challenge": "x" * 5000}, 400),
    ],
)
def test_nobody_else_is(change: dict[str, str], status: int) -> None:
    answer = door().answer(asked(**change))
    assert answer is not None and answer.status == status


@pytest.mark.parametrize(
    "signature",
    ["", "sha256=", "sha256=00", "sha1=" + hmac.new(b"s3cret", b"x", "sha1").hexdigest()],
)
def test_what_is_not_signed_is_not_read(signature: str) -> None:
    answer = door().answer(called(b"x", signature))
    assert answer is not None and answer.status == 401


def test_what_is_signed_is_read_byte_by_byte() -> None:
    knock = called(b'{"a": 1}')
    assert door().answer(knock) is None
    changed = Knock("hook", "POST", knock.headers, {}, b'{"a":1}', 1)
    assert door().answer(changed) is not None


def test_other_methods_and_doors_and_a_missing_credential() -> None:
    answer = door().answer(called(b"x", method="PUT"))
    assert answer is not None and answer.status == 404
    with pytest.raises(Refused, match="verify_token"):
        MetaDoor(MemoryVault({"app_secret": "s"}))
