"""A house whose store takes nothing: panic is pressed in it, and it waits to be killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from parvis.core.errors import Later
from tests.street import open_street


async def main(folder: Path, walls: list[str]) -> None:
    """Each of `walls` is `on` or `off`, pressed in turn on the square."""
    street = await open_street(folder)

    async def away(*_: Any, **__: Any) -> Any:
        raise Later("The store is away.", 1.0)

    street.house.engine.write_all = away  # type: ignore[method-assign]
    for word in walls:
        answer = await street.post("/api/walls/square/panic", {"on": word == "on"})
        assert answer.status == 202, answer.body
    print("pressed", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
