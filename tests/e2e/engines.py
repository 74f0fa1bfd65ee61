"""Old Chromiums, spoken to without Playwright: what hangs on a wall is often ten years old.

`PARVIS_ENGINES` names a folder with one folder an engine: `chromium`, and beside it `lib/` where it
needs libraries of its own (npm's chrome-aws-lambda and @sparticuz/chromium carry such builds). The
system's own browser is always there.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp

from tests.needs import chromium
from tests.waiting import until

VARIABLE = "PARVIS_ENGINES"
SYSTEM = "current"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
    "--no-first-run", "--disable-background-networking", "--remote-debugging-port=0",
    "--hide-scrollbars", "--window-size=1920,1080", "--lang=en-US", "--allow-insecure-localhost",
    "--ignore-certificate-errors", "--remote-allow-origins=*",
)  # fmt: skip
ALONE = ("--single-process", "--no-zygote")
TRIES = 3
START_S = 15.0
LISTENS = re.compile(rb"DevTools listening on (ws://\S+)")


def engines() -> list[str]:
    """The names of all that are here, the system's first."""
    folder = os.environ.get(VARIABLE)
    found = sorted(path.parent.name for path in Path(folder).glob("*/chromium")) if folder else []
    return [SYSTEM, *found]


class Tab:
    """A page of an engine, by the DevTools protocol; `errors` are what its scripts threw."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._number = 0
        self.errors: list[str] = []
        self.version = ""

    async def listen(self) -> None:
        """Until the engine hangs up."""
        async for message in self._socket:
            said = json.loads(message.data)
            if waiting := self._answers.pop(said.get("id", 0), None):
                waiting.set_result(said)
            elif said.get("method") == "Runtime.exceptionThrown":
                details = said["params"]["exceptionDetails"]
                thrown = details.get("exception", {}).get("description", "")
                self.errors.append(f"{details['text']} {thrown}")

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """A command's result."""
        self._number += 1
        number = self._number
        waiting = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        said = await asyncio.wait_for(waiting, START_S)
        assert "error" not in said, f"{method}: {said}"
        return dict(said["result"])

    async def js(self, expression: str) -> Any:
        """What it says, once it is there."""
        said = await self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in said, f"{expression[:200]}: {said['exceptionDetails']}"
        return said["result"].get("value")

    async def comes(self, expression: str, within_s: float = 20.0) -> None:
        """Wait until it holds."""

        async def holds() -> bool:
            return bool(await self.js(f"!!({expression})"))

        try:
            await until(holds, within_s)
        except (TimeoutError, AssertionError):
            raise AssertionError(f"{expression} never held; {self.errors}") from None

    async def open(self, url: str) -> None:
        """Go there."""
        await self.send("Page.navigate", url=url)

    async def picture(self) -> bytes:
        """What is seen, as PNG."""
        return base64.b64decode((await self.send("Page.captureScreenshot"))["data"])


@contextlib.asynccontextmanager
async def tab_of(name: str, *more: str, env: dict[str, str] | None = None) -> AsyncIterator[Tab]:
    """A page of this engine; `more`: further flags. Old builds hang now and then while starting:
    they get three tries.
    """
    async with contextlib.AsyncExitStack() as stack:
        for attempt in range(TRIES):
            process = stack.enter_context(_started(name, more, env or {}))
            try:
                tab = await stack.enter_async_context(_speaking(await _address(process)))
                break
            except (TimeoutError, aiohttp.ClientError):
                await stack.aclose()
                if attempt + 1 == TRIES:
                    raise AssertionError(f"{name} does not start") from None
        yield tab


async def _address(said: Path) -> str:
    """Where it listens for us."""
    found = await until(lambda: LISTENS.search(said.read_bytes()), START_S)
    assert found is not None
    return found[1].decode()


@contextlib.asynccontextmanager
async def _speaking(address: str) -> AsyncIterator[Tab]:
    base = re.sub(r"^ws://([^/]+)/.*", r"http://\1", address)
    async with aiohttp.ClientSession() as session:
        pages = await until(lambda: _pages(session, base), START_S)
        async with session.get(f"{base}/json/version") as answer:
            version = (await answer.json(content_type=None))["Browser"]
        url = pages[0]["webSocketDebuggerUrl"]
        async with session.ws_connect(url, max_msg_size=0) as socket:
            tab = Tab(socket)
            tab.version = version
            task = asyncio.create_task(tab.listen())
            try:
                await tab.send("Runtime.enable")
                await tab.send("Page.enable")
                yield tab
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


async def _pages(session: aiohttp.ClientSession, base: str) -> list[dict[str, Any]]:
    async with session.get(f"{base}/json/list") as answer:
        return [one for one in await answer.json(content_type=None) if one["type"] == "page"]


@contextlib.contextmanager
def _started(name: str, more: tuple[str, ...], env: dict[str, str]) -> Iterator[Path]:
    folder = Path(os.environ.get(VARIABLE, "")) / name
    program = str(chromium()) if name == SYSTEM else str(folder / "chromium")
    flags = FLAGS if name == SYSTEM else (*FLAGS, *ALONE)
    libraries = {} if name == SYSTEM else {"LD_LIBRARY_PATH": str(folder / "lib")}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        said = Path(profile) / "said"
        with said.open("wb") as out:
            process = subprocess.Popen(
                [program, *flags, *more, f"--user-data-dir={profile}", "about:blank"],
                stdout=out, stderr=out, env={**os.environ, **libraries, **env},
            )  # fmt: skip
        try:
            yield said
        finally:
            process.kill()
            process.wait()
