"""The queue on a phone: one card, a swipe or a button."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.studio.fake_desk import FakeDesk
from tests.e2e.studio.seat import faults, seated
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"width": 390, "height": 844}
HELD = "mastodon:example:100"


async def swipe(page: Page, by: int) -> None:
    box = await page.locator(".swiped .says").bounding_box()
    assert box
    x, y = 195, box["y"] + 10
    await page.mouse.move(x, y)
    await page.mouse.down()
    for step in range(1, 6):
        await page.mouse.move(x + by * step / 5, y)


async def test_a_swipe_says_yes_and_undo_takes_it_back(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, viewport=PHONE) as page:
        await expect(page.locator(".swiped")).to_contain_text("bouffons")
        await swipe(page, 140)
        await expect(page.get_by_text("Let go to approve")).to_be_visible()
        await page.mouse.up()
        await until(lambda: desk.state(HELD) == "approved")
        await page.locator(".thumbs").get_by_role("button", name="Undo").click()
        await until(lambda: desk.state(HELD) == "pending")
        await expect(page.locator(".swiped")).to_contain_text("bouffons")


async def test_a_small_or_a_broken_swipe_does_nothing(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, viewport=PHONE) as page:
        await swipe(page, -60)
        await page.mouse.up()
        await expect(page.get_by_text("Swipe, or use the buttons")).to_be_visible()
        await expect(page.locator(".swiped")).to_contain_text("bouffons")
        assert desk.of("/decide") == []


async def test_every_swipe_has_a_button_and_the_reason_is_near(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, viewport=PHONE) as page:
        await page.get_by_role("button", name="Why").click()
        await expect(page.get_by_role("complementary")).to_contain_text("on the insult list")
        await page.get_by_role("button", name="No", exact=True).click()
        await until(lambda: desk.state(HELD) == "rejected")
        await expect(page.locator(".swiped")).to_contain_text("Léa")


async def test_what_is_on_the_wall_is_taken_off_or_pinned(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/queue/approved", viewport=PHONE) as page:
        await page.get_by_role("button", name="Pin", exact=True).click()
        await until(lambda: desk.of("/pin"))
        await page.get_by_role("button", name="Take off").click()
        await until(lambda: desk.of("/decide"))
        assert desk.of("/decide")[0]["state"] == "hidden"


async def test_targets_are_large_and_nothing_scrolls_sideways(browser: Browser) -> None:
    async with seated(browser, FakeDesk(), viewport=PHONE) as page:
        await page.locator(".swiped").wait_for()
        small = await page.evaluate(
            "[...document.querySelectorAll('.thumbs .btn, .bar .btn, .bar .panic')].filter(one =>"
            " one.offsetParent && (one.offsetHeight < 44 || one.offsetWidth < 44)).length"
        )
        assert small == 0
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_words_go_up_without_their_photo_and_every_button_keeps_its_room(
    browser: Browser,
) -> None:
    desk = FakeDesk()
    desk.items = [
        one
        for one in desk.items
        if one["post"]["media"] and one["post"]["text"] and one["placement"]["state"] == "pending"
    ][:1]
    key = desk.items[0]["post"]["key"]
    small = {"width": 360, "height": 640}
    async with seated(browser, desk, lang="fr", viewport=small) as page:
        await page.locator(".swiped").wait_for()
        cut = "all => all.filter(one => one.scrollWidth > one.offsetWidth).length"
        assert await page.locator(".thumbs .btn").evaluate_all(cut) == 0
        await page.get_by_role("button", name="Valider sans photo").click()
        await until(lambda: desk.state(key) == "approved")
        assert desk.of("/decide")[0]["without_media"] is True


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_every_filter_is_reached_in_place(browser: Browser, lang: str, width: int) -> None:
    names = {
        "en": ["Waiting", "On the wall", "Rejected", "Set aside", "Copies"],
        "fr": ["En attente", "Sur le mur", "Refusés", "De côté", "Copies"],
    }[lang]
    size = {"width": width, "height": 844}
    async with seated(browser, FakeDesk(), lang=lang, viewport=size) as page:
        await page.locator(".swiped").wait_for()
        tools = page.locator(".tools")
        views = tools.get_by_role("combobox")
        told = await views.locator("option").all_text_contents()
        assert [one.split(" · ")[0] for one in told] == names
        assert await tools.evaluate("one => one.scrollWidth <= one.clientWidth")
        edges = "all => all.every(one => one.getBoundingClientRect().right <= innerWidth - 8)"
        assert await tools.locator(":scope > *").evaluate_all(edges)
        top = "() => document.querySelector('.tools').getBoundingClientRect().top"
        before = await page.evaluate(top)
        await views.focus()
        await views.select_option("approved")
        await page.wait_for_url("**#/hall/queue/approved")
        await expect(views).to_be_focused()  # so that the next one is one key away
        await expect(
            page.get_by_role("button", name=["Pin", "Épingler"][lang == "fr"])
        ).to_be_visible()
        assert await page.evaluate(top) == before
        await page.go_back()
        await expect(views).to_have_value("")  # the field follows the page


async def test_the_keyboard_alone_goes_through_the_filters(browser: Browser) -> None:
    async with seated(browser, FakeDesk(), viewport=PHONE) as page:
        await page.locator(".swiped").wait_for()
        views = page.locator(".tools").get_by_role("combobox", name="Filter")
        await views.focus()
        for seat in ("approved", "rejected", "hidden", "duplicate"):
            await page.keyboard.press("ArrowDown")
            await page.wait_for_url(f"**#/hall/queue/{seat}")
            await expect(views).to_have_value(seat)
            assert await faults(page) == []
