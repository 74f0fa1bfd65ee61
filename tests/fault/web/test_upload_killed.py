"""Uploads that are cut: by the phone's network, or with the server itself. A receipt and a post, or
neither.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
import signal
from pathlib import Path

from parvis.core.post import blobs_of
from parvis.engine.open import open_engine
from parvis.engine.store import wall_clock
from parvis.flow.shelf import STRAY_AFTER_MS, PostShelf
from parvis.plug.receipt_word import key_of, post_id
from tests.e2e.phone import hall
from tests.pictures import picture
from tests.visitors import KIND, fields_of, form_body
from tests.waiting import until

ROUNDS = 4
RNG = random.Random(20261125)


def request(word: str) -> bytes:
    """A whole upload as it goes over the line."""
    files = (("photo", "a.jpg", "image/jpeg", picture(size=(1600, 1200))),)
    body = form_body(fields_of(wall_clock(), f"Words {word[:6]}", receipt=word), files)
    head = (
        f"POST /in/room/post HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {KIND}\r\n"
        f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def upload(port: int, word: str, *, cut: float = 1.0) -> bool:
    """Whether it was acknowledged; `cut` is the part of it that is sent before hanging up."""
    whole = request(word)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(whole[: int(len(whole) * cut)])
        await writer.drain()
        if cut < 1:
            writer.transport.abort()
            return False
        line = await reader.readline()
        writer.close()
        return b" 201 " in line
    except OSError:
        return False


async def test_a_connection_that_is_lost_leaves_no_post_and_harms_nobody(tmp_path: Path) -> None:
    async with hall(tmp_path) as house:
        port = house.house.port
        cut = [secrets.token_urlsafe(18) for _ in range(8)]
        whole = secrets.token_urlsafe(18)
        said = await asyncio.gather(
            *(upload(port, word, cut=0.1 + 0.1 * at) for at, word in enumerate(cut)),
            upload(port, whole),
        )
        assert said == [False] * 8 + [True]
        keys = [one["post"]["key"] for one in await house.queue("pending,new")]
        assert keys == [key_of(post_id(whole))]


async def test_killed_in_the_middle_of_uploads_each_is_whole_or_was_never_there(
    tmp_path: Path,
) -> None:
    said: dict[str, bool] = {}
    for _ in range(ROUNDS):
        async with hall(tmp_path) as house:
            words = [secrets.token_urlsafe(18) for _ in range(6)]
            tasks = {word: asyncio.create_task(upload(house.house.port, word)) for word in words}
            enough = RNG.randint(1, 5)
            await until(lambda: sum(task.done() for task in tasks.values()) >= enough, 30)  # noqa: B023
            with contextlib.suppress(ProcessLookupError):
                house.house.process.send_signal(signal.SIGKILL)
            await house.house.process.wait()
            said.update({word: await task for word, task in tasks.items()})
    assert any(said.values()) and not all(said.values())
    later = wall_clock() + STRAY_AFTER_MS + 60_000
    engine = await open_engine(tmp_path / "data", clock=lambda: later)
    try:
        await PostShelf(engine, lambda: later).sweep()
        files = {path.name for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file()}
        shown: set[str] = set()
        for word, acknowledged in said.items():
            key = key_of(post_id(word))
            known = (await engine.known("port", [key])).get(key)
            assert known is not None or not acknowledged, "a receipt without a post"
            if known is not None:
                assert known.post.text == f"Words {word[:6]}" and len(known.post.media) == 1
                assert json.loads(known.post.extra["consent"])["version"] == "1"
                shown.update(blobs_of(known.post.media))
        assert files == shown, "every picture is there, and none that nobody shows"
    finally:
        await engine.close()
