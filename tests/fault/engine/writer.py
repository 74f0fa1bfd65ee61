"""The child of the kill test: several tasks write numbered posts at full flow.

Each key goes to a file of its own task before the write and again after it returned: a pipe would
fill and park the writer.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from parvis.engine import Engine, Write
from parvis.engine.open import open_engine
from tests.engines import both, decided, put_wall, seen, shown
from tests.posts import post

TASKS = 8


def write_of(number: int) -> Write:
    """Row, decision and card of one post, under its key; two walls take turns."""
    item = post(number)
    on = "square" if number % 3 else "tower"
    return both(seen(item, on), decided(item, on=on), shown(item, on), key=f"k{number}")


async def write(engine: Engine, task: int, start: int, log: int) -> None:
    """Numbers of this task only: `start` + task, + TASKS, …"""
    number = start + task
    while True:
        os.write(log, b"sent %d\n" % number)
        await engine.write(write_of(number))
        os.write(log, b"done %d\n" % number)
        number += TASKS


async def main(address: str, folder: str, start: int) -> None:
    """Until it is killed."""
    engine = await open_engine(address, blobs_dir=Path(folder) / "blobs")
    await engine.write(put_wall())
    await engine.write(put_wall("tower"))
    logs = [
        os.open(Path(folder) / f"log{task}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for task in range(TASKS)
    ]
    await asyncio.gather(*[write(engine, task, start, logs[task]) for task in range(TASKS)])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
