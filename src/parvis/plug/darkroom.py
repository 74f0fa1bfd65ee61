"""The darkroom: pictures and films of strangers are decoded in processes of their own, and come
back written anew.

Such a process has limits on memory and time, no files, no network (`developing/confine.py`), and is
killed when it takes too long. It is as good as the picture it is given: one that dies costs that
picture alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import struct
import sys
from typing import Any, Literal, cast, get_args

import msgspec

from parvis.core.errors import Later, Refused

log = logging.getLogger("parvis.darkroom")

Fault = Literal[
    "no_picture", "markup", "heif", "too_many_pixels", "broken", "slow",
    "no_film", "broken_film", "odd_film", "long_film",
]  # fmt: skip
SAYS: dict[Fault, str] = {
    "no_picture": "This file is no picture that can be shown; send JPEG, PNG, WebP or GIF.",
    "markup": "This file is a page or a document, not a picture; send JPEG, PNG, WebP or GIF.",
    "heif": "This picture is HEIC or AVIF, which few screens can show; send a JPEG of it.",
    "too_many_pixels": "This picture has more than 50 million pixels; make it smaller.",
    "broken": "This picture is damaged and cannot be opened; choose it again, or another one.",
    "slow": "This file takes too long to open; choose another one.",
    "no_film": "This file is no video that can be shown; send MP4 or WebM.",
    "broken_film": "This video is damaged and cannot be shown; choose another one.",
    "odd_film": "This video is in a format that screens cannot play; send MP4 with H.264.",
    "long_film": "This video is longer than 60 seconds; shorten it.",
}
JOB = struct.Struct(">c16sI")
ANSWER = struct.Struct(">cII")
JOBS_A_PROCESS = 40
MAX_MADE = 64 * 1024 * 1024


class Unfit(Refused):
    """A file that cannot be taken; `code` names the reason for translation."""

    def __init__(self, code: Fault) -> None:
        super().__init__(SAYS[code])
        self.code: Fault = code


class Developed(msgspec.Struct, frozen=True):
    """A picture or film that may be shown; sizes in px."""

    body: bytes
    mime: str
    w: int = 0
    h: int = 0
    duration_s: float = 0.0


class Darkroom:
    """At most `processes` at once, started when first needed; `within_s` for each file."""

    def __init__(
        self, processes: int = 2, within_s: float = 15.0, patience_s: float = 60.0
    ) -> None:
        self._within_s = within_s
        self._patience_s = patience_s
        self._free = asyncio.Semaphore(processes)
        self._idle: list[_Process] = []
        self._closed = False

    async def picture(self, body: bytes | memoryview, mark: str = "") -> Developed:
        """The picture upright, in sRGB, of at most 2048 px, without metadata: JPEG, or WebP
        where it is see-through. `mark` makes its bytes differ from those of any other mark.
        Raises `Unfit`; `Later` when many wait.
        """
        return await self._develop(b"p", body, mark)

    async def film(self, body: bytes | memoryview, mark: str = "") -> Developed:
        """The film as it is, its metadata blanked. Raises as `picture`."""
        return await self._develop(b"v", body, mark)

    async def close(self) -> None:
        """End every process."""
        self._closed = True
        while self._idle:
            await self._idle.pop().end()

    async def _develop(self, kind: bytes, body: bytes | memoryview, mark: str) -> Developed:
        try:
            async with asyncio.timeout(self._patience_s):
                await self._free.acquire()
        except TimeoutError:
            raise Later("Many pictures wait to be opened just now; try again.", 5.0) from None
        try:
            process = self._idle.pop() if self._idle else await _start()
            try:
                async with asyncio.timeout(self._within_s):
                    told, made = await process.ask(kind, body, mark)
            except TimeoutError:
                await process.end()
                raise Unfit("slow") from None
            except (EOFError, OSError, asyncio.IncompleteReadError):
                await process.end()
                raise Unfit("broken_film" if kind == b"v" else "broken") from None
            except BaseException:
                await process.end()
                raise
            if process.jobs >= JOBS_A_PROCESS or self._closed:
                await process.end()
            else:
                self._idle.append(process)
        finally:
            self._free.release()
        if (code := told.get("code")) is not None:
            raise Unfit(cast("Fault", code) if code in get_args(Fault) else "broken")
        return msgspec.convert({**told, "body": made}, Developed)


class _Process:
    """One confined process, asked one thing at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.jobs = 0

    async def ask(
        self, kind: bytes, body: bytes | memoryview, mark: str
    ) -> tuple[dict[str, Any], bytes]:
        """The answer; raises `EOFError` or `OSError` when the process died of it."""
        self.jobs += 1
        to = self._process.stdin
        if to is None:
            raise EOFError
        short = hashlib.blake2b(mark.encode(), digest_size=16).digest()
        to.write(JOB.pack(kind, short, len(body)) + body)
        answer = asyncio.ensure_future(self.answer())
        try:
            with contextlib.suppress(ConnectionError):
                await to.drain()
            return await answer
        finally:
            answer.cancel()

    async def answer(self) -> tuple[dict[str, Any], bytes]:
        """What it says next."""
        out = self._process.stdout
        if out is None:
            raise EOFError
        _, said, made = ANSWER.unpack(await out.readexactly(ANSWER.size))
        if said > 4096 or made > MAX_MADE:
            raise EOFError  # whoever answers so is not the program that was started
        told = msgspec.json.decode(await out.readexactly(said), type=dict[str, Any])
        return told, await out.readexactly(made)

    async def end(self) -> None:
        """Kill it, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


async def _start() -> _Process:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-B", "-m", "parvis.plug.developing"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd="/",
        env={},
        limit=1 << 20,
        start_new_session=True,
    )
    started = _Process(process)
    try:
        async with asyncio.timeout(30):
            told, _ = await started.answer()
    except (EOFError, OSError, TimeoutError, asyncio.IncompleteReadError, msgspec.DecodeError):
        await started.end()
        raise Later("Pictures cannot be opened just now; try again.", 10.0) from None
    except BaseException:
        await started.end()
        raise
    if not told.get("filtered"):
        log.info("darkroom.unfiltered", extra={"platform": sys.platform})
    return started
