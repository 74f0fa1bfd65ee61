"""`parvis up` as people run it: a process of its own, its output, its end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from parvis.run.local_call import call
from tests.waiting import until_now

EVENT = """
[[wall]]
id = "square"
title = "The square"
mode = "show_first"
[[wall.source]]
id = "hook"
plugin = "webhook"
settings = { open = true }
"""
START_S = 60.0


class Running:
    """One `parvis up`; what it says gathers in a file."""

    def __init__(self, folder: Path, *words: str, **environ: str) -> None:
        self.out = folder / "out.txt"
        self.err = folder / "err.txt"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "parvis", "up", *words],
                cwd=folder,
                env={**os.environ, **environ},
                stdout=out,
                stderr=err,
            )

    def ready(self) -> str:
        """Its address."""

        def said() -> str:
            found = re.match(r"ready (http://\S+)\n", self.out.read_text())
            assert self.process.poll() is None, self.err.read_text()
            return found[1] if found else ""

        return until_now(said, START_S)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


Up = Callable[..., Running]


def parvis(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parvis", *words],
        cwd=folder,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def tell(folder: Path, id_: str, text: str) -> None:
    item = json.dumps({"id": id_, "text": text, "author": {"name": "Ada"}}).encode()
    reply = call(folder / "data", "POST", "/in/hook/post", item)
    assert reply is not None
    assert reply.status == 200, reply.body


def shown(folder: Path) -> list[str]:
    reply = call(folder / "data", "GET", "/api/walls/square/snapshot")
    assert reply is not None
    return [card["text"] for card in reply.value()["cards"]]
