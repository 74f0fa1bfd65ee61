"""People of the team at the real studio: invited by the owner, each in a browser of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.e2e.phone import Hall

DESK = {"width": 1280, "height": 800}
PASSWORD = "lanterns over rose stone"


@asynccontextmanager
async def at_the_studio(
    browser: Browser, house: Hall, name: str, role: str = "moderator", **more: Any
) -> AsyncIterator[Page]:
    """Somebody joins by the link they were given and stands on the page "tonight" of the wall."""
    email = f"{name.lower()}@port.example"
    asked = {"name": name, "email": email, "role": role, "lang": "en"}
    link = (await house.api("/api/people", asked))["invite"]
    fresh = {"viewport": DESK, "locale": "en-GB", "timezone_id": "Europe/Paris", **more}
    window = await browser.new_context(**fresh)
    page = await window.new_page()
    errors: list[str] = []
    asked_for: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Policy" in said.text else None)
    page.on("request", lambda request: asked_for.append(request.url))
    await page.goto(link)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("[name=password]").press("Enter")
    await expect(page.locator("main h1").first).to_be_visible()
    await page.wait_for_url("**/tonight")
    try:
        yield page
        assert not errors, errors
        ours = (house.base, "data:", "blob:")
        assert not [url for url in asked_for if not url.startswith(ours)]
    finally:
        await window.close()


async def goes_to(page: Page, place: str) -> None:
    """Another page of the studio, without loading it anew."""
    await page.evaluate("place => { location.hash = place }", f"#/port/{place}")
