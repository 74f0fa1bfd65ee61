"""Readers that come back, that vanish, and that stay until the house closes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import struct
import time

import msgspec

from parvis.core.wire import Card
from parvis.run.bench.fanout import hub_server
from parvis.run.bench.process import STOP_S, free_port
from parvis.run.bench.row import Row, median
from parvis.run.bench.talk import listening, talking

LIVE = "/live/bench"
VANISH = 300
STAY = 1000
CUTS = 100
NOTICE_S = 3.0


def card(number: int) -> bytes:
    """A post to publish."""
    return msgspec.json.encode(Card(f"test:bench:{number}", "test", "x" * 900, number, 1, 1))


def resume() -> list[Row]:
    """A reader loses its line a hundred times while posts go on."""
    return asyncio.run(_resume())


async def _resume() -> list[Row]:
    port = free_port()
    heard: list[int] = []
    with hub_server(port):
        async with talking(port) as talk:
            number = last = 0
            for _ in range(CUTS):
                async with listening(port, f"{LIVE}?after=0", last) as ears:
                    for _ in range(3):
                        number += 1
                        await talk.ask("POST", "/pub", card(number))
                    await ears.hear("show", f"test:bench:{number}")
                    heard += [seq for _at, seq, _kind, _post in ears.events]
                    last = heard[-1]
                for _ in range(5):
                    number += 1
                    await talk.ask("POST", "/pub", card(number))
            async with listening(port, LIVE, last) as ears:
                await ears.hear("show", f"test:bench:{number}")
                heard += [seq for _at, seq, _kind, _post in ears.events]
    note = f"{CUTS} cuts, {number} posts"
    lost, doubled = number - len(set(heard)), len(heard) - len(set(heard))
    ordered = "in order" if heard == sorted(heard) else "out of order"
    return [
        Row("resume lost", lost, "posts", wanted="0", note=f"{note}, {ordered}"),
        Row("resume doubled", doubled, "posts", wanted="0", note=note),
    ]


def leaked() -> Row:
    """Readers that vanish with a reset; how many are left three seconds later."""
    return asyncio.run(_leaked())


async def _leaked() -> Row:
    port = free_port()
    with hub_server(port):
        async with talking(port) as talk:
            for sock in await _open(port, VANISH):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                sock.close()
            await asyncio.sleep(NOTICE_S)
            left = int(await talk.ask("GET", "/stat"))
    note = f"{NOTICE_S:.0f} s after {VANISH} resets"
    return Row("leaked readers", left, "readers", wanted="0", note=note)


def stop(rounds: int) -> Row:
    """From the signal to the end of the process, with a thousand readers."""
    took = [asyncio.run(_stop()) for _ in range(rounds)]
    return Row("stop 1000", median(took), "s", wanted="≤ 3")


async def _stop() -> float:
    port = free_port()
    with hub_server(port) as process:
        socks = await _open(port, STAY)
        began = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        await asyncio.to_thread(process.wait, STOP_S)
        took = time.monotonic() - began
        for sock in socks:
            sock.close()
    return took


async def _open(port: int, count: int) -> list[socket.socket]:
    """So many readers, each with the head of its answer."""
    loop = asyncio.get_running_loop()
    socks: list[socket.socket] = []
    for _ in range(count):
        sock = socket.socket()
        sock.setblocking(False)
        await loop.sock_connect(sock, ("127.0.0.1", port))
        await loop.sock_sendall(sock, f"GET {LIVE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        await loop.sock_recv(sock, 4096)
        socks.append(sock)
    return socks
