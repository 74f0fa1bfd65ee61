"""The walls that are measured, and the network that all of them read.

A peer is built from its own repository, outside this one; `--peers DIR` says where:
`DIR/fediwall/dist` (https://github.com/defnull/fediwall, `npm ci && npx vite build`) and
`DIR/mastowall-local` (https://github.com/rstockm/mastowall, its links to CDNs pointed at files of
the same versions).
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from parvis.run.bench.house import WALL, House, house
from parvis.run.bench.process import Absent, free_port, running
from parvis.run.bench.screen.browser import CARD, HOST
from parvis.run.bench.talk import talking

FOLDERS = {"fediwall": "fediwall/dist", "mastowall": "mastowall-local"}
QUERIES = {
    "fediwall": "servers={host}&tags=parvis&limit=100&interval=10",
    "mastowall": "hashtags=parvis&server=https://{host}",
}


class Scene(msgspec.Struct, frozen=True):
    """A network, and the address of each wall that reads it."""

    http: int
    walls: dict[str, str]
    house: House | None = None

    async def publish(self, count: int, *, spread_ms: int = 0) -> list[str]:
        """Somebody writes; the ids."""
        async with talking(self.http) as talk:
            said = await talk.post("/bench/publish", {"count": count, "spread_ms": spread_ms})
        return msgspec.json.decode(said, type=list[str])


def card_of(name: str) -> str:
    """What one post is on the page of this wall."""
    return CARD if name == "parvis" else "#wall .card"


def folder_of(peers: Path | None, name: str) -> Path:
    """Where the peer is built. Raises `Absent`."""
    if peers is None:
        raise Absent(f"{name} is not here; build it and name its folder with --peers")
    folder = peers / FOLDERS[name]
    if not (folder / "index.html").is_file():
        raise Absent(f"{name} is not built: there is no {FOLDERS[name]}/index.html in --peers")
    return folder


def present(peers: Path | None) -> list[str]:
    """The peers that can be measured."""
    found = []
    for name in FOLDERS:
        with contextlib.suppress(Absent):
            folder_of(peers, name)
            found.append(name)
    return found


@contextlib.contextmanager
def certificate() -> Iterator[Path]:
    """For the network's name, by `openssl`. Raises `Absent`."""
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as folder:
        made = Path(folder) / "network.pem"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        command += ["-subj", f"/CN={HOST}", "-keyout", str(made), "-out", str(made) + ".crt"]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            raise Absent("the peers speak HTTPS alone, and openssl makes no certificate") from None
        with made.open("ab") as file:
            file.write(Path(str(made) + ".crt").read_bytes())
        yield made


@contextlib.contextmanager
def scene(peers: Path | None, names: list[str], *, with_house: bool = True) -> Iterator[Scene]:
    """A fresh network, parvis listening to it, and the peers' files served."""
    http, https = free_port(), free_port()
    ports = {name: free_port() for name in names}
    shops = [f"{ports[name]}={folder_of(peers, name)}" for name in names]
    walls = {
        name: f"http://127.0.0.1:{ports[name]}/index.html?"
        + QUERIES[name].format(host=f"{HOST}:{https}")
        for name in names
    }
    with certificate() as pem:
        command = [sys.executable, "-m", "parvis.run.bench.kit.network", str(http), str(https)]
        with running([*command, str(pem), *shops], http):
            if not with_house:
                yield Scene(http, walls)
                return
            with house(f"http://127.0.0.1:{http}") as there:
                own = f"http://127.0.0.1:{there.port}/w/{WALL}"
                yield Scene(http, {"parvis": own, **walls}, there)
