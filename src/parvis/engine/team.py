"""The part of the contract that the team's own rooms need: desk, people, screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from parvis.core.person import Link, Person, Role
from parvis.core.screen import Heard
from parvis.core.wire import Picks
from parvis.engine.rows import Act, Claim, Sighted, Sought, Tale


class Team(Protocol):
    """What an engine promises to the studio, beside the road of the posts."""

    # the desk -------------------------------------------------------------------------------------
    async def picks(self, wall: str) -> Picks:
        """What the team puts forward on this wall."""
        ...

    async def take(
        self, wall: str, posts: Sequence[str], *, by: str, name: str, for_s: float
    ) -> Sequence[str]:
        """Hold these posts, or hold them longer, so that nobody else does: which of them `by` now
        holds. Never is a post held by two, on any number of nodes; a hold ends by itself.
        """
        ...

    async def let_go(self, wall: str, posts: Sequence[str], *, by: str) -> int:
        """Hold them no longer; how many `by` held."""
        ...

    async def claims(self, wall: str, posts: Sequence[str]) -> Mapping[str, Claim]:
        """Those of the posts that somebody holds now."""
        ...

    async def acts(self, wall: str, by: str, limit: int = 50) -> Sequence[Act]:
        """What this person did last on the wall, newest first."""
        ...

    async def tales(self, wall: str, posts: Sequence[str]) -> Mapping[str, Tale]:
        """What happened to each of these posts on this wall, and what the checks last said."""
        ...

    async def search(
        self, wall: str, sought: Sought, *, before: int | None = None, limit: int = 50
    ) -> Sighted:
        """Posts of the wall, newest first by `order`; a page looks at a bounded number of them."""
        ...

    # people ---------------------------------------------------------------------------------------
    async def people(self, org: str = "main") -> Sequence[Person]:
        """Everybody who has an account or is invited to one, those who came first first."""
        ...

    async def person(self, id: str) -> Person | None:
        """One of them."""
        ...

    async def account(self, email: str, org: str = "main") -> tuple[Person, str] | None:
        """Who signs in with this address, and the hash of their password ('' if not joined)."""
        ...

    async def password(self, person: str) -> str:
        """The hash of their password."""
        ...

    async def offer_first(self, hash: str, until_ms: int, org: str = "main") -> bool:
        """A link (by its hash) to the first account, in place of an earlier one; False where there
        is an account already.
        """
        ...

    async def begin(self, first: Person, password: str, hash: str, org: str = "main") -> bool:
        """The first account, with that link, which is used up; False when it does not let in."""
        ...

    async def invite(self, one: Person, hash: str, until_ms: int, org: str = "main") -> Person:
        """Somebody may join with the link `hash`; an earlier link for them ends. Raises `Refused`
        when they have an account.
        """
        ...

    async def link_holds(self, hash: str, kind: Link) -> bool:
        """Whether a link of this kind lets in now; looking does not use it up."""
        ...

    async def accept(self, password: str, hash: str) -> Person | None:
        """Whoever was invited with the link joins, and the link is used up; None when it lets
        nobody in.
        """
        ...

    async def offer_reset(
        self, person: str, hash: str, until_ms: int, org: str = "main"
    ) -> Person | None:
        """Somebody may choose another password with the link `hash`; an earlier one ends. None when
        there is nobody, `Refused` for somebody who has not joined.
        """
        ...

    async def reset(self, password: str, hash: str) -> Person | None:
        """The password of whom the link is for, which is used up; their sessions end. None when it
        lets nobody in.
        """
        ...

    async def settle_person(
        self,
        id: str,
        *,
        role: Role | None = None,
        name: str = "",
        lang: str = "",
        password: str = "",
        org: str = "main",
    ) -> Person | None:
        """Change what is given; None when there is nobody. Raises `Refused` rather than leave
        nobody to be owner.
        """
        ...

    async def remove_person(self, id: str, org: str = "main") -> bool:
        """Without their account, sessions and links; raises `Refused` for the last owner."""
        ...

    async def open_session(
        self, hash: str, person: str, *, for_ms: int, idle_ms: int, org: str = "main"
    ) -> None:
        """A session by the hash of its token, for so long at most."""
        ...

    async def session(self, hash: str, *, idle_ms: int, touch_ms: int) -> Person | None:
        """Whose session this is; None when it is none, over, or not seen for `idle_ms`. That it was
        seen is written every `touch_ms`.
        """
        ...

    async def close_session(self, hash: str) -> None:
        """End it."""
        ...

    async def close_sessions(self, person: str, but: str = "") -> int:
        """End all sessions of a person, but this one; how many."""
        ...

    # screens --------------------------------------------------------------------------------------
    async def screens(self, wall: str) -> Sequence[Heard]:
        """The wall's screens as they were heard last, by name."""
        ...

    async def hear_screen(self, wall: str, heard: Heard, *, dark_ms: int, new: bool = True) -> bool:
        """Keep what a screen said of itself last; the name of a known one stays. One that is not
        known is not kept (False) unless it may be `new`.
        The number for each wall is bounded: a new one takes the place of an unnamed page, of one
        that has been dark for `dark_ms`, or of the one that came last and that nobody has named;
        False when the studio has named them all.
        """
        ...

    async def name_screen(self, wall: str, id: str, name: str) -> bool:
        """Call a screen so; False when there is none."""
        ...

    async def forget_screen(self, wall: str, id: str) -> bool:
        """Without this screen until it is heard again; False when there is none."""
        ...
