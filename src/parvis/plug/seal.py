"""Keys of networks at rest: sealed in the store, under a key that lies outside it."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from pathlib import Path

from parvis.core.errors import Refused

SEALED = "sealed:1:"
"""Begins a sealed secret: AES-256-GCM, a nonce of 12 bytes before it, base64."""
KEY_BYTES = 32
NONCE_BYTES = 12
FILE = "seal"
_LOST = (
    "The credential {about} was sealed under another key than this house has: bring back the file"
    " seal of its data folder (or the setting seal), or set the credential again."
)


def secret_of(org: str, extension: str, name: str) -> str:
    """Whose secret it is: what it is sealed for."""
    return f"{org}/{extension}/{name}"


class Seal:
    """Seals and opens. The key is `given` (64 hexadecimal digits), or that of the file `seal` in
    the data folder, made when something is sealed for the first time.

    `about` says whose secret it is, such as `main/square-x/token`: sealed for one it opens for no
    other.
    """

    def __init__(self, folder: Path, given: str = "", *, own_file: bool = True) -> None:
        """`own_file` False where several nodes share the store: each would make another key."""
        self._path = folder / FILE
        self._own_file = own_file
        self._key = _read(given) if given else b""

    def close(self, secret: str, about: str) -> str:
        """Raises `Refused` where no key can be had."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # most starts need none

        nonce = secrets.token_bytes(NONCE_BYTES)
        body = AESGCM(self._key_or_new()).encrypt(nonce, secret.encode(), about.encode())
        return SEALED + base64.b64encode(nonce + body).decode()

    def open(self, sealed: str, about: str) -> str:
        """Raises `Refused` where the key is not the one, or the text was changed or moved."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        lost = Refused(_LOST.format(about=about.rpartition("/")[2]))
        key = self._key or self._kept()
        if not key:
            raise lost
        try:
            body = base64.b64decode(sealed.removeprefix(SEALED), validate=True)
            opened = AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], about.encode())
            return opened.decode()
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise lost from error

    def _key_or_new(self) -> bytes:
        self._key = self._key or self._kept() or self._made()
        return self._key

    def _kept(self) -> bytes:
        if not self._own_file:
            return b""
        try:
            return _read(self._path.read_text(encoding="ascii", errors="replace").strip())
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise Refused(
                f"{self._path} cannot be read ({error.strerror}); see that it is a file of your"
                " own."
            ) from error

    def _made(self) -> bytes:
        if not self._own_file:
            raise Refused(
                "Keys cannot be kept yet: the store is shared, so every node needs the same setting"
                " seal (64 hexadecimal digits, such as `openssl rand -hex 32` gives)."
            )
        key = secrets.token_bytes(KEY_BYTES)
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(key.hex() + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise Refused(
                f"The key that seals credentials cannot be kept in {self._path}"
                f" ({error.strerror}); make room, or see whose folder it is."
            ) from error
        return key


def _read(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Refused(
            "The key that seals credentials is damaged: it must be 64 hexadecimal digits; bring it"
            " back from a backup, or remove it and set every credential again."
        )
    return key
