"""One person at the studio in a real browser, and what its pages may never do."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.e2e.browser import WATCH
from tests.e2e.studio.fake_desk import FakeDesk, served
from tests.waiting import until

ROOT = Path(__file__).parents[3]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "tonight", "queue", "posts", "write", "screens", "look", "sources", "numbers", "settings",
)  # fmt: skip
OWN = "localStorage.getItem('parvis-studio') || localStorage.setItem('parvis-studio', {})"


async def only_its_own(page: Page) -> bool:
    """Whether nothing is stored but what the person chose; acts under way stay until answered."""
    return await page.evaluate("Object.keys(localStorage)") == ["parvis-studio"]  # type: ignore[no-any-return]


@asynccontextmanager
async def seated(
    browser: Browser,
    desk: FakeDesk,
    place: str = "#/hall/queue",
    *,
    lang: str = "en",
    theme: str = "light",
    expected_errors: bool = False,
    **context: Any,
) -> AsyncIterator[Page]:
    """A page of the studio; leaving checks that it asked nobody else and broke no policy."""
    fresh = {"viewport": {"width": 1280, "height": 800}, "timezone_id": "Europe/Paris"}
    window = await browser.new_context(**{**fresh, "color_scheme": theme, **context})
    page = await window.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.add_init_script(WATCH)
    own = json.dumps(json.dumps({"lang": lang}))
    await page.add_init_script(OWN.format(own))
    if desk.me:
        desk.me["lang"] = lang
    with served(desk):
        await page.goto(f"{desk.url}/studio{place}")
        try:
            yield page
            strangers = [one for one in asked if not one.startswith((desk.url, "data:", "blob:"))]
            assert not strangers, f"asked somebody else: {strangers}"
            assert errors == []
            assert await page.evaluate("window.violations") == []
            await until(lambda: only_its_own(page))
            assert await window.cookies() == []
        finally:
            await window.close()


async def ready(page: Page) -> None:
    """Until the page has what it draws."""
    await page.locator("main h1, main h2").first.wait_for()
    await page.locator(".loading").first.wait_for(state="detached")


async def faults(page: Page) -> list[str]:
    """What axe finds, one line each; styles in motion are let come to rest."""
    await page.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished))")
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(
        "rules => axe.run(document, {runOnly: rules, iframes: false}).then(r => r.violations"
        ".flatMap(v => v.nodes.map(n => v.id + ': ' + n.target + ' ' + n.failureSummary"
        ".split('\\n').slice(1).join(' ').slice(0, 200))))",
        RULES,
    )
    return list(found)
