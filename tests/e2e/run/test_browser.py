"""The browser that the end-to-end tests get."""

from __future__ import annotations

from playwright.async_api import Browser


async def test_it_runs_scripts_and_gives_text_a_shape(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<span id=words>the open square</span>")
    assert await page.evaluate("2 ** 10") == 1024
    box = await page.locator("#words").bounding_box()
    assert box is not None and box["width"] > 50


async def test_every_test_gets_a_new_one(browser: Browser) -> None:
    assert browser.contexts == []
