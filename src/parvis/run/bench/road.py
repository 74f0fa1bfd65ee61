"""The whole road: from an event on a simulated network, or a POST, to the screen, and off it."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from parvis.core.post import Author, Post
from parvis.core.wall import SourceSpec
from parvis.engine.open import open_engine
from parvis.flow.keep import Hashed, first_sight
from parvis.run.bench.house import DOOR, SOURCE, WALL, House, house, simulator
from parvis.run.bench.process import cpu_s, resident_mib
from parvis.run.bench.row import Row, percentile
from parvis.run.bench.talk import Ears, Talk, listening, talking

LIVE = f"/live/{WALL}"
POSTS = 100
EVERY_S = 0.1
CONNECTIONS = 32
INGEST_S = 10.0
BACKLOG = 10_000
LIVE_EVERY_S = 0.05
DECIDED_S = 120.0
IDLE_S = 5.0


SPEECH = (
    "the square was full before the doors opened and nobody minded the rain because the band had "
    "begun to play under the arches while people from every corner of town kept coming with bread "
    "lamps children and a great deal to say about the new library its roof and its quiet garden"
)
WORDS = SPEECH.split()


def text(ident: str) -> str:
    """Some three hundred and fifty characters in plain words, in an order that is the post's."""
    order = random.Random(ident)  # noqa: S311 - a bench text
    return f"{' '.join(order.sample(WORDS, len(WORDS)))} {' '.join(order.sample(WORDS, 12))}."


def item(ident: str) -> dict[str, object]:
    """A post as the webhook takes it, about one kilobyte, its words its own."""
    author = {"name": "Ada Lovelace", "handle": f"ada-{ident}"}
    link = f"https://example.org/posts/{ident}"
    return {"id": ident, "text": text(ident), "author": author, "link": link}


def key_of(ident: str) -> str:
    """The key that the post gets."""
    return f"webhook:bench:{ident}"


def road() -> list[Row]:
    """Simulator's event → screen; our own hop is the same without the network in front."""
    with simulator() as network, house(network) as there:
        whole = asyncio.run(_network_to_screen(network, there))
        own = asyncio.run(_post_to_screen(there))
    note = f"{POSTS} posts, one each {EVERY_S:.1f} s"
    return [
        Row("road p50", percentile(whole, 0.5), "ms", wanted="≤ 200", note=note),
        Row("road p99", percentile(whole, 0.99), "ms", wanted="≤ 1000", note=note),
        Row("road own hop p99", percentile(own, 0.99), "ms", wanted="≤ 150", note=note),
    ]


async def _network_to_screen(network: str, there: House) -> list[float]:
    found: list[float] = []
    host = urlsplit(network)
    sim_port = host.port or 0
    async with talking(sim_port) as steer, listening(there.port, LIVE) as ears:
        for number in range(-1, POSTS):
            draft = {"text": f"{text(str(number))} #parvis", "author": f"ada{number + 1}"}
            began = time.monotonic()
            said = msgspec.json.decode(await steer.post("/sim/post", draft))
            key = f"mastodon:{host.netloc}:{said['id']}"
            came = await _heard_key(ears, key, said["id"])
            if number >= 0:  # the first one waits until the source has opened its stream
                found.append((came - began) * 1000)
            await asyncio.sleep(EVERY_S)
    return found


async def _heard_key(ears: Ears, key: str, ident: str) -> float:
    async with asyncio.timeout(60), ears.came:
        await ears.came.wait_for(lambda: _came(ears, ident) is not None)
    return _came(ears, ident) or 0.0


def _came(ears: Ears, ident: str) -> float | None:
    for at, _seq, kind, post in reversed(ears.events):
        if kind == "show" and post.endswith(f":{ident}"):
            return at
    return None


async def _post_to_screen(there: House) -> list[float]:
    found: list[float] = []
    async with talking(there.port) as talk, listening(there.port, LIVE) as ears:
        for number in range(POSTS):
            ident = f"own-{number}"
            began = time.monotonic()
            await talk.post(DOOR, item(ident))
            found.append((await ears.hear("show", key_of(ident)) - began) * 1000)
            await asyncio.sleep(EVERY_S)
    return found


def withdraw() -> Row:
    """A person withdraws: from the request to the screen that is told to cover it."""
    with house() as there:
        took = asyncio.run(_withdraw(there))
    return Row(
        "withdraw", percentile(took, 0.99), "ms", wanted="≤ 200",
        note=f"p99 of {POSTS}; p50 {percentile(took, 0.5):.1f} ms",
    )  # fmt: skip


