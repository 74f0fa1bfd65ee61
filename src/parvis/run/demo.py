"""The demo: a wall, a simulated network and a crowd of our own writing, so that a newcomer sees
posts within seconds.
"""

# ruff: noqa: RUF001 - the crowd writes as people write

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack

from parvis import sim
from parvis.core.errors import Later, Refused
from parvis.plug.http import Http
from parvis.run.wire_up import House
from parvis.sim import mastodon
from parvis.sim.mastodon import World
from parvis.web.reach import reachable

log = logging.getLogger("parvis.demo")

FIRST_POSTS = 8
PAUSE_S = (3.0, 7.0)
VOTE_EVERY = 2
RATE = 0.25
"""Posts a second of the simulated network's own crowd."""

EVENT = """\
[[wall]]
id = "demo"
title = "parvis demo"
lang = "en"
hashtags = ["parvis"]
mode = "show_first"

[[wall.source]]
id = "demo-mastodon"
plugin = "mastodon"
settings = { server = "SERVER", tags = ["parvis"] }

[[wall.source]]
id = "demo-crowd"
plugin = "webhook"
basis = "own_content"
settings = { name = "demo", open = true }

[[wall.format]]
id = "demo-poll"
plugin = "poll"
settings = { question = "What did you come for?", answers = ["The talks", "The people", "Lunch"] }
"""

PEOPLE = (
    ("Amina Diallo", "amina"),
    ("Jonas Lind", "jonas"),
    ("Chloé Martin", "chloe"),
    ("Rui Tanaka", "rui"),
    ("Salma Haddad", "salma"),
    ("Teo Ricci", "teo"),
    ("Maya Okafor", "maya"),
    ("Lena Vogel", "lena"),
)
SAID = (
    "First time in this hall, and the light through that roof is something. #parvis",
    "Bonjour à toutes et à tous ! La scène principale ouvre dans dix minutes. #parvis",
    "Found the quiet room on the second floor. Not telling anyone. (Oops.) #parvis",
    "The talk on repairing old radios was the best half hour of my month. #parvis",
    "Quelqu’un a trouvé une écharpe verte près de l’accueil ? #parvis",
    "Volunteers at the entrance: you are wonderful, thank you. 🌿 #parvis",
    "Three people from three countries at our table, one shared plate of falafel. #parvis",
    "まもなくワークショップが始まります。どなたでもどうぞ！ #parvis",
    "If you want to try the workshop, there are still seats on the left. #parvis",
    "Mon moment préféré : la chorale qui répète dans l’escalier. #parvis",
    "Tip: the coffee cart behind the garden has no queue at all. #parvis",
    "مساء الخير من القاعة الكبرى، الأجواء رائعة. #parvis",
    "Saw the wall, sent this, and there it is. Hello, wall! #parvis",
    "Prochaine pause à 15 h, rendez-vous au jardin. #parvis",
    "Somebody is playing the piano in the foyer, and playing it well. #parvis",
    "My notes from today fill eleven pages. Eleven. #parvis",
)


class Demo:
    """One demo: its simulated network, its declaration, its crowd."""

    def __init__(self, network: str, stack: AsyncExitStack) -> None:
        self.event = EVENT.replace("SERVER", network)
        self.allow_private = (network.partition("://")[2],)
        self._stack = stack

    async def play(self, house: House, address: str) -> None:
        """Post and vote, at a human pace, until cancelled."""
        base = reachable(address)
        crowd = Crowd(Http(allow_private=[base.partition("://")[2]]), base)
        try:
            await crowd.play()
        finally:
            await crowd.http.close()

    async def stop(self) -> None:
        """End the simulated network."""
        await self._stack.aclose()


async def open_demo() -> Demo:
    """A demo with its simulated network on a free loopback port."""
    stack = AsyncExitStack()
    network = await stack.enter_async_context(sim.serving(mastodon.serve(World(), rate=RATE)))
    return Demo(network, stack)


class Crowd:
    """People who post through the same doors as everybody else."""

    def __init__(self, http: Http, base: str, rng: random.Random | None = None) -> None:
        self.http = http
        self._base = base
        self._rng = rng or random.Random()  # noqa: S311 - picks who speaks, guards nothing
        self._run = f"{time.time_ns() // 1_000_000:x}"
        self._numbers = itertools.count(1)
        self._texts = itertools.cycle(self._rng.sample(SAID, len(SAID)))

    async def play(self) -> None:
        """Some at once, then one by one."""
        for _ in range(FIRST_POSTS):
            await self._safely(self.post())
        while True:
            await asyncio.sleep(self._rng.uniform(*PAUSE_S))
            await self._safely(self.post())
            if next(self._numbers) % VOTE_EVERY == 0:
                await self._safely(self.vote())

    async def post(self) -> None:
        """One person says one thing."""
        name, handle = self._rng.choice(PEOPLE)
        item = {
            "id": f"{self._run}-{next(self._numbers)}",
            "text": next(self._texts),
            "author": {"name": name, "handle": handle},
        }
        await self.http.post(f"{self._base}/in/demo-crowd/post", json=item)

    async def vote(self) -> None:
        """One person answers the poll."""
        given = {
            "answer": str(self._rng.choice((0, 0, 1, 1, 1, 2))),
            "who": f"{self._rng.random()}",
        }
        await self.http.post(f"{self._base}/p/demo/demo-poll/vote", json=given)

    async def _safely(self, doing: Awaitable[None]) -> None:
        try:
            await doing
        except (Refused, Later) as failed:
            log.warning("demo.unheard", extra={"because": str(failed)})
