"""What is signed, held to a second reading of the RFCs, and what is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from parvis.run.acme.account import Account, read_key, write_key
from parvis.run.acme.safe import Pending, Safe, Tried, wrong_with
from tests.authority import plain, signed_by

URL = "https://ca.example.org/order"


def key_of(account: Account) -> ec.EllipticCurvePublicKey:
    return read_key(account.pem).public_key()


def verify(account: Account, body: bytes) -> tuple[dict[str, object], bytes]:
    said = json.loads(body)
    made = plain(said["signature"])
    assert len(made) == 64
    signature = encode_dss_signature(int.from_bytes(made[:32]), int.from_bytes(made[32:]))
    signed = f"{said['protected']}.{said['payload']}".encode()
    key_of(account).verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    return json.loads(plain(said["protected"])), plain(said["payload"])


def test_every_signature_verifies_and_halves_are_padded() -> None:
    account = Account.new()
    for number in range(300):  # one in 128 halves begins with a zero byte
        head, payload = verify(account, account.sign(URL, f"n{number}", {"a": number}, "kid"))
        assert head == {"alg": "ES256", "nonce": f"n{number}", "url": URL, "kid": "kid"}
        assert json.loads(payload) == {"a": number}


def test_another_key_does_not_verify() -> None:
    with pytest.raises(InvalidSignature):
        verify(Account.new(), Account.new().sign(URL, "n", {}, "kid"))


def test_who_is_not_known_yet_shows_the_key_and_asking_sends_nothing() -> None:
    account = Account.new()
    head, payload = verify(account, account.sign(URL, "n", None, ""))
    assert head["jwk"] == account.jwk and "kid" not in head and payload == b""
    assert verify(account, account.sign(URL, "n", {}, "k"))[1] == b"{}"


def test_the_thumbprint_is_of_the_sorted_members() -> None:
    account = Account.new()
    assert account.answer("token") == f"token.{signed_by(account.jwk)}"
    for _ in range(300):
        jwk = Account.new().jwk
        assert len(plain(jwk["x"])) == len(plain(jwk["y"])) == 32


def test_a_key_of_another_kind_is_no_account() -> None:
    odd = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    for pem in (odd, b"", b"rubbish", write_key(ec.generate_private_key(ec.SECP384R1()))):
        with pytest.raises(ValueError, match="key"):
            Account.of(pem)


def test_what_is_kept_comes_back_and_rubbish_is_as_nothing(tmp_path: Path) -> None:
    safe = Safe(tmp_path, "https://ca.example.org:14000/directory", "wall.example.org")
    assert safe.pending() is None and safe.tried() == Tried() and safe.certificate() is None
    account = safe.account()
    assert safe.account().jwk == account.jwk
    safe.keep_pending(Pending(URL, "key"))
    safe.keep_tried(Tried(2, 3, 4, "why", 5))
    assert safe.pending() == Pending(URL, "key") and safe.tried() == Tried(2, 3, 4, "why", 5)
    folder = tmp_path / "certificates" / "ca.example.org_14000"
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        path.write_bytes(b"\xff\xfe")
    assert safe.pending() is None and safe.tried() == Tried()
    assert safe.account().jwk != account.jwk
    safe.forget_pending()
    safe.forget_pending()


def test_two_authorities_do_not_share_a_folder(tmp_path: Path) -> None:
    """A certificate of a staging authority is never taken for one that browsers know."""
    one = Safe(tmp_path, "https://staging.example.org/directory", "a.org")
    two = Safe(tmp_path, "https://ca.example.org/directory", "a.org")
    one.keep(b"x")
    assert one.damaged() and not two.damaged()


def test_rubbish_is_damaged() -> None:
    assert wrong_with(b"", "a.org") == wrong_with(Account.new().pem, "a.org") == "is damaged"
