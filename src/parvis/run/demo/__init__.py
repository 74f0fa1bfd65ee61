"""The demo: a wall, a simulated network and a crowd of our own writing, so that a newcomer sees
within a minute what parvis does. Everything takes the road that everybody's posts take.
"""

from __future__ import annotations

import random
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec

from parvis import sim
from parvis.engine import Write
from parvis.engine.change import PutSource
from parvis.plug.http import Http
from parvis.run.demo.cast import Cast, picture, pictures
from parvis.run.demo.crowd import Crowd
from parvis.run.demo.network import Network
from parvis.run.demo.programme import read_programme, turns
from parvis.run.recipe import introduce
from parvis.run.wire_up import House
from parvis.sim import mastodon
from parvis.sim.mastodon import World
from parvis.web.reach import reachable

WALL = "demo"
EVENT = Path(__file__).with_name("event.toml").read_text(encoding="utf-8")
BEFORE_S = 90
"""Between two posts of what had happened before it opened."""


class Demo:
    """One demo: its simulated network, its declaration, its crowd. `rng` decides everything."""

    def __init__(self, network: Network, stack: AsyncExitStack, rng: random.Random) -> None:
        self.network = network
        self.event = EVENT.replace("SERVER", network.base)
        self.allow_private = (network.base.partition("://")[2],)
        self._stack = stack
        self._rng = rng

    async def declare(self, house: House) -> None:
        """Declare the wall where there is none; on one that is there, what somebody changed stays,
        and only the network's address is set anew.
        """
        if not await introduce(house, self.event, "the demo"):
            return
        for source in await house.engine.sources(WALL):
            if source.id == "demo-mastodon" and source.plugin == "mastodon":
                settings = {**source.settings, "server": self.network.base}
                moved = msgspec.structs.replace(source, settings=settings)
                await house.engine.write(Write((PutSource(moved),)))

    async def play(self, house: House, address: str) -> None:
        """Post, clap, vote and quarrel, at a human pace, until cancelled."""
        base = reachable(address)
        http = Http(allow_private=[base.partition("://")[2]])
        crowd = Crowd(http, base, house.key, self.network, self._rng)
        try:
            await crowd.play(turns(read_programme(), self._rng))
        finally:
            await http.close()

    async def stop(self) -> None:
        """End the simulated network."""
        await self._stack.aclose()


async def open_demo(seed: int | None = None) -> Demo:
    """A demo with its simulated network on a free loopback port. The same `seed`, the same evening;
    none: another one each time.
    """
    rng = random.Random(seed)  # noqa: S311 - picks who speaks, guards nothing
    world = World(most=400, pictures={f"{name}.jpg": picture(name) for name in pictures()})
    stack = AsyncExitStack()
    base = await stack.enter_async_context(sim.serving(mastodon.serve(world)))
    network = Network(world, base, Cast(rng))
    acts = read_programme().before
    for at, what in enumerate(acts):
        network.before(what, (len(acts) - at) * BEFORE_S)
    return Demo(network, stack, rng)
