"""The studio as somebody meets it who has never seen it: what it says is so, and what it does is
what was meant.
"""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.studio.fake_desk import FakeDesk
from tests.e2e.studio.seat import seated

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("lang", "mode", "says"),
    [
        ("en", "approve_first", "Nothing appears on screens before a person approves it"),
        ("en", "show_first", "they are on the screens before anybody has read them"),
        ("fr", "show_first", "à l’écran avant que quelqu’un les ait lus"),
        ("en", "trusted_only", "all others are refused"),
    ],
)
async def test_adding_a_source_says_what_this_wall_does_with_its_posts(
    browser: Browser, lang: str, mode: str, says: str
) -> None:
    desk = FakeDesk()
    desk.policy["mode"] = mode
    async with seated(browser, desk, "#/hall/sources/+mastodon", lang=lang) as page:
        await expect(page.locator(".foot")).to_contain_text(says)


async def test_no_approval_is_promised_before_somebody_chose_it(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/new-wall") as page:
        await page.get_by_label("Title").fill("Fête")
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_role("heading", name="Where do posts come from?")).to_be_visible()
        await expect(page.locator("form")).not_to_contain_text("approve")
