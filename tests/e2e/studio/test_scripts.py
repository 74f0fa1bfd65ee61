"""Words of every script are drawn in the studio too, on a machine that has no typeface for them."""

# ruff: noqa: RUF001 - people write with these signs

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.browser import browsing
from tests.e2e.studio.fake_desk import FakeDesk
from tests.e2e.studio.seat import seated
from tests.e2e.test_wall_keeps import EMPTY_FONTS, GLYPHS
from tests.needs import FONT

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXTS = {
    "ja": ("満席通訳です", "席子"),
    "zh": ("音乐", "小明"),
    "ko": ("고마워요", "수지"),
    "hi": ("धन्यवाद", "मीरा"),
    "th": ("ขอบคุณ", "มาลี"),
    "he": ("תודה", "נועה"),
    "ar": ("قنحر موسيقى", "نور"),
}
PAIRS = [
    *zip("満通قن", "席訳حر", strict=True),
    *(("音", "乐"), ("고", "마"), ("ध", "न"), ("ข", "บ"), ("ת", "ו"), ("수", "지"), ("मी", "रा")),
]


def crowd(desk: FakeDesk) -> None:
    """One post a language, with an author who is called so."""
    sample = desk.items[3]
    desk.items = []
    for at, (lang, (text, name)) in enumerate(TEXTS.items()):
        post: dict[str, Any] = {**sample["post"], "key": f"mastodon:example:{at}", "media": []}
        post |= {"text": text, "lang": lang, "entities": []}
        post["author"] = {"key": f"a{at}", "handle": f"a{at}", "name": name}
        placement = {"state": "pending", "order": at, "rev": 1}
        desk.items.append({**sample, "post": post, "placement": placement, "verdicts": []})


async def test_every_script_is_drawn_without_fonts_of_the_machine(tmp_path: Path) -> None:
    settings, folder = tmp_path / "fonts.conf", tmp_path / "fonts"
    folder.mkdir()
    shutil.copy(FONT, folder)  # Latin alone: without any font at all Chromium does not start
    settings.write_text(EMPTY_FONTS.format(folder=folder))
    desk = FakeDesk()
    crowd(desk)
    async with (
        browsing(env={"FONTCONFIG_FILE": str(settings)}) as bare,
        seated(bare, desk) as page,
    ):
        await expect(page.locator(".pick")).to_have_count(len(TEXTS))
        for sheet in ("jp", "sc", "kr", "devanagari", "thai", "hebrew"):
            await expect(page.locator(f"link[href='/static/fonts/{sheet}.css']")).to_have_count(1)
        await page.wait_for_load_state("load")
        assert await page.evaluate(GLYPHS.replace("--display", "--font-ui"), PAIRS) == []


async def test_latin_words_ask_for_nothing_more(browser: Any) -> None:
    desk = FakeDesk()
    for one in desk.items:
        one["post"] = {**one["post"], "text": "Bonsoir à tous", "lang": "fr"}
        one["post"]["author"] = {"key": "a", "handle": "zoe", "name": "Zoé"}
    async with seated(browser, desk) as page:
        await page.locator(".pick").first.wait_for()
        assert await page.locator("link[href^='/static/fonts/']").count() == 0


async def test_emoji_are_pictures_of_our_own_in_every_place(browser: Any) -> None:
    desk = FakeDesk()
    for one in desk.items:
        one["post"] = {**one["post"], "text": "Bravo 👏🏽 !", "lang": "fr", "entities": []}
        one["post"]["author"] = {"key": "a", "handle": "zoe", "name": "Zoé 🌙"}
    async with seated(browser, desk) as page:
        await page.locator(".pick .emoji[alt='👏🏽']").first.wait_for()
        for page_name in ("queue", "posts", "tonight"):
            await page.goto(f"{desk.url}/studio#/hall/{page_name}")
            for emoji in ("👏🏽", "🌙"):
                drawn = page.locator(f"main .emoji[alt='{emoji}']").first
                await drawn.wait_for()
                whole = "image => image.decode().then(() => image.naturalWidth > 0)"
                assert await drawn.evaluate(whole), (page_name, emoji)
        assert "👏" not in await page.locator("main").inner_text()
