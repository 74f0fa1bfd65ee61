"""The hub beside the limit in C and beside the usual application: deliveries per CPU second."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from parvis.core.errors import Later
from parvis.run.bench.process import CLIENT, KIT, Absent, built, free_port, pin, running
from parvis.run.bench.row import Row, median

PATH_NOTE = (
    "POST, decoded and checked as a card, sequence, ring, views and slices on; no store behind it"
)
SECONDS = {1000: 4, 5000: 10}
"""CPU time is counted in ticks of 10 ms: a large audience gets few posts, so it gets longer."""
HANG_S = 150

BODY = (
    '{"post":"test:bench:@ID@","network":"test","text":"tsns @TSNS@ @PAD@","order":@ID@,'
    '"shown_at_ms":1764000000000,"created_at_ms":1764000000000,"author":{"key":"",'
    '"handle":"@ada@example.social","name":"Ada L","avatar":"/media/avatar?post=1"},'
    '"media":[{"type":"image","url":"/media/0?post=1","w":1200,"h":800}],"lang":"en",'
    '"permalink":"https://example.social/@ada/1"}'
)


class Load(msgspec.Struct, frozen=True):
    """What the load generator saw."""

    name: str
    msgs_s: float
    msgs_per_server_cpu_s: float
    lost: int
    dead: int
    kb_conn_idle: float


@contextmanager
def hub_server(port: int, way: str = "direct") -> Iterator[subprocess.Popen[bytes]]:
    """The hub, as the kit serves it: `direct` or `asgi`."""
    command = [sys.executable, "-m", "parvis.run.bench.kit.hub", str(port), way]
    with running(command, port) as process:
        yield process


def load_hub(screens: int, burst: int, way: str = "direct") -> Load:
    """The product's hub under load."""
    port = free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as body, hub_server(port, way) as process:
        body.write(BODY)
        body.flush()
        more = ["--path", "/live/bench", "--body", body.name]
        return _load("hub", port, process.pid, screens, burst, more)


def load_climit(screens: int, burst: int) -> Load:
    """write(2) to every socket, in C: what the kernel allows."""
    port = free_port()
    with running([str(built("climit")), str(port)], port) as process:
        return _load("climit", port, process.pid, screens, burst, [])


def load_naive(screens: int, burst: int) -> Load:
    """Starlette with sse-starlette."""
    try:
        import sse_starlette  # noqa: F401 - only asked whether it is there
    except ImportError:
        raise Absent("sse-starlette is not installed") from None
    port = free_port()
    with running([sys.executable, str(KIT / "naive.py"), str(port)], port) as process:
        return _load("sse-starlette", port, process.pid, screens, burst, [])


def _load(name: str, port: int, pid: int, screens: int, burst: int, more: list[str]) -> Load:
    command = [str(built("fanload")), "--name", name, "--port", str(port), "--n", str(screens)]
    command += [
        "--w",
        str(burst),
        "--t1",
        str(SECONDS[screens]),
        "--t2",
        "0",
        "--pids",
        str(pid),
        *more,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    pin(process.pid, CLIENT)
    try:
        said, _ = process.communicate(timeout=HANG_S)
        return msgspec.json.decode(said, type=Load)
    except (subprocess.TimeoutExpired, msgspec.DecodeError):
        process.kill()
        process.wait()
        raise Later(f"{name} did not serve {screens} screens.") from None


def fanout(
    screens: int, burst: int, rounds: int, tell: Callable[[float], None], way: str = "direct"
) -> tuple[list[Load], list[Load]]:
    """Hub and limit in turns."""
    built("fanload"), built("climit")
    hubs: list[Load] = []
    limits: list[Load] = []
    for number in range(rounds):
        limits.append(load_climit(screens, burst))
        tell((number + 0.5) / rounds)
        hubs.append(load_hub(screens, burst, way))
        tell((number + 1) / rounds)
    return hubs, limits


def row(name: str, hubs: list[Load], peers: list[Load], against: str, wanted: str) -> Row:
    """Deliveries per server CPU second, and the median of the ratios, round by round."""
    pairs = zip(hubs, peers, strict=True)
    ratios = [
        hub.msgs_per_server_cpu_s / max(1.0, peer.msgs_per_server_cpu_s) for hub, peer in pairs
    ]
    lost = sum(load.lost for load in hubs) + sum(load.dead for load in hubs)
    spread = f"ratios {', '.join(f'{ratio:.2f}' for ratio in ratios)}; lost {lost}"
    return Row(
        name,
        median([hub.msgs_per_server_cpu_s for hub in hubs]),
        "deliveries per server CPU second",
        against,
        median(ratios),
        wanted,
        f"{spread}; {PATH_NOTE}",
    )
