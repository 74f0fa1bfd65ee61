"""The child of the kill test: a wall that listens to a simulated server, and asks after its posts.

Its clock runs a thousand times as fast, from a start that all its lives share.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from parvis.core.wall import Policy
from parvis.engine import Write
from parvis.engine.change import PutSource, PutWall
from parvis.engine.open import open_engine
from parvis.flow import listening, recheck
from parvis.flow.collect import Collector
from parvis.flow.recheck import Duty
from parvis.flow.road import Road
from parvis.plug.http import Http
from parvis.plug.testkit import tools
from parvis.sources import mastodon
from parvis.sources.mastodon import Mastodon
from tests.posts import source, wall

SPEED = 1000


async def main(folder: str, url: str, start_s: float) -> None:
    """Until it is killed."""

    def clock() -> int:
        return round((start_s + (time.time() - start_s) * SPEED) * 1000)

    recheck.TICK_S, listening.FIRST_WAIT_S = 0.001, 0.001
    http = Http(allow_private=[url.removeprefix("http://")])

    def opened(spec: object) -> Mastodon:
        settings = {"server": url, "tags": ["parvis"]}
        given = tools(settings, folder=mastodon.__file__, http=http)
        return mastodon.open_source(replace(given, clock=clock))

    engine = await open_engine(Path(folder), clock=clock)
    road = Road(engine, clock=clock, salt=b"tests", checks={}, policies={}, formats={})
    await road.start()
    show = wall(capacity=500, policy=Policy(mode="show_first", checks=()))
    await engine.write(Write((PutWall(show), PutSource(source(plugin="mastodon")))))
    collector = Collector(
        road,
        engine,
        open_source=opened,
        clock=clock,
        duty_of=lambda spec: Duty(900.0, 1.6),
        rng=random.Random(1),
    )
    await collector.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
