"""Programs of parvis started as a person starts them: a child process, its ready line, its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

READY_WITHIN_S = 30.0


@dataclass
class Program:
    """A running one; `base` is the address that its ready line named."""

    process: asyncio.subprocess.Process
    base: str
    pump: asyncio.Task[bytes]

    @property
    def port(self) -> int:
        return int(self.base.rpartition(":")[2])

    async def stop(self, sign: int = signal.SIGTERM) -> int:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(sign)
        code = await asyncio.wait_for(self.process.wait(), 20)
        await self.pump
        return code

    async def tell(self, path: str, said: object, headers: Mapping[str, str] | None = None) -> Any:
        """POST JSON; the answer as JSON. Raises on an answer that is no success."""
        return await asyncio.to_thread(_post, self.base + path, said, headers or {})


@asynccontextmanager
async def running(*words: str, **environment: str) -> AsyncIterator[Program]:
    """`parvis WORDS…`, ready; ended when the test leaves it, however it leaves."""
    program = await start(*words, **environment)
    try:
        yield program
    finally:
        if program.process.returncode is None:
            await program.stop()


async def start(*words: str, **environment: str) -> Program:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "parvis",
        *words,
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=None,
    )
    out = process.stdout
    assert out is not None
    async with asyncio.timeout(READY_WITHIN_S):
        while line := (await out.readline()).decode():
            if line.startswith("ready "):
                base = line.split()[1].rstrip("/")
                return Program(process, base, asyncio.create_task(out.read()))
    raise AssertionError(f"parvis {' '.join(words)} ended before it was ready")


def _post(url: str, said: object, headers: Mapping[str, str]) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own program on loopback
        url,
        data=json.dumps(said).encode(),
        headers={"content-type": "application/json", **headers},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        body = answer.read()
    return json.loads(body) if body else None
