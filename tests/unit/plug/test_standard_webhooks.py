from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.errors import Refused
from parvis.plug.standard_webhooks import TOLERANCE_MS, Unsigned, read_keys, sign, verify

NOW_MS = 1_790_000_000_000
KEYS = st.binary(min_size=24, max_size=64)


def headers(key: bytes, body: bytes, at_s: int = NOW_MS // 1000, id_: str = "m") -> dict[str, str]:
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(at_s),
        "webhook-signature": sign(key, id_, at_s, body),
    }


def test_the_published_example() -> None:
    (key,) = read_keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    told = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(KEYS, st.binary(max_size=200))
def test_what_is_signed_is_verified(key: bytes, body: bytes) -> None:
    assert read_keys("whsec_" + base64.b64encode(key).decode()) == (key,)
    assert verify((key,), headers(key, body), body, NOW_MS) == "m"


@given(KEYS, KEYS, st.binary(max_size=50), st.binary(min_size=1, max_size=5))
def test_another_key_or_body_is_not(key: bytes, other: bytes, body: bytes, more: bytes) -> None:
    with pytest.raises(Unsigned):
        verify((key,), headers(key, body), body + more, NOW_MS)
    if key != other:
        with pytest.raises(Unsigned):
            verify((other,), headers(key, body), body, NOW_MS)
    with pytest.raises(Unsigned):
        verify((), headers(key, body), body, NOW_MS)


@pytest.mark.parametrize(("off_ms", "fits"), [(0, True), (1, False), (-1, True)])
def test_the_tolerance_ends_where_it_says(off_ms: int, fits: bool) -> None:
    key, body = b"k" * 32, b"{}"
    for now_ms in (NOW_MS + TOLERANCE_MS + off_ms, NOW_MS - TOLERANCE_MS - off_ms):
        if fits:
            assert verify((key,), headers(key, body), body, now_ms)
        else:
            with pytest.raises(Unsigned, match="5 minutes"):
                verify((key,), headers(key, body), body, now_ms)


@pytest.mark.parametrize("size", [23, 65])
def test_keys_have_a_least_and_a_most(size: int) -> None:
    with pytest.raises(Refused, match="24 to 64 bytes"):
        read_keys("whsec_" + base64.b64encode(b"k" * size).decode())
