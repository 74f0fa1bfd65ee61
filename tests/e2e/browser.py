"""Chromium for the tests, and what every page of ours must keep to."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.needs import chromium

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(event.violatedDirective + " " + event.blockedURI);
});
document.addEventListener("readystatechange", () => {
  if (document.readyState === "interactive") {
    window.first = Array.from(document.querySelectorAll("[data-post-id]"));
  }
});
"""


@asynccontextmanager
async def browsing(*more: str, env: dict[str, str] | None = None) -> AsyncIterator[Browser]:
    """The system's Chromium; `more`: further arguments."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-dev-shm-usage", *more],
            env={**os.environ, **env} if env else None,
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Seen:
    """What a page did besides showing itself."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@asynccontextmanager
async def opened(
    browser: Browser, url: str, *, fake_time: bool = False, **context: Any
) -> AsyncIterator[Seen]:
    """A page at `url` (not opened when empty); leaving checks that it broke no rule of ours."""
    window = await browser.new_context(**{"viewport": {"width": 1920, "height": 1080}, **context})
    page = await window.new_page()
    seen = Seen(page)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    await page.add_init_script(WATCH)
    if fake_time:
        await page.clock.install()
    if url:
        await page.goto(url)
    try:
        yield seen
        origin = url.split("/w/")[0].split("/p/")[0]
        strangers = [one for one in seen.requests if not one.startswith((origin, "data:"))]
        assert not strangers, f"asked somebody else: {strangers}"
        assert not seen.errors, seen.errors
        if context.get("java_script_enabled", True):
            assert await page.evaluate("window.violations") == []
            assert await page.evaluate("localStorage.length") == 0
        assert await window.cookies() == []
    finally:
        await window.close()
