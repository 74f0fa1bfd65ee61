"""The whole house under measurement: `parvis up` as a process of its own, in a fresh folder."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from parvis.core.errors import Later
from parvis.run.bench.process import SERVER, end, pin

WALL = "bench"
SOURCE = "bench-in"
DOOR = f"/in/{SOURCE}/post"
READY_S = 60.0

EVENT = """\
[[wall]]
id = "bench"
title = "Bench"
hashtags = ["parvis"]
mode = "show_first"

[wall.policy]
flood = { posts = 1000000, within_s = 60 }

[[wall.source]]
id = "bench-in"
plugin = "webhook"
basis = "own_content"
settings = { name = "bench", open = true }
"""

NETWORK = """
[[wall.source]]
id = "bench-mastodon"
plugin = "mastodon"
settings = { server = "ADDRESS", tags = ["parvis"] }
"""


class House(msgspec.Struct, frozen=True):
    """Where it serves, its process, and the key of its owner."""

    port: int
    pid: int
    key: str


@contextlib.contextmanager
def house(
    network: str = "",
    before: Callable[[Path], None] | None = None,
    *,
    mode: str = "show_first",
) -> Iterator[House]:
    """Serving until the block ends; `network` is the address of a simulated Mastodon server, and
    `before` gets the data folder while nobody serves it. `mode`: who decides first.
    """
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as folder:
        event = Path(folder) / "bench.toml"
        declared = EVENT.replace("show_first", mode)
        event.write_text(declared + (NETWORK.replace("ADDRESS", network) if network else ""))
        data = Path(folder) / "data"
        data.mkdir()
        if network:
            near = network.partition("://")[2]
            (data / "parvis.toml").write_text(f'allow_private = ["{near}"]\n')
        if before is not None:
            before(data)
        command = ["-m", "parvis", "up", str(event), "--data", str(data), "--port", "0"]
        with process(command) as (started, address):
            key = (data / "key").read_text().strip()
            yield House(int(address.rpartition(":")[2]), started.pid, key)


@contextlib.contextmanager
def simulator() -> Iterator[str]:
    """A simulated Mastodon server; gives its address."""
    with process(["-m", "parvis", "sim", "mastodon"]) as (_started, address):
        yield address


@contextlib.contextmanager
def process(arguments: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A command of parvis, from its line `ready …` until the block ends; gives the address."""
    with tempfile.NamedTemporaryFile() as said:
        started = subprocess.Popen([sys.executable, *arguments], stdout=said, stderr=said)
        try:
            pin(started.pid, SERVER)
            yield started, _ready(started, Path(said.name))
        finally:
            end(started)


def _ready(started: subprocess.Popen[bytes], said: Path) -> str:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        lines = said.read_text(errors="replace").splitlines()
        for line in lines:
            if line.startswith("ready "):
                return line.split()[1]
        if started.poll() is not None:
            raise Later(f"parvis ended at once: {lines[-1] if lines else 'it said nothing'}")
        time.sleep(0.05)
    raise Later("parvis did not get ready in time.")
