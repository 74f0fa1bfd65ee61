"""What is kept of certificates in the data folder: for our eyes alone, and whole or not at all."""

from __future__ import annotations

import contextlib
from datetime import UTC
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from parvis.engine.whole_file import write_whole
from parvis.run.acme.account import Account, read_key

FOLDER = "certificates"


class Pending(msgspec.Struct, frozen=True):
    """An order under way and the key that it is for, PEM."""

    url: str
    key: str


class Tried(msgspec.Struct, frozen=True):
    """How the last tries went: a restart must not make a storm of them. `not_before_ms` is what the
    authority asked for.
    """

    failures: int = 0
    tried_ms: int = 0
    not_before_ms: int = 0
    says: str = ""
    since_ms: int = 0


class Kept(msgspec.Struct, frozen=True):
    """A certificate that can be served; both times in ms since 1970."""

    path: Path
    from_ms: int
    until_ms: int


class Safe:
    """The files of one name at one authority: `certificates/<authority>/`. Raises OSError."""

    def __init__(self, data: Path, directory: str, name: str) -> None:
        self.name = name
        authority = directory.split("/")[2].replace(":", "_").strip("[].") or "authority"
        self._folder = data / FOLDER / authority
        self._certificate = self._folder / f"{name}.pem"
        self._pending = self._folder / f"{name}.order"
        self._tried = self._folder / f"{name}.tried"

    def account(self) -> Account:
        """Ours at this authority; made and kept where there is none, or none that can be read:
        an authority gives the same to a new one.
        """
        path = self._folder / "account.pem"
        with contextlib.suppress(FileNotFoundError, ValueError):
            return Account.of(path.read_bytes())
        made = Account.new()
        self._write(path, made.pem)
        return made

    def certificate(self) -> Kept | None:
        """The one that is kept; None where there is none for this name that can be served, whether
        or not its time has come.
        """
        with contextlib.suppress(FileNotFoundError, ValueError):
            pem = self._certificate.read_bytes()
            if not wrong_with(pem, self.name):
                leaf = x509.load_pem_x509_certificates(pem)[0]
                return Kept(self._certificate, _ms(leaf)[0], _ms(leaf)[1])
        return None

    def damaged(self) -> bool:
        """Whether there is a file, and it cannot be served."""
        return self._certificate.exists() and self.certificate() is None

    def keep(self, pem: bytes) -> None:
        """Key and chain in one file, so that one rename changes both."""
        self._write(self._certificate, pem)

    def pending(self) -> Pending | None:
        """The order under way."""
        with contextlib.suppress(FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
            return msgspec.json.decode(self._pending.read_bytes(), type=Pending)
        return None

    def keep_pending(self, pending: Pending) -> None:
        """Before anything is asked of it."""
        self._write(self._pending, msgspec.json.encode(pending))

    def forget_pending(self) -> None:
        """It has come to its end."""
        self._pending.unlink(missing_ok=True)

    def tried(self) -> Tried:
        """How the last tries went; as if there had been none where that cannot be read."""
        with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
            return msgspec.json.decode(self._tried.read_bytes(), type=Tried)
        return Tried()

    def keep_tried(self, tried: Tried) -> None:
        """After each."""
        self._write(self._tried, msgspec.json.encode(tried))

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, content)


def wrong_with(pem: bytes, name: str) -> str:
    """Why key and chain cannot serve `name`, or ''; its time is not looked at."""
    try:
        leaf = x509.load_pem_x509_certificates(pem)[0]
        key = read_key(pem)
    except (ValueError, IndexError):
        return "is damaged"
    spki = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if leaf.public_key().public_bytes(*spki) != key.public_key().public_bytes(*spki):
        return "is for another key"
    try:
        named = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = named.get_values_for_type(x509.DNSName)
    except (x509.ExtensionNotFound, ValueError):
        names = []
    return "" if name in [each.lower() for each in names] else "is for another name"


def _ms(leaf: x509.Certificate) -> tuple[int, int]:
    times = (leaf.not_valid_before_utc, leaf.not_valid_after_utc)
    begins, ends = (int(time.astimezone(UTC).timestamp() * 1000) for time in times)
    return begins, ends
