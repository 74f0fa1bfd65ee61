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
LEAST_SIGNS = 20
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

    Raises `Refused` for a key that could be guessed or could not be sent, an empty one above all.
    """
    if given:
        if wrong := _wrong(given):
            raise Refused(f"The key {wrong}; leave it out to get a good one.")
        return given
    path = folder / "key"
    try:
        return _kept(path) or _made(path)
    except OSError as error:
        raise Refused(
            f"The key cannot be kept in {path} ({error.strerror}); see that there is room and that"
            " it is a file of your own."
        ) from error


def _kept(path: Path) -> str:
    """The key in the file, or '' where there is no file."""
    try:
        key = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return ""
    if wrong := _wrong(key):
        raise Refused(
            f"The key in {path} {wrong}; remove that file, and the next start makes a new one."
        )
    return key


def _made(path: Path) -> str:
    """A new key, on disk before anybody is told it: a file that a power cut emptied opens
    nothing.
    """
    key = make_key()
    new = path.with_name(f".key.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(new, path)  # unlike a rename, never replaces what another start just made
        except FileExistsError:
            return _kept(path)
        except OSError:
            new.rename(path)
    finally:
        new.unlink(missing_ok=True)
    return key


def _wrong(key: str) -> str:
    """What is wrong with a key, as the middle of a sentence, or ''."""
    if len(key) < LEAST_SIGNS:
        return f"is shorter than {LEAST_SIGNS} characters"
    if not all("!" <= sign <= "~" for sign in key):
        return "has blanks or signs other than plain letters, digits and punctuation"
    return ""


class Keyring:
    """Knows the key by its digest alone."""

    def __init__(self, key: str) -> None:
        self._digest = _digest(key)
        self._seal = self._digest if key else secrets.token_bytes(SECRET_BYTES)

    def opens(self, scope: Mapping[str, Any]) -> bool:
        """Whether this request is the owner's: by key, or through the owner's own socket."""
        if scope.get(LOCAL) is True:
            return True
        given = bearer(scope)
        return bool(given) and hmac.compare_digest(_digest(given), self._digest)

    def sign(self, text: str) -> str:
        """A seal on the text that this key alone makes; another key makes another."""
        return hmac.new(self._seal, text.encode(), hashlib.sha256).hexdigest()


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
