"""Short names for long values: versions of a post, ids that a network does not give."""

from __future__ import annotations

import hashlib


def short_hash(*parts: str, size: int = 8) -> str:
    """Hexadecimal, `size` bytes of it; the same for the same parts, on every machine."""
    joined = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=size).hexdigest()


def keyed_hash(key: str, *parts: str, size: int = 12) -> str:
    """As `short_hash`, but nobody without the key finds the parts by trying them all: for numbers
    of people."""
    own = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=32).digest()
    joined = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=size, key=own).hexdigest()
