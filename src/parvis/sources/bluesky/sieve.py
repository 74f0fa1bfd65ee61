"""Which frames of the stream may concern us, told from their bytes: nearly none do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from parvis.plug.recent import Recent

KNOWN = 50_000
_POST = re.compile(rb'"collection"\s*:\s*"app\.bsky\.feed\.post"')
_LEAVES = re.compile(rb'"operation"\s*:\s*"delete"|"active"\s*:\s*false')
_DID = re.compile(rb'"did"\s*:\s*"(did:[^"\\]{1,300})"')


class Sieve:
    """Lets through what has one of the words, and what becomes of authors that we have shown.

    It may let through too much, never too little: whoever reads the frame decides.
    """

    def __init__(self, tags: Iterable[str], dids: Iterable[str]) -> None:
        tags = tuple(tags)
        words = [_spelt(tag) for tag in tags]
        words += [re.escape(did.encode()) for did in dids]
        if not all(tag.isascii() for tag in tags):
            words.append(rb"\\u[0-9a-fA-F]{4}")  # a server may write letters so
        self._words = re.compile(b"|".join(words)) if words else None
        self._known: Recent[None] = Recent(KNOWN)

    def note(self, did: str) -> None:
        """An author of whom a post was taken: what they delete concerns us."""
        self._known.put(did, None)

    def knows(self, did: str) -> bool:
        """Whether a post of theirs was taken."""
        return did in self._known

    def lets(self, frame: bytes) -> bool:
        """Whether it may concern us."""
        if self._words is not None and self._words.search(frame) and _POST.search(frame):
            return True
        if not self._known or not _LEAVES.search(frame):
            return False
        found = _DID.search(frame)
        return found is not None and found[1].decode("utf-8", "replace") in self._known


def _spelt(tag: str) -> bytes:
    """Every way in which the letters of a tag may be written."""
    return b"".join(_sign(sign) for sign in unicodedata.normalize("NFC", tag))


def _sign(sign: str) -> bytes:
    forms = {sign, sign.lower(), sign.upper(), sign.title(), sign.casefold()}
    forms |= {unicodedata.normalize("NFD", form) for form in forms}
    if sign.isascii() and sign.isalnum():  # wide letters are held for the same
        forms |= {chr(ord(form) + 0xFEE0) for form in forms if len(form) == 1}
    spelt = sorted({re.escape(form.encode()) for form in forms})
    return spelt[0] if len(spelt) == 1 else b"(?:" + b"|".join(spelt) + b")"
