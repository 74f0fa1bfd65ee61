"""Receipts: the secret word by which a visitor finds a post of theirs again.

The word itself is kept nowhere on our side: the post's key is made of its hash, so whoever holds
the link can show that the post is theirs, and whoever reads the store cannot make the link.
"""

from __future__ import annotations

import base64
import hashlib
import re

_WORD = re.compile(r"[A-Za-z0-9_-]{22,64}")
_HEX = re.compile(r"[0-9a-f]{32}")
_PERSON = b"parvis receipt"


def is_word(word: str) -> bool:
    """Whether it is long enough that nobody guesses it (22 signs of base64: 128 bits)."""
    return bool(_WORD.fullmatch(word))


def post_id(word: str) -> str:
    """What the store knows of the word."""
    return hashlib.blake2b(word.encode(), digest_size=16, person=_PERSON).hexdigest()


def is_post_id(text: str) -> bool:
    """Whether it looks like what `post_id` gives."""
    return bool(_HEX.fullmatch(text))


def key_of(id_: str, network: str = "phone") -> str:
    """The key of the post with that id."""
    return f"{network}:here:{id_}"


def word_for(page: str, *sent: bytes | memoryview) -> str:
    """The word for a page without script: its own random word and what it sent make it, so that a
    double tap is one post and another text another.
    """
    total = hashlib.blake2b(page.encode(), digest_size=18, person=_PERSON)
    for each in sent:
        total.update(len(each).to_bytes(8, "big"))
        total.update(each)
    return base64.urlsafe_b64encode(total.digest()).decode()


def number_of(id_: str) -> str:
    """A short name of the receipt that people can say; it opens nothing."""
    signs = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    value = int(id_[:8], 16)
    letters = "".join(signs[(value >> shift) & 31] for shift in (25, 20, 15, 10, 5, 0))
    return f"{letters[:3]}-{letters[3:]}"
