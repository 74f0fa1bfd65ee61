"""What a wall does by itself over hours: scenes, drift, dimming, calm, renewal; what it reports."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, Page, expect

from parvis.core.post import Media
from parvis.core.wire import Show
from tests.e2e.browser import browsing, opened
from tests.e2e.look import PICTURE, cards_in
from tests.e2e.stub_wall import StubWall, card_of, face_of, listening, served
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINUTE = 60_000
SAME = "window.same === true"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


async def mark(page: Page) -> None:
    """So that it is known again; no clock that jumps takes it for a page whose frames stopped."""
    await page.evaluate(
        "window.same = true; Object.defineProperty(document, 'hidden', { value: true })"
    )


async def test_every_ten_minutes_what_never_moves_changes_its_place(browser: Browser) -> None:
    with served(StubWall(face_of(), cards_in("fr")[:7])) as wall:
        wall.join = "https://wall.example.org/p/hall"
        async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
            page = seen.page
            await listening(wall)
            await mark(page)
            places = [await page.locator(".brand").bounding_box()]
            for _ in range(3):
                await page.clock.fast_forward(10 * MINUTE)
                await expect(page.locator(".scene")).to_have_count(1)
                cover = await page.locator(".scene").evaluate(
                    "(one) => one.getAnimations()[0].effect.getComputedTiming().endTime"
                )
                assert cover == 900
                await page.clock.run_for(950)
                await expect(page.locator(".scene")).to_have_count(0)
                lids = await page.locator(".lid").count()
                assert lids >= 7, "the slabs open one after another"
                await page.clock.run_for(80 * 8 + 700)
                await expect(page.locator(".lid")).to_have_count(0)
                places.append(await page.locator(".brand").bounding_box())
            assert len({str(place) for place in places}) >= 3, places
            assert await page.locator("[data-post-id]").count() == 7, "nothing is lost"


async def test_a_light_wall_is_dimmed_every_other_half_hour(browser: Browser) -> None:
    for scheme, dims in (("light", True), ("dark", False)):
        with served(StubWall(face_of(scheme=scheme), cards_in("fr"))) as wall:
            async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
                await listening(wall)
                await mark(seen.page)
                shade = "getComputedStyle(document.querySelector('.veil')).opacity"
                stage = seen.page.locator("parvis-stage")
                for half_hour in (0, 1, 2):
                    dark = dims and half_hour % 2 == 1
                    assert float(await seen.page.evaluate(shade)) == (0.12 if dark else 0)
                    assert await stage.evaluate("(one) => one.classList.contains('dimmed')") is dark
                    await seen.page.clock.fast_forward(30 * MINUTE)


async def test_a_picture_without_words_drifts_and_nothing_else(browser: Browser) -> None:
    picture = (Media("image", PICTURE, w=36, h=36, alt="A wave"),)
    for text, calm, named in (("", False, "drift"), ("Words.", False, "none"), ("", True, "none")):
        face = face_of(layout="spotlight", brand={"calm": calm})
        with served(StubWall(face, [card_of("a", 1, text, media=picture)])) as wall:
            async with opened(browser, f"{wall.url}/w/hall") as seen:
                await listening(wall)
                await expect(seen.page.locator(".arrives, .waits")).to_have_count(0)
                image = seen.page.locator(".slab .frame img")
                assert await image.evaluate("(one) => getComputedStyle(one).animationName") == named


async def test_a_screen_too_slow_for_moves_turns_calm(browser: Browser) -> None:
    with served(StubWall(face_of(), cards_in("fr"))) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            root = seen.page.locator("html")
            await seen.page.evaluate(
                "() => { window.requestAnimationFrame = (step) =>"
                " setTimeout(() => step(performance.now()), 120); }"
            )
            await expect(root).to_have_attribute("data-calm", "no")
            for at in range(90, 102):
                wall.send(Show(card_of(f"a{at}", at, "New words.")))
            await expect(root).to_have_attribute("data-calm", "yes", timeout=40_000)
            await expect(root).to_have_attribute("data-slow", "yes")


async def test_a_screen_that_keeps_up_goes_on_moving(browser: Browser) -> None:
    with served(StubWall(face_of(), cards_in("fr")[:2])) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            await seen.page.evaluate(
                "window.turns = 0;"
                "document.addEventListener('parvis-turn', () => { window.turns++; })"
            )
            for at in range(90, 95):
                wall.send(Show(card_of(f"a{at}", at, "New words.")))
            await until(lambda: seen.page.evaluate("window.turns >= 4"), 30)
            await expect(seen.page.locator("html")).to_have_attribute("data-calm", "no")


async def test_the_wait_of_the_queue_is_known_and_reported(browser: Browser) -> None:
    with served(StubWall(face_of(capacity=200), cards_in("fr")[:7])) as wall:
        async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
            await listening(wall)
            await until(lambda: len(wall.reports) >= 1)
            first = wall.reports[0]
            assert first["waiting"] == {"posts": 0, "seconds": 0}
            assert first["box"] == [1920, 1080]
            wall.send(*[Show(card_of(f"a{at}", at, f"Words {at}.")) for at in range(100, 160)])
            stage = seen.page.locator("parvis-stage")

            async def told() -> bool:
                await seen.page.clock.run_for(1000)
                return int(await stage.get_attribute("data-waiting-posts") or 0) > 50

            await until(told, 20)
            count = len(wall.reports)
            await seen.page.clock.fast_forward(15_000)
            await until(lambda: len(wall.reports) > count)
            waiting = wall.reports[-1]["waiting"]
            assert waiting["posts"] > 50
            assert waiting["seconds"] > waiting["posts"] / 2
            assert wall.reports[-1]["seq"] == 70


async def renewed(wall: StubWall, page: Page) -> bool:
    """Whether the page is loaded anew within a minute of its time."""
    with contextlib.suppress(Error):  # it is just going
        for _ in range(12):
            if not await page.evaluate(SAME):
                return True
            await page.clock.run_for(5000)
            wall.raw(b": \n\n")
        return not await page.evaluate(SAME)
    return True


async def test_after_an_upgrade_it_is_renewed_when_the_server_gives_the_page(
    browser: Browser,
) -> None:
    with served(StubWall(face_of(), cards_in("fr"))) as wall:
        async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
            await listening(wall)
            await mark(seen.page)
            await until(lambda: len(wall.reports) >= 1)
            wall.away = True  # a captive portal answers, or nothing does
            event = "new CustomEvent('parvis-upgrade', { detail: 'newer' })"
            upgrade = f"document.querySelector('parvis-stage').dispatchEvent({event})"
            await seen.page.evaluate(upgrade)
            assert not await renewed(wall, seen.page)
            wall.away = False
            await seen.page.evaluate(upgrade)
            assert await renewed(wall, seen.page)
            await listening(wall, 2)
            for times in (2, 3):
                await mark(seen.page)
                await seen.page.evaluate(upgrade)
                assert await renewed(wall, seen.page)
                await listening(wall, times + 1)
            await mark(seen.page)
            await seen.page.evaluate(upgrade)
            assert not await renewed(wall, seen.page), "a version that never comes is not run after"


async def test_the_version_of_the_server_is_heard(browser: Browser) -> None:
    with served(StubWall(face_of(), cards_in("fr"))) as wall:
        wall.version = "newer"
        async with opened(browser, "") as seen:
            await seen.page.add_init_script(
                "document.addEventListener('parvis-upgrade',"
                " (event) => { window.told = event.detail; }, true)"
            )
            await seen.page.goto(f"{wall.url}/w/hall")
            await listening(wall)
            await until(lambda: seen.page.evaluate("window.told === 'newer'"), 10)


async def test_a_page_that_has_run_all_day_is_renewed_at_night_only(browser: Browser) -> None:
    with served(StubWall(face_of(), cards_in("fr"))) as wall:
        async with opened(browser, "") as seen:
            await seen.page.clock.install(time=datetime(2026, 11, 24, 13, 0))
            await seen.page.goto(f"{wall.url}/w/hall")
            await listening(wall)
            await mark(seen.page)
            await seen.page.clock.fast_forward(14 * 60 * MINUTE)  # three o'clock
            assert not await renewed(wall, seen.page)
            await seen.page.clock.fast_forward(60 * MINUTE)

            assert await renewed(wall, seen.page)
