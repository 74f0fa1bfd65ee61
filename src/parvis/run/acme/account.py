"""The key that an authority knows us by, and what is signed with it (RFC 7515, 7638, 8555)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

SIGNED = "application/jose+json"
HALF = 32
"""Bytes of each half of an ES256 signature (RFC 7518, 3.4)."""


class Account:
    """An ES256 key; `of` raises ValueError for a text that holds none."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> Account:
        """One that no authority knows yet."""
        return cls(new_key())

    @classmethod
    def of(cls, pem: bytes) -> Account:
        """The one that is kept."""
        return cls(read_key(pem))

    @property
    def pem(self) -> bytes:
        """As it is kept."""
        return write_key(self._key)

    @property
    def jwk(self) -> dict[str, str]:
        """The public half, its members in the order that the thumbprint wants."""
        numbers = self._key.public_key().public_numbers()
        x, y = (base64url(part.to_bytes(HALF)) for part in (numbers.x, numbers.y))
        return {"crv": "P-256", "kty": "EC", "x": x, "y": y}

    def answer(self, token: str) -> str:
        """The key authorization that a challenge asks for (RFC 8555, 8.1)."""
        return f"{token}.{base64url(hashlib.sha256(msgspec.json.encode(self.jwk)).digest())}"

    def sign(self, url: str, nonce: str, payload: Any, account_url: str) -> bytes:
        """A request's body; `payload` None asks only (POST-as-GET); without `account_url` the key
        itself says who we are.
        """
        who = {"kid": account_url} if account_url else {"jwk": self.jwk}
        head = base64url(msgspec.json.encode({"alg": "ES256", "nonce": nonce, "url": url, **who}))
        said = "" if payload is None else base64url(msgspec.json.encode(payload))
        made = self._key.sign(f"{head}.{said}".encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(made)
        signature = base64url(r.to_bytes(HALF) + s.to_bytes(HALF))
        return msgspec.json.encode({"protected": head, "payload": said, "signature": signature})


def base64url(data: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def new_key() -> ec.EllipticCurvePrivateKey:
    """P-256, which every authority takes and every screen since 2010 knows."""
    return ec.generate_private_key(ec.SECP256R1())


def read_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """Raises ValueError for anything but a P-256 key without password."""
    try:
        key = serialization.load_pem_private_key(pem, None)
    except (TypeError, ValueError) as error:  # TypeError: it wants a password
        raise ValueError("no private key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise ValueError("no P-256 key")
    return key


def write_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    """PEM, PKCS 8."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
