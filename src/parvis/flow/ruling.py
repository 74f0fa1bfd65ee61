"""Ruling: what a moderator adds to the wall's policy while deciding on a post."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from parvis.core.errors import Refused
from parvis.core.post import Post
from parvis.core.wall import Wall
from parvis.flow.moderate import name_of

Kind = Literal["trust", "block", "wording"]
RULES: dict[str, str] = {"trust": "trusted", "block": "blocked", "wording": "words"}
"""Which list of the policy each adds to."""

NAMELESS = frozenset({"phone", "staff"})
"""Networks whose authors have no account: a name there is what anybody types."""


def subject_of(kind: Kind, post: Post, words: str) -> str:
    """What goes on the list; raises `Refused` where there is nothing that could."""
    if kind == "wording":
        wording = " ".join(words.split())
        if not wording:
            raise Refused("Say which words are blocked.")
        return wording
    name = name_of(post)
    if post.network in NAMELESS or not name.partition(":")[2]:
        raise Refused("This author has no account that a rule could name; decide post by post.")
    return name


def ruled(kind: str, value: str, on: bool) -> Callable[[Wall], Wall]:
    """The wall with the value on that list, or no longer on it."""

    def make(row: Wall) -> Wall:
        field = RULES[kind]
        without = tuple(each for each in getattr(row.policy, field) if each != value)
        listed = {field: (*without, value) if on else without}
        if on and value in getattr(row.policy, field):
            return row
        return msgspec.structs.replace(row, policy=msgspec.structs.replace(row.policy, **listed))

    return make
