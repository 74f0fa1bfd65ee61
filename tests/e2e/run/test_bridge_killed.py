"""kill -9 while a bridge tells: what was acknowledged at the door is told, once for each id."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from http.client import HTTPException
from pathlib import Path

from tests.programs import Program, start
from tests.receiver import BRIDGE, Receiver
from tests.street import EVENT, SECRET
from tests.waiting import until

ROUNDS = 3


async def stream(program: Program, acknowledged: list[str], first: int) -> None:
    """Posts, one after the other, until the program is gone."""
    number = first
    while True:
        item = {"id": str(number), "text": f"Number {number}", "author": {"name": f"P{number}"}}
        try:
            await program.tell("/in/hook/post", item)
        except (HTTPException, OSError):
            return  # killed before or in the middle of its answer
        acknowledged.append(f"webhook:main:{number}")
        number += 1


async def doctor(folder: Path, **environment: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "parvis", "doctor", "--data", str(folder)),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
    )
    return (await process.communicate())[0].decode()


async def test_nothing_is_lost_and_ids_come_in_order(tmp_path: Path) -> None:
    receiver, acknowledged = Receiver(), list[str]()
    data, file = tmp_path / "data", tmp_path / "event.toml"
    async with receiver.listening() as url:
        file.write_text(EVENT + BRIDGE.format(url=url))
        environment = {
            "TEST_WEBHOOK_SECRET": SECRET,
            "PARVIS_ALLOW_PRIVATE": f"127.0.0.1:{receiver.port}",
        }
        words = ("up", str(file), "--data", str(data), "--port", "0")
        for turn in range(ROUNDS):
            program = await start(*words, **environment)
            posting = asyncio.create_task(stream(program, acknowledged, turn * 10_000))
            wanted = len(receiver.got) + 15
            await until(lambda n=wanted: len(receiver.got) >= n, within_s=30)  # type: ignore[misc]
            assert await program.stop(signal.SIGKILL) == -signal.SIGKILL
            await posting
        program = await start(*words, **environment)
        try:
            await until(lambda: set(acknowledged) <= shown(receiver), within_s=30)
            places = [int(id_.rpartition(".")[2]) for id_ in receiver.got]
            assert places == sorted(places)
            assert receiver.calls <= len(receiver.got) + ROUNDS  # one under way at each kill
            assert "ok    square, bridge out: Telling." in await doctor(data, **environment)
        finally:
            assert await program.stop() == 0
    assert "ok    square, bridge out: Telling." in await doctor(data, **environment)
    assert "MEND  square, bridge out: The credential secret is empty" in await doctor(data)


def shown(receiver: Receiver) -> set[str]:
    return {each["data"]["post"] for each in receiver.got.values() if each["type"] == "card.shown"}
