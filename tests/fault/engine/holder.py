"""A process that takes a post in hand, says so, decides if told to, and waits to be killed."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from parvis.engine import Engine, Write
from parvis.engine.change import PutAct
from parvis.engine.open import open_engine
from tests.engines import both, decided, put_wall, seen
from tests.posts import post

BY = "person:mo"


async def hold(engine: Engine, decide: bool) -> None:
    item = post(1)
    await engine.write(both(put_wall(), seen(item)))
    await engine.take("square", [item.key], by=BY, name="Mo", for_s=600)
    print("held", flush=True)
    if decide:
        act = PutAct("square", BY, "decide", item.key, "new", "approved", 1, "t", 1)
        await engine.write(both(decided(item, by=BY), Write((act,))))
        print("decided", flush=True)


async def main(folder: str, decide: bool) -> None:
    await hold(await open_engine(Path(folder)), decide)
    time.sleep(600)  # noqa: ASYNC251 - killed long before


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2] == "decide"))
