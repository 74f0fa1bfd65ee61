"""Who is let in at a door."""

from __future__ import annotations

import json

import pytest

from parvis.core.errors import Refused
from parvis.plug.door import Answer, Knock
from parvis.plug.problem import problem
from parvis.plug.signed_door import SignedDoor
from parvis.plug.standard_webhooks import read_keys, sign
from parvis.plug.testkit import MemoryVault

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW_MS = 1_790_000_000_000


def door(open: bool = False, **secrets: str) -> SignedDoor:
    return SignedDoor(MemoryVault(secrets), open=open)


def knock(**headers: str) -> Knock:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Knock("post", "POST", told, {}, b"{}", NOW_MS)


def signed() -> Knock:
    (key,) = read_keys(SECRET)
    at_s = NOW_MS // 1000
    return knock(
        webhook_id="m1",
        webhook_timestamp=str(at_s),
        webhook_signature=sign(key, "m1", at_s, b"{}"),
    )


def status(admitted: str | Answer) -> int:
    assert isinstance(admitted, Answer)
    return admitted.status


def test_a_door_without_credentials_is_closed_unless_it_is_set_open() -> None:
    assert not door().ready and status(door().admit(signed())) == 403
    assert not SignedDoor(MemoryVault()).ready
    assert door(open=True).ready and door(open=True).admit(knock()) == ""


def test_a_secret_outranks_a_token_and_an_open_door() -> None:
    for strict in (door(secret=SECRET), door(secret=SECRET, token="t", open=True)):
        assert strict.admit(signed()) == "m1"
        assert status(strict.admit(knock(authorization="Bearer t"))) == 401
        assert status(strict.admit(knock())) == 401


def test_a_token_is_asked_even_of_an_open_door() -> None:
    held = door(token="tök", open=True)
    assert held.admit(knock(authorization="bearer  tök ", webhook_id="x" * 300)) == "x" * 200
    for wrong in ("", "Bearer", "Bearer to", "Basic tök", "tök"):
        assert status(held.admit(knock(authorization=wrong))) == 401


def test_a_secret_that_is_none_is_said_when_opening() -> None:
    with pytest.raises(Refused, match="credential secret"):
        door(secret="abc")


def test_a_problem_is_what_rfc_9457_says() -> None:
    answer = problem(413, "It is too long; shorten it.")
    assert (answer.status, answer.content_type) == (413, "application/problem+json")
    told = json.loads(answer.body)
    assert told["type"] == "about:blank" and told["status"] == 413
    assert told["detail"] == "It is too long; shorten it." and told["title"]
