"""The real studio with the owner's key alone: no account, no session, every picture there."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import browsing
from tests.e2e.phone import KEY, fill, hall, phone
from tests.e2e.team import DESK
from tests.pictures import picture
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
PICTURES = """
Array.from(document.querySelectorAll("main img:not(.emoji)"))
  .map((one) => [new URL(one.currentSrc || one.src).pathname, one.complete && one.naturalWidth > 0])
"""


async def all_there(page: Page, least: int) -> bool:
    found = await page.evaluate(PICTURES)
    seen = [path for path, there in found if there and path.startswith("/media/")]
    return len(seen) >= least and all(there for _, there in found)


async def test_every_picture_is_seen_with_the_key_alone(tmp_path: Path) -> None:
    photo = tmp_path / "lanterns.jpg"
    photo.write_bytes(picture(size=(900, 600)))
    async with hall(tmp_path) as house, browsing() as browser:
        async with phone(browser, "en") as (_, page):
            await page.goto(f"{house.base}/p/port")
            await fill(page, "Lanterns over the port", files=[photo])
            await page.locator("#post button.main").click()
            await page.wait_for_url("**/r/**")
        await until(house.queue, 15)
        window = await browser.new_context(viewport=DESK, locale="en-GB")  # type: ignore[arg-type]
        page = await window.new_page()
        refused: list[str] = []
        page.on("response", lambda one: refused.append(one.url) if one.status >= 400 else None)
        await page.goto(f"{house.base}/studio#key={KEY}")
        await page.wait_for_url("**/tonight")
        names = {one["name"]: one for one in await window.cookies()}
        assert set(names) == {"parvis-glance"} and names["parvis-glance"]["httpOnly"]
        assert KEY not in names["parvis-glance"]["value"]
        await page.evaluate("location.hash = '#/port/queue'")
        await until(lambda: all_there(page, 2), 15)
        await page.evaluate("location.hash = '#/port/posts'")
        await until(lambda: all_there(page, 1), 15)
        await page.evaluate("location.hash = '#/port/look'")
        frame = page.frame_locator("iframe").first
        await expect(frame.locator("parvis-stage")).to_have_count(1)
        assert await page.locator("iframe[src^='/preview/']").count() == 3
        assert refused == []
        await page.evaluate("location.hash = '#/port/settings'")
        await page.get_by_role("button", name="Sign out", exact=True).click()
        await expect(page.locator("[name=password]")).to_be_visible()
        assert await window.cookies() == []
        await window.close()