async def _withdraw(there: House) -> list[float]:
    took: list[float] = []
    async with talking(there.port, there.key) as talk, listening(there.port, LIVE) as ears:
        for number in range(POSTS):
            ident = f"gone-{number}"
            await talk.post(DOOR, item(ident))
            await ears.hear("show", key_of(ident))
            began = time.monotonic()
            await talk.post("/api/posts/withdraw", {"post": key_of(ident), "why": "bench"})
            took.append((await ears.hear("hide", key_of(ident)) - began) * 1000)
    return took


def ingest() -> list[Row]:
    """One post a request, over keep-alive connections: stored when acknowledged."""
    with house() as there:
        began = cpu_s(there.pid)
        taken, wall_s = asyncio.run(_ingest(there))
        used = cpu_s(there.pid) - began
    note = f"{CONNECTIONS} connections, {wall_s:.0f} s, server on one core, deciding meanwhile"
    return [
        Row("ingest", taken / wall_s, "posts/s", wanted="≥ 1000", note=note),
        Row("ingest per CPU second", taken / max(used, 0.01), "posts per server CPU second"),
    ]


async def _ingest(there: House) -> tuple[int, float]:
    taken = 0
    over = time.monotonic() + INGEST_S

    async def send(number: int) -> None:
        nonlocal taken
        async with talking(there.port) as talk:
            mine = 0
            while time.monotonic() < over:
                await talk.post(DOOR, item(f"in-{number}-{mine}"))
                mine += 1
                taken += 1

    began = time.monotonic()
    await asyncio.gather(*(send(number) for number in range(CONNECTIONS)))
    return taken, time.monotonic() - began


def backlog() -> list[Row]:
    """A server that finds ten thousand undecided posts: how long until all are decided, and how
    live posts fare meanwhile.
    """
    with house(before=lambda data: asyncio.run(_leave_undecided(data))) as there:
        seconds, live = asyncio.run(_backlog(there))
    wait = percentile(live, 0.99) if live else None
    note = f"p99 of {len(live)} live posts; p50 {percentile(live, 0.5):.0f} ms" if live else ""
    return [
        Row("ingest backlog", seconds, "s", wanted="≤ 20", note=f"{BACKLOG} posts decided"),
        Row("ingest backlog live p99", wait, "ms", wanted="≤ 150", note=note),
    ]


async def _leave_undecided(data: Path) -> None:
    engine = await open_engine(data)
    try:
        source = SourceSpec(id=SOURCE, wall=WALL, plugin="webhook", basis="own_content")
        kept = [_kept(f"late-{number}") for number in range(BACKLOG)]
        writes = [first_sight(Hashed(post, post.key), source, post.received_at_ms) for post in kept]
        for each in await engine.write_all(writes):
            if isinstance(each, Exception):
                raise each
    finally:
        await engine.close()


def _kept(ident: str) -> Post:
    """What the webhook would have made of the item."""
    at_ms = time.time_ns() // 1_000_000
    author = Author(key=f"webhook:bench:@ada-{ident}", handle=f"ada-{ident}", name="Ada Lovelace")
    return Post(
        key=key_of(ident), network="webhook", text=text(ident), author=author, version="1",
        created_at_ms=at_ms, received_at_ms=at_ms, permalink=f"https://example.org/posts/{ident}",
    )  # fmt: skip


async def _backlog(there: House) -> tuple[float, list[float]]:
    live: list[float] = []
    async with talking(there.port, there.key) as talk, listening(there.port, LIVE) as ears:
        began = time.monotonic()
        number = 0
        while await _undecided(talk):
            if time.monotonic() - began > DECIDED_S:
                break
            ident = f"live-{number}"
            sent = time.monotonic()
            await talk.post(DOOR, item(ident))
            live.append((await ears.hear("show", key_of(ident)) - sent) * 1000)
            number += 1
            await asyncio.sleep(LIVE_EVERY_S)
        return time.monotonic() - began, live


async def _undecided(talk: Talk) -> int:
    said = msgspec.json.decode(await talk.ask("GET", "/api/walls"))
    return int(next(wall["counts"].get("new", 0) for wall in said["walls"] if wall["id"] == WALL))


def idle() -> Row:
    """What a server that does nothing keeps in memory."""
    with house() as there:
        time.sleep(IDLE_S)
        return Row("server idle", resident_mib(there.pid), "MiB", wanted="≤ 150")
