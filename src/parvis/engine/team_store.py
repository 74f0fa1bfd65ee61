"""The team's part of the contract, once for both engines."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from parvis.core.errors import Later
from parvis.core.person import Link, Person, Role
from parvis.core.ports import Clock
from parvis.core.screen import Heard
from parvis.core.wire import Picks
from parvis.engine import desk, people, screens, search
from parvis.engine.rows import Act, Claim, Sighted, Sought, Tale

P = ParamSpec("P")
T = TypeVar("T")
Ask = Callable[Concatenate[sa.Connection, P], T]


class TeamStore(ABC):
    """All of `parvis.engine.team.Team`, over two verbs that an engine brings."""

    clock: Clock

    @abstractmethod
    async def _read(self, ask: Ask[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `ask` in a read transaction."""

    @abstractmethod
    async def _act(self, ask: Ask[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `ask` in a write transaction."""

    # the desk -----------------------------------------------------------------------------------
    async def picks(self, wall: str) -> Picks:
        """See `Team.picks`."""
        return await self._read(desk.picks, wall)

    async def take(
        self, wall: str, posts: Sequence[str], *, by: str, name: str, for_s: float
    ) -> Sequence[str]:
        """See `Team.take`."""
        now_ms = self.clock()
        until_ms = now_ms + round(for_s * 1000)
        return await self._act(desk.claim, wall, posts, by, name, now_ms, until_ms)

    async def let_go(self, wall: str, posts: Sequence[str], *, by: str) -> int:
        """See `Team.let_go`."""
        return await self._act(desk.release, wall, posts, by)

    async def claims(self, wall: str, posts: Sequence[str]) -> Mapping[str, Claim]:
        """See `Team.claims`."""
        return await self._read(desk.claims, wall, posts, self.clock()) if posts else {}

    async def acts(self, wall: str, by: str, limit: int = 50) -> Sequence[Act]:
        """See `Team.acts`."""
        return await self._read(desk.acts, wall, by, limit)

    async def tales(self, wall: str, posts: Sequence[str]) -> Mapping[str, Tale]:
        """See `Team.tales`."""
        return await self._read(desk.tales, wall, posts) if posts else {}

    async def search(
        self, wall: str, sought: Sought, *, before: int | None = None, limit: int = 50
    ) -> Sighted:
        """See `Team.search`."""
        return await self._read(search.search, wall, sought, before, limit)

    # people -------------------------------------------------------------------------------------
    async def people(self, org: str = "main") -> Sequence[Person]:
        """See `Team.people`."""
        return await self._read(people.people, org)

    async def person(self, id: str) -> Person | None:
        """See `Team.person`."""
        return await self._read(people.person, id)

    async def account(self, email: str, org: str = "main") -> tuple[Person, str] | None:
        """See `Team.account`."""
        return await self._read(people.account, email, org)

    async def password(self, person: str) -> str:
        """See `Team.password`."""
        return await self._read(people.password, person)

    async def offer_first(self, hash: str, until_ms: int, org: str = "main") -> bool:
        """See `Team.offer_first`."""
        return await self._act(people.offer_first, hash, until_ms, org)

    async def begin(self, first: Person, password: str, hash: str, org: str = "main") -> bool:
        """See `Team.begin`."""
        return await self._act(people.begin, first, password, hash, self.clock(), org)

    async def invite(self, one: Person, hash: str, until_ms: int, org: str = "main") -> Person:
        """See `Team.invite`."""
        return await self._act(people.invite, one, hash, until_ms, self.clock(), org)

    async def link_holds(self, hash: str, kind: Link) -> bool:
        """See `Team.link_holds`."""
        return await self._read(people.holds, hash, kind, self.clock())

    async def accept(self, password: str, hash: str) -> Person | None:
        """See `Team.accept`."""
        return await self._act(people.accept, password, hash, self.clock())

    async def offer_reset(
        self, person: str, hash: str, until_ms: int, org: str = "main"
    ) -> Person | None:
        """See `Team.offer_reset`."""
        return await self._act(people.offer_reset, person, hash, until_ms, org)

    async def reset(self, password: str, hash: str) -> Person | None:
        """See `Team.reset`."""
        return await self._act(people.reset, password, hash, self.clock())

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
        """See `Team.settle_person`."""
        return await self._act(
            people.settle, id, role=role, name=name, lang=lang, password=password, org=org
        )

    async def remove_person(self, id: str, org: str = "main") -> bool:
        """See `Team.remove_person`."""
        return await self._act(people.remove, id, org)

    async def open_session(
        self, hash: str, person: str, *, for_ms: int, idle_ms: int, org: str = "main"
    ) -> None:
        """See `Team.open_session`."""
        now_ms = self.clock()
        over = now_ms - idle_ms
        await self._act(people.open_session, hash, person, now_ms, now_ms + for_ms, over, org)

    async def session(self, hash: str, *, idle_ms: int, touch_ms: int) -> Person | None:
        """See `Team.session`."""
        now_ms = self.clock()
        found = await self._read(people.session, hash, now_ms, now_ms - idle_ms)
        if found is None:
            return None
        if found[1] <= now_ms - touch_ms:
            with contextlib.suppress(Later):  # a store without room lets in whom it knows
                await self._act(people.touch, hash, now_ms)
        return found[0]

    async def close_session(self, hash: str) -> None:
        """See `Team.close_session`."""
        await self._act(people.close, hash)

    async def close_sessions(self, person: str, but: str = "") -> int:
        """See `Team.close_sessions`."""
        return await self._act(people.close_all, person, but)

    # screens ------------------------------------------------------------------------------------
    async def screens(self, wall: str) -> Sequence[Heard]:
        """See `Team.screens`."""
        return await self._read(screens.screens, wall)

    async def hear_screen(self, wall: str, heard: Heard, *, dark_ms: int, new: bool = True) -> bool:
        """See `Team.hear_screen`."""
        return await self._act(screens.hear, wall, heard, self.clock() - dark_ms, new=new)

    async def name_screen(self, wall: str, id: str, name: str) -> bool:
        """See `Team.name_screen`."""
        return await self._act(screens.name, wall, id, name)

    async def forget_screen(self, wall: str, id: str) -> bool:
        """See `Team.forget_screen`."""
        return await self._act(screens.forget, wall, id)
