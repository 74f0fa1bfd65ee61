"""Passwords: argon2id with the parameters of RFC 9106 for machines with little memory (section 4),
a few at once, and as long for an unknown address as for a known one.
"""

from __future__ import annotations

import asyncio
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from parvis.web.problem import Failed

LEAST, MOST = 10, 200
AT_ONCE = 2
"""Each costs 64 MiB and a core."""

_HASHER = PasswordHasher()


def checked(password: str, *names: str) -> str:
    """The password, if it may be one; 422. `names` are what it must not be."""
    if not LEAST <= len(password) <= MOST:
        raise Failed(422, f"The password must have {LEAST} to {MOST} characters.")
    if len(set(password)) < 4 or password.casefold() in {name.casefold() for name in names}:
        raise Failed(422, "This password is easy to guess; take a few words that belong to no one.")
    return password


class Passwords:
    """Hashes and compares off the event loop."""

    def __init__(self) -> None:
        self._few = asyncio.Semaphore(AT_ONCE)

    async def hashed(self, password: str) -> str:
        """How it is kept."""
        async with self._few:
            return await asyncio.to_thread(_HASHER.hash, password)

    async def fits(self, password: str, kept: str) -> bool:
        """Whether it is the one; '' is nobody's, and takes as long to find out."""
        async with self._few:
            fits = await asyncio.to_thread(_verify, kept or _nobodys(), password)
        return fits and bool(kept)


def _verify(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_hex(16))
