"""Every page for everybody: axe, the keyboard alone, twice the size, forced colours, both ways."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.studio.fake_desk import FakeDesk
from tests.e2e.studio.seat import PAGES, faults, ready, seated
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


async def all_pages(browser: Browser, desk: FakeDesk, names: tuple[str, ...], **how: Any) -> None:
    """Axe on one page after the other."""
    async with seated(browser, desk, f"#/hall/{names[0]}", **how) as page:
        found = []
        for name in names:
            await page.evaluate("place => { location.hash = place }", f"#/hall/{name}")
            await ready(page)
            found += [f"{name}: {one}" for one in await faults(page)]
        assert found == [], "\n".join(found)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_axe_finds_nothing_on_any_page(
    browser: Browser, theme: str, size: dict[str, int]
) -> None:
    names = (*PAGES, "queue/approved", "posts/mastodon:example:100", "screens/bar", "sources/+",
             "sources/+mastodon")  # fmt: skip
    desk = FakeDesk(dark=True, ill=True)
    await all_pages(browser, desk, names, theme=theme, viewport=size)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_on_an_empty_wall(browser: Browser, theme: str) -> None:
    desk = FakeDesk()
    desk.empty()
    await all_pages(browser, desk, PAGES, theme=theme, viewport=WIDE)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_above_the_page(browser: Browser, theme: str) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, theme=theme) as page:
        await expect(page.get_by_text("you have it")).to_be_visible()
        await page.keyboard.press("a")
        assert await faults(page) == []
        for act, gone in (("?", "Escape"), ("Control+k", "Escape")):
            await page.keyboard.press(act)
            await page.get_by_role("dialog").wait_for()
            assert await faults(page) == []
            await page.keyboard.press(gone)
        await page.locator(".pick").filter(has_text="promo").click()
        assert await faults(page) == []
        await page.get_by_role("button", name="Panic").click()
        await page.get_by_text("Safe slide on 4 of 4").wait_for()
        desk.die()
        await page.get_by_text("This desk lost the server").wait_for()
        assert await faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_at_the_door(browser: Browser, theme: str) -> None:
    for place, fresh in (("", False), ("", True), ("#first=x", True), ("#invite=x", False)):
        desk = FakeDesk()
        desk.me, desk.fresh = None, fresh
        async with seated(browser, desk, place, theme=theme) as page:
            await page.get_by_role("heading", level=1).wait_for()
            assert await faults(page) == []
    desk = FakeDesk()
    desk.walls = []
    async with seated(browser, desk, "", theme=theme) as page:
        await page.get_by_label("Title").fill("La fête")
        for _ in range(3):
            assert await faults(page) == []
            await page.locator("button.pri").click()


async def reached(page: Page) -> list[str]:
    """What Tab reaches, in order, until it is back at the start; each must be seen."""
    found: list[str] = []
    for _ in range(160):
        await page.keyboard.press("Tab")
        told = await page.evaluate(
            "(() => { const one = document.activeElement; if (!one || one === document.body) return"
            " ''; const box = one.getBoundingClientRect(); const style = getComputedStyle(one);"
            " const ring = style.outlineStyle !== 'none' || one.matches('.palette input, .option"
            " input, [type=date]'); return [one.tagName, one.getAttribute('aria-label') ||"
            " one.textContent.trim().slice(0, 30), one.name,"
            " one.getAttribute('href'), box.width > 0 && ring].join('|'); })()"
        )
        if not told or (found and told == found[0]):
            break
        found.append(told)
    return found


@pytest.mark.parametrize("name", PAGES)
async def test_every_control_is_reached_by_tab_and_seen(browser: Browser, name: str) -> None:
    async with seated(browser, FakeDesk(), f"#/hall/{name}") as page:
        await ready(page)
        found = await reached(page)
        unseen = [one for one in found if not one.endswith("|true")]
        assert unseen == []
        controls = await page.evaluate(
            "[...document.querySelectorAll('main button, main a[href], main input, main select,"
            " main textarea')].filter(one => one.checkVisibility() && !one.disabled).length"
        )
        inside = len(found) - await page.locator("nav.side :is(a, button, select)").count() - 1
        assert inside >= controls, f"{controls} controls, {inside} reached"


async def test_the_whole_evening_by_keyboard_alone(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/tonight") as page:
        await ready(page)
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
        await page.keyboard.press("Enter")
        for key in ("g", "q"):
            await page.keyboard.press(key)
        await expect(page.get_by_text("you have it")).to_be_visible()
        await page.keyboard.press("a")
        await page.keyboard.press("6")
        await until(lambda: len(desk.of("/decide")) == 2)
        await page.keyboard.press("n")
        await page.get_by_label("Words").focus()
        await page.keyboard.type("Doors are open")
        await page.keyboard.press("Control+Enter")
        await until(lambda: desk.of("/write"))


@pytest.mark.parametrize("name", PAGES)
async def test_at_twice_the_size_nothing_scrolls_sideways(browser: Browser, name: str) -> None:
    for width in (640, 390, 960):
        async with seated(
            browser, FakeDesk(), f"#/hall/{name}", viewport={"width": width, "height": 500}
        ) as page:
            await ready(page)
            over = await page.evaluate(
                "[...document.querySelectorAll('main, main *')].filter(one => one.scrollWidth >"
                " one.clientWidth + 1 && one.clientWidth > 200 && ['visible', 'auto', 'hidden']"
                ".includes(getComputedStyle(one).overflowX) && !one.matches('.el,"
                " .wall *, .scroll, .scroll *, textarea, select, input,"
                " .pane-real, .photo, .read, svg, .list *'))"
                ".map(one => one.className + ' ' + one.tagName)"
            )
            assert over == [], f"{width}: {over}"


CUT = """[...document.querySelectorAll('.nav .el, .seg > *, .btn, .lab, .chip, .source .t12, th')]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && one.clientWidth > 1
    && getComputedStyle(one).display !== 'inline' && one.scrollWidth > one.clientWidth + 1)
  .map(one => one.textContent.trim())"""
OVER = """[...document.querySelectorAll('.found .row.t12, .post > header')].flatMap(row =>
  [...row.children].map(one => one.getBoundingClientRect()).filter((box, at, all) =>
    all.some((other, place) => place > at && other.width && box.width
      && other.left < box.right - 1 && other.top < box.bottom - 1
      && box.left < other.right - 1 && box.top < other.bottom - 1))).length"""


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("width", [390, 768, 1024, 1440])
async def test_no_label_is_cut_and_nothing_lies_over_another(
    browser: Browser, lang: str, width: int
) -> None:
    desk = FakeDesk(dark=True, ill=True)
    size = {"width": width, "height": 900}
    names = (
        *PAGES,
        "queue/hidden",
        "posts/mastodon:example:100",
        "sources/mastodon",
        "screens/bar",
    )
    async with seated(browser, desk, "#/hall/tonight", lang=lang, viewport=size) as page:
        for name in names:
            await page.evaluate("place => { location.hash = place }", f"#/hall/{name}")
            await ready(page)
            assert await page.evaluate(CUT) == [], name
            assert await page.evaluate(OVER) == 0, name
            tools = page.locator(".tools .seg").first
            if await tools.count():
                assert await tools.evaluate("one => one.scrollWidth <= one.clientWidth"), name


async def test_arabic_keeps_its_direction_inside_an_english_page(browser: Browser) -> None:
    async with seated(browser, FakeDesk()) as page:
        await page.locator(".pick").filter(has_text="نور").click()
        says = page.locator(".post .says")
        await expect(says).to_have_attribute("dir", "rtl")
        await expect(says).to_have_attribute("lang", "ar")
        assert await says.evaluate("one => getComputedStyle(one).letterSpacing") in (
            "0px",
            "normal",
        )
        assert await page.evaluate("document.documentElement.dir") in ("", "ltr")
        font = "document.fonts.check('500 26px PlexAr', 'ن')"
        await until(lambda: page.evaluate(font))


async def test_with_less_motion_nothing_travels(browser: Browser) -> None:
    async with seated(browser, FakeDesk(), reduced_motion="reduce") as page:
        await page.locator(".says").wait_for()
        moving = await page.evaluate(
            "[...document.querySelectorAll('*')].filter(one => parseFloat(getComputedStyle(one)"
            ".transitionDuration) > 0 || parseFloat(getComputedStyle(one).animationDuration) > .01)"
            ".map(one => one.className)"
        )
        assert moving == []


async def test_forced_colours_keep_edges_and_marks(browser: Browser) -> None:
    async with seated(browser, FakeDesk(), forced_colors="active") as page:
        await page.locator(".says mark").wait_for()
        outline = "one => getComputedStyle(one).outlineStyle"
        assert await page.locator(".says mark").evaluate(outline) == "solid"
        chosen = page.locator('.pick[aria-selected="true"]')
        assert await chosen.evaluate(outline) == "solid"
        assert await page.locator(".risk").first.evaluate(
            "one => getComputedStyle(one).backgroundColor"
        ) not in ("rgba(0, 0, 0, 0)", "rgb(0, 0, 0)")
