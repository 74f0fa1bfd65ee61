"""Whatever happens on a wall and on the way, a receiver that drops ids it has had ends up with the
cards that stand there, and with nothing of any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st

from parvis.core.errors import Later, Refused
from parvis.core.event import CardShown
from parvis.engine.change import PutBridge
from parvis.flow import deliver
from parvis.plug.bridge import News
from tests.flow.conftest import Venue, open_venue
from tests.flow.test_tell import Scripted, Telling, spec
from tests.posts import post
from tests.waiting import until

numbers = st.integers(1, 3)
actions = st.lists(
    st.one_of(
        st.tuples(st.just("post"), numbers, st.sampled_from("12")),
        st.tuples(st.sampled_from(("hide", "approve", "withdraw")), numbers),
        st.tuples(st.sampled_from(("erase", "restart", "stop", "start"))),
        st.tuples(st.sampled_from(("lost", "unheard")), st.integers(1, 3)),
    ),
    max_size=14,
)


class Receiver(Scripted):
    """Keeps the text of each card by the name that stays; loses calls or answers as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = self.unheard = 0
        self.had: set[str] = set()
        self.cards: dict[str, str] = {}

    async def tell(self, news: News) -> None:
        if self.lost:
            self.lost -= 1
            raise Later("The call was lost.")
        if news.id not in self.had:
            if isinstance(news.fact.event, CardShown):
                assert news.card is not None
                self.cards[news.ref] = news.card.text
            else:
                self.cards.pop(news.ref, None)
            self.had.add(news.id)
        if self.unheard:
            self.unheard -= 1
            raise Later("The answer was lost.")


class Play:
    def __init__(self, venue: Venue) -> None:
        self.venue, self.telling, self.receiver = venue, Telling(venue), Receiver()
        self.telling.bridges["out"] = self.receiver

    async def act(self, what: str, *more: Any) -> None:
        road = self.venue.road
        if what == "post":
            number, version = more
            text = f"Version {version} of number {number}, long enough to be told apart."
            await self.venue.receive(post(number, version=version, text=text, author=None))
        elif what in ("hide", "approve"):
            state: Any = {"hide": "hidden", "approve": "approved"}[what]
            with contextlib.suppress(Refused):
                await road.decide("square", post(more[0]).key, state, by="person:p", why="")
        elif what == "withdraw":
            await road.withdraw(post(more[0]).key, by="person:p", why="")
        elif what == "erase":
            self.venue.clock.now_ms += 60_000
            await road.erase_due()
        elif what in ("lost", "unheard"):
            setattr(self.receiver, what, more[0])
        else:
            if what != "start":
                await self.stop()
            if what != "stop" and not self.telling.tellers:
                await self.telling.start()

    async def stop(self) -> None:
        while self.telling.tellers:
            await self.telling.tellers.pop().stop()

    async def settled(self) -> None:
        await self.act("start")
        head = await self.venue.engine.head("square")
        [teller] = self.telling.tellers

        async def all_passed() -> bool:
            return teller._open_ones["out"]._passed == head

        await until(all_passed)


async def play(folder: Path, said: list[tuple[Any, ...]]) -> None:
    venue = await open_venue(folder, {})
    await venue.declare(PutBridge(spec()))
    playing = Play(venue)
    try:
        await playing.act("start")
        for action in said:
            await playing.act(*action)
        await playing.settled()
        hash_of = venue.road.post_hash
        standing = {hash_of(card.post): card.text for card in await venue.cards()}
        assert playing.receiver.cards == standing
        assert await venue.engine.set_aside("out") == []
    finally:
        await playing.stop()
        await venue.road.stop()
        await venue.engine.close()


@settings(max_examples=max(10, settings.default.max_examples // 2) if settings.default else 25)
@given(said=actions)
@example(said=[("stop",), ("post", 1, "1"), ("withdraw", 1), ("erase",), ("start",)])
@example(said=[("unheard", 1), ("post", 1, "1"), ("stop",), ("withdraw", 1), ("erase",)])
def test_a_receiver_ends_up_with_what_stands(said: list[tuple[Any, ...]]) -> None:
    waits = patch.multiple(deliver, FIRST_WAIT_S=0.0, LONGEST_WAIT_S=0.0)
    with tempfile.TemporaryDirectory() as folder, waits:
        asyncio.run(play(Path(folder), said))
