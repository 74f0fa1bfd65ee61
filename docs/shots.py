"""Takes the pictures of the README from the demo as it runs: wall, studio and phone page.

Run it from a clone that `./parvis test` has set up:  .venv/bin/python docs/shots.py
"""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[0])]

from PIL import Image  # noqa: E402
from playwright.async_api import Browser, Page, ViewportSize  # noqa: E402

from parvis.run.local_call import call  # noqa: E402
from tests.e2e.browser import browsing  # noqa: E402
from tests.waiting import until  # noqa: E402

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")
TO = HERE / "pictures"
HOST = "lanternnight.example"
SETTLED_MS = 2_500
FILLED_S = 66.0
"""So long after the start the queue has something of everything."""
WIDE, DESK, PHONE = (1920, 1080), (1440, 900), (390, 844)


class Running:
    """One demo of its own, under a name as a venue has it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        words = ["up", "--demo", "--data", str(self.data), "--port", "0"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "parvis", *words, "--public-url", f"http://{HOST}"],
            cwd=HERE.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        said = self._lines()
        self.port = said[0].rpartition(":")[2]
        self.first = next(line for line in said if "#first=" in line).rpartition("#first=")[2]

    def _lines(self) -> list[str]:
        said: list[str] = []
        for line in self._process.stdout or ():
            said.append(line.strip())
            if "#first=" in line:
                return said
        raise SystemExit("The demo does not start.")

    def tell(self, path: str, body: object = None) -> Any:
        """The API, as the owner's scripts use it."""
        packed = b"" if body is None else json.dumps(body).encode()
        reply = call(self.data, "GET" if body is None else "POST", path, packed)
        if reply is None:
            raise SystemExit("The demo has stopped.")
        return reply.value()

    def wear(self, scheme: str) -> None:
        """The wall in light or dark."""
        rev = self.tell("/api/walls/demo")["rev"]
        asked = {"rev": rev, "changes": {"brand": {"scheme": scheme}, "layout": "masonry"}}
        self.tell("/api/walls/demo", asked)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)


async def keep(page: Page, name: str, width: int) -> None:
    """The page as a small WebP."""
    TO.mkdir(exist_ok=True)
    taken = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
    size = (width, round(taken.height * width / taken.width))
    taken.resize(size, Image.Resampling.LANCZOS).save(TO / f"{name}.webp", quality=82, method=6)
    print(f"{name}.webp")


async def shoot(
    browser: Browser,
    name: str,
    path: str,
    size: tuple[int, int],
    width: int,
    theme: Theme,
    **more: Any,
) -> None:
    """One page, once it has come to rest."""
    box = ViewportSize(width=size[0], height=size[1])
    window = await browser.new_context(viewport=box, color_scheme=theme, **more)
    page = await window.new_page()
    await page.goto(f"http://{HOST}{path}")
    await page.wait_for_timeout(SETTLED_MS)
    await page.locator(".arrives, .scene").first.wait_for(state="detached")
    await keep(page, f"{name}-{theme}", width)
    await window.close()


async def signed_in(browser: Browser, first: str) -> Any:
    """The state of a browser whose person has made the first account."""
    window = await browser.new_context()
    page = await window.new_page()
    await page.goto(f"http://{HOST}/studio#first={first}")
    await page.get_by_label("Your name").fill("Amber")
    await page.get_by_label("E-mail").fill("amber@lantern.example")
    await page.get_by_label("Passphrase", exact=True).fill("a lantern for every window")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Tonight").wait_for()
    return await window.storage_state()


async def all_shots(running: Running) -> None:
    """Every picture of the README."""
    mapped = f"--host-resolver-rules=MAP {HOST}:80 127.0.0.1:{running.port}"
    async with browsing(mapped) as browser:
        loop = asyncio.get_running_loop()
        began = loop.time()
        state = await signed_in(browser, running.first)
        await until(lambda: loop.time() - began > FILLED_S, FILLED_S + 5)
        for theme in THEMES:
            running.wear(theme)
            await shoot(browser, "wall", "/w/demo", WIDE, 1280, theme)
            await shoot(browser, "queue", "/studio#/demo/queue", DESK, 1200, theme,
                        storage_state=state)  # fmt: skip
            await shoot(browser, "phone", "/p/demo?lang=en", PHONE, 390, theme)


def main() -> None:
    """Start, shoot, stop."""
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder))
        try:
            asyncio.run(all_shots(running))
        finally:
            running.stop()


if __name__ == "__main__":
    main()
