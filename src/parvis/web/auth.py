"""The owner's key: made at first run, read again on this machine, compared in constant time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parvis.core.errors import Refused

PREFIX = "parvis_"
SECRET_BYTES = 32
CHECK_SIGNS = 7
LOCAL = "parvis.local"
"""Set in a scope that came through the owner's own Unix socket."""


def make_key() -> str:
    """A new key: prefix, 32 random bytes in base32, checksum."""
    body = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode().rstrip("=").lower()
    return PREFIX + body + _check(body)


def well_formed(key: str) -> bool:
    """Whether prefix and checksum hold: a mistyped key is told from a wrong one."""
    body = key.removeprefix(PREFIX)
    if body == key or len(body) <= CHECK_SIGNS:
        return False
    return hmac.compare_digest(_check(body[:-CHECK_SIGNS]).encode(), body[-CHECK_SIGNS:].encode())


def key_of(folder: Path, given: str = "") -> str:
    """The key in `given`, or that of the data folder, made on first use in a file only its owner
    reads.
    """
    if given:
        if len(given) < 20:
            raise Refused("The key is shorter than 20 characters; leave it out to get a good one.")
        return given
    path = folder / "key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    key = make_key()
    new = folder / f".key.{secrets.token_hex(4)}"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key + "\n")
    try:
        os.link(new, path)  # unlike a rename, never replaces the key that another start just made
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        new.rename(path)
        return key
    finally:
        new.unlink(missing_ok=True)
    return key


class Keyring:
    """Knows the key by its digest alone."""

    def __init__(self, key: str) -> None:
        self._digest = _digest(key)

    def opens(self, scope: Mapping[str, Any]) -> bool:
        """Whether this request is the owner's: by key, or through the owner's own socket."""
        if scope.get(LOCAL) is True:
            return True
        return hmac.compare_digest(_digest(bearer(scope)), self._digest)


def bearer(scope: Mapping[str, Any]) -> str:
    """The key that a request carries, or ''."""
    given = [value for name, value in scope.get("headers", ()) if name == b"authorization"]
    if len(given) != 1:
        return ""
    scheme, _, key = given[0].decode("latin-1").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()


def _check(body: str) -> str:
    crc = binascii.crc32(body.encode()).to_bytes(4, "big")
    return base64.b32encode(crc).decode().rstrip("=").lower()
