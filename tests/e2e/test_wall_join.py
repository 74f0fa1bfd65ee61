"""The way to join: on every layout, at every size, a code that phones read and its address."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from parvis.core.wire import Hide
from tests.e2e.browser import browsing, opened
from tests.e2e.look import SETTLED, SIZES, THEMES, cards_in, faults_at
from tests.e2e.stub_wall import StubWall, face_of, listening, served
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

JOIN = "https://wall.example.org/p/hall"
LAYOUTS = ("masonry", "spotlight", "ticker")
TURN_MS = 1000
MISSING = """(address) => {
  const least = 0.13 * Math.min(innerWidth, innerHeight) - 1, missing = [];
  const whole = (one) => {
    const box = one.getBoundingClientRect(), home = one.closest('.cell, .block');
    const room = home.getBoundingClientRect();
    return box.width > 0 && getComputedStyle(one).visibility !== 'hidden'
      && box.left >= Math.max(0, room.left) - 1 && box.right <= Math.min(innerWidth, room.right) + 1
      && box.top >= Math.max(0, room.top) - 1
      && box.bottom <= Math.min(innerHeight, room.bottom) + 1;
  };
  const all = (what) => Array.from(document.querySelectorAll('.layout ' + what)).filter(whole);
  const wide = all('.qr').filter((one) => one.naturalWidth > 0).map((one) => one.offsetWidth);
  if (!wide.some((width) => width >= least)) missing.push('code ' + wide);
  if (!all('.join').some((one) => one.textContent === address)) missing.push('address');
  return missing;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


async def missing_at(page: Page, width: int, height: int) -> list[str]:
    """What of the way to join does not show there, however many turns the wall takes."""
    await page.set_viewport_size({"width": width, "height": height})
    found: list[str] = []

    async def shown() -> bool:
        await page.clock.run_for(TURN_MS)
        await page.evaluate(SETTLED)
        found[:] = await page.evaluate(MISSING, JOIN.removeprefix("https://"))
        return not found

    with contextlib.suppress(TimeoutError, AssertionError):
        await until(shown, 10)
    return found


@pytest.mark.timeout(240)
@pytest.mark.parametrize("layout", LAYOUTS)
async def test_every_size_shows_how_to_join(browser: Browser, layout: str) -> None:
    found: list[str] = []
    for at, (theme, scheme) in enumerate(THEMES):
        stub = StubWall(face_of(layout=layout, theme=theme, scheme=scheme), cards_in("fr"))
        stub.join = JOIN
        with served(stub) as wall:
            async with opened(
                browser, f"{wall.url}/w/hall", fake_time=True, device_scale_factor=0.25
            ) as seen:
                await listening(wall)
                for width, height in SIZES[at::3] if at else SIZES:
                    missing = await missing_at(seen.page, width, height)
                    found += [f"{theme} {width}x{height}: {one}" for one in missing]
    assert found == []


async def test_a_tag_is_rather_set_smaller_than_broken(browser: Browser) -> None:
    face = face_of(theme="fashion", title="Maison Orme", hashtags=["maisonorme"])
    stub = StubWall(face, cards_in("fr"))
    stub.join = JOIN
    with served(stub) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            await seen.page.evaluate(SETTLED)
            tag = seen.page.locator(".plate .logoless")
            await expect(tag).to_have_text("#maisonorme")
            lines = "(one) => one.offsetHeight / parseFloat(getComputedStyle(one).fontSize)"
            assert await tag.evaluate(lines) < 1.5, "one line"
            size = "(one) => parseFloat(getComputedStyle(one).fontSize)"
            assert await tag.evaluate(size) >= 0.025 * 1080


async def test_the_ticker_turns_between_its_name_and_the_way_to_join(browser: Browser) -> None:
    stub = StubWall(face_of(layout="ticker"), cards_in("fr"))
    stub.join = JOIN
    with served(stub) as wall:
        box = {"width": 1920, "height": 128}
        async with opened(browser, f"{wall.url}/w/hall", fake_time=True, viewport=box) as seen:
            await listening(wall)
            page, front = seen.page, seen.page.locator(".block .face:not(.away)")
            for says in ("#confluence26", "wall.example.org/p/hall", "#confluence26"):

                async def turned(says: str = says) -> bool:
                    await page.clock.run_for(TURN_MS)
                    await page.evaluate(SETTLED)
                    return await front.all_text_contents() == [says]

                await until(turned, 10)
            assert await faults_at(page, 1920, 128) == []


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_where_no_phone_can_come_nothing_is_promised(browser: Browser, layout: str) -> None:
    with served(StubWall(face_of(layout=layout), cards_in("fr"))) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            await expect(
                seen.page.locator("parvis-stage .layout [data-post-id]").first
            ).to_be_visible()
            await expect(seen.page.locator(".layout .join, .layout .qr")).to_have_count(0)


async def test_a_spotlight_leaves_the_bar_alone_when_its_post_is_withdrawn(
    browser: Browser,
) -> None:
    stub = StubWall(face_of(layout="spotlight"), cards_in("fr"))
    stub.join = JOIN
    with served(stub) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            slab = seen.page.locator(".layout [data-post-id]").first
            post = await slab.get_attribute("data-post-id")
            assert post
            lies = "(slab, bar) => slab.getBoundingClientRect().bottom > bar.top + 1"
            bar = await seen.page.locator(".brand").bounding_box()
            assert bar is not None
            assert not await slab.evaluate(lies, {"top": bar["y"]})
            wall.send(Hide(post))
            await expect(seen.page.locator(f'.layout [data-post-id="{post}"]')).to_have_count(0)
            await expect(seen.page.locator(".brand .qr")).to_be_visible()
