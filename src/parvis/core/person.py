"""Who works in the studio, and what their role lets them do."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Role = Literal["viewer", "moderator", "editor", "owner"]
"""From least to most: a viewer looks, a moderator decides on posts, an editor changes walls, an
owner invites people and reads settings.
"""
Link = Literal["first", "invite", "reset"]
"""What a link lets in to: the first account, an invitation, another password."""

_RANKS: tuple[str, ...] = get_args(Role)


def may(role: Role, needed: Role) -> bool:
    """Whether `role` reaches as far as `needed`."""
    return _RANKS.index(role) >= _RANKS.index(needed)


class Person(msgspec.Struct, frozen=True):
    """Somebody with an account, or invited to one (`joined` false)."""

    id: str
    name: str
    email: str
    role: Role
    lang: str = "en"
    joined: bool = False


class Actor(msgspec.Struct, frozen=True):
    """Whoever sends a request: `by` stands in decisions, `name` in sentences."""

    by: str
    name: str
    role: Role
    lang: str = ""


OWNER = Actor("person:owner", "The owner", "owner")
"""Whoever holds the owner's key or sits at the owner's socket."""
