"""Short names for long values: versions of a post, ids that a network does not give."""

from __future__ import annotations

import hashlib


def short_hash(*parts: str, size: int = 8) -> str:
    """Hexadecimal, `size` bytes of it; the same for the same parts, on every machine."""
    joined = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=size).hexdigest()
