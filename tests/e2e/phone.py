"""A house with a phone page, and what tests do on it in a real browser."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from tests.programs import Program, running
from tests.waiting import until

KEY = "k" * 40
EVENT = """
[[wall]]
id = "port"
title = "Veillées du Port"
lang = "fr"
mode = "{mode}"
[[wall.source]]
id = "room"
plugin = "phone"
basis = "consent"
[[wall.format]]
id = "last"
plugin = "poll"
settings = {{ question = "On finit sur quoi ?", answers = ["Un slow", "Une valse", "Le silence"] }}
"""
LARGE, SMALL = {"width": 390, "height": 844}, {"width": 360, "height": 640}


@dataclass
class Hall:
    """The house and the team's key to it."""

    house: Program
    folder: Path

    @property
    def base(self) -> str:
        return self.house.base

    async def api(self, path: str, said: object = None) -> Any:
        """Ask the API with the owner's key."""
        return await asyncio.to_thread(self._call, path, said)

    def _call(self, path: str, said: object) -> Any:
        request = urllib.request.Request(  # noqa: S310 - our own program on loopback
            self.base + path,
            data=json.dumps(said).encode() if said is not None else None,
            headers={"authorization": f"Bearer {KEY}", "content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.loads(answer.read())

    async def queue(self, state: str = "pending") -> list[Any]:
        found = await self.api(f"/api/walls/port/queue?state={state}")
        return list(found["items"])

    async def decide(self, post: str, state: str, why: str = "") -> None:
        await self.api("/api/walls/port/posts/decide", {"post": post, "state": state, "why": why})


@asynccontextmanager
async def hall(folder: Path, mode: str = "approve_first", more: str = "") -> AsyncIterator[Hall]:
    """`parvis up` on a fresh folder; `more`: lines for the end of its event file."""
    event = folder / "port.toml"
    event.write_text(EVENT.format(mode=mode) + more)
    words = ("up", str(event), "--data", str(folder / "data"), "--port", "0")
    contact = "association Veillées du Port, maud@port.example"
    async with running(*words, PARVIS_KEY=KEY, PARVIS_CONTACT=contact) as house:
        yield Hall(house, folder)


@asynccontextmanager
async def phone(
    browser: Browser, lang: str = "fr", *, size: dict[str, int] | None = None, **more: Any
) -> AsyncIterator[tuple[BrowserContext, Page]]:
    """A phone's browser; leaving checks that it set no cookie, broke no policy and asked nobody
    else.
    """
    window = await browser.new_context(
        viewport=size or LARGE,  # type: ignore[arg-type]
        locale={"fr": "fr-FR", "en": "en-GB", "ar": "ar-MA"}[lang],
        has_touch=True,
        is_mobile=True,
        device_scale_factor=more.pop("scale", 1),
        **more,
    )
    page = await window.new_page()
    errors: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Policy" in said.text else None)
    page.on("request", lambda request: asked.append(request.url))
    try:
        yield window, page
        assert not errors, errors
        strangers = [url for url in asked if "//127.0.0.1:" not in url and url[:4] == "http"]
        assert not strangers, strangers
        assert await window.cookies() == []
    finally:
        await window.close()


async def fill(
    page: Page, text: str, *, name: str = "Nour", files: list[Path] | None = None
) -> None:
    """The form, as a person fills it in; the server wants people to take a moment."""
    await page.locator("#text").fill(text)
    await page.locator("input[name=name]").fill(name)
    if files:
        await page.locator("input[name=photo]").set_input_files([str(each) for each in files])
    await page.locator("#consent").check()
    await in_a_persons_time(page)


async def in_a_persons_time(page: Page) -> None:
    """The door takes no form sooner than a second and a half after its page was made."""
    made_ms = int(await page.locator("input[name=stamp]").get_attribute("value") or "0")
    await until(lambda: time.time() * 1000 - made_ms > 1_600)
