"""Who is who: keyed hashes of keys, and the fingerprint that recognises the same words on two
networks.
"""

from __future__ import annotations

import hashlib
import unicodedata

from parvis.core.post import Post

SHORTEST_WORDS = 20
"""Shorter texts ("Bravo!") are written by many people alike: without media they get no fingerprint.
"""


def hash_key(salt: bytes, key: str) -> str:
    """What is left of `key` once the thing it named is erased: 16 bytes in hex, useless without the
    installation's salt.
    """
    return hashlib.blake2b(key.encode(), key=salt, digest_size=16).hexdigest()


def fingerprint(post: Post) -> str:
    """The same for the same words and kinds of media, whatever the network; '' where the words are
    too few to tell.

    Links are left out, because each network shortens them in its own way.
    """
    text = post.text
    for entity in reversed(post.entities):
        if entity.type == "link":
            text = text[: entity.start] + text[entity.end :]
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = "".join(filter(str.isalnum, folded))
    kinds = ",".join(sorted(media.type for media in post.media))
    if len(words) < SHORTEST_WORDS and not (kinds and words):
        return ""
    return hashlib.blake2b(f"{words}|{kinds}".encode(), digest_size=16).hexdigest()
