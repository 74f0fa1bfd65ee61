"""What the team puts forward: pinned posts stay, one post is given the light."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from parvis.core.wire import Card, Face, Hide, Picked, Picks, Show
from tests.e2e.browser import browsing, opened
from tests.e2e.stub_wall import StubWall, card_of, face_of, listening, served
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOUR_MS = 3_600_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


def post(order: int) -> Card:
    return card_of(f"author{order}", order, f"Words of post {order}.")


@pytest.fixture
def wall() -> Iterator[StubWall]:
    with served(StubWall(face_of(), [post(at) for at in range(10, 19)])) as stub:
        yield stub


def feature(card: Card, ms: int = HOUR_MS) -> Picked:
    return Picked(Picks(featured=card, until_ms=time.time_ns() // 1_000_000 + ms))


async def stands(page: Page, selector: str) -> list[str]:
    found: list[str] = await page.eval_on_selector_all(
        selector, "all => all.map((one) => one.dataset.postId)"
    )
    return found


async def test_the_light_has_the_whole_screen_and_goes_out(
    browser: Browser, wall: StubWall
) -> None:
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        wall.send(feature(post(12)))
        light = seen.page.locator(".light")
        await expect(light.locator(f'[data-post-id="{post(12).post}"]')).to_be_visible()
        box = await light.bounding_box()
        assert box == {"x": 0, "y": 0, "width": 1920, "height": 1080}
        assert len(await stands(seen.page, ".layout:not(.light) .slab")) > 3, "the wall plays on"
        wall.send(Show(card_of("author12", 12, "Other words now.")))
        await expect(light).to_contain_text("Other words now.")
        wall.send(Picked(Picks()))
        await expect(light).to_have_count(0)


async def test_the_light_goes_out_by_the_servers_clock(browser: Browser, wall: StubWall) -> None:
    wall.ahead_ms = -3 * HOUR_MS  # the screen's clock is three hours ahead
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        wall.send(feature(post(12), ms=-3 * HOUR_MS + 600_000))
        await expect(seen.page.locator(".light")).to_have_count(1)
        wall.send(feature(post(13), ms=-3 * HOUR_MS + 1_500))
        await expect(seen.page.locator(".light")).to_contain_text("Words of post 13.")
        await expect(seen.page.locator(".light")).to_have_count(0)


async def test_a_post_in_the_light_that_is_withdrawn_leaves_in_that_frame(
    browser: Browser, wall: StubWall
) -> None:
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        wall.send(feature(post(12)))
        await expect(seen.page.locator(".light .slab")).to_have_count(1)
        await seen.page.evaluate(
            """(key) => new MutationObserver(() => requestAnimationFrame(() => {
              window.left ??= document.querySelectorAll(`[data-post-id="${key}"]`).length;
            })).observe(document.querySelector("parvis-stage"), { childList: true })""",
            post(12).post,
        )
        wall.send(Hide(post(12).post))
        await until(lambda: seen.page.evaluate("window.left !== undefined"))
        assert await seen.page.evaluate("window.left") == 0
        await expect(seen.page.locator(".light")).to_have_count(0)


async def test_a_screen_that_comes_later_finds_the_light_and_panic_covers_it(
    browser: Browser, wall: StubWall
) -> None:
    wall.send(feature(post(12)))
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        await expect(seen.page.locator(".light")).to_be_visible()
        wall.send(Face(face_of(panic=True)))
        await expect(seen.page.locator(".cover")).to_be_visible()
        await expect(seen.page.locator(".light")).to_be_hidden()


async def test_a_pinned_post_takes_the_next_turn_and_stays(
    browser: Browser, wall: StubWall
) -> None:
    old = post(1)  # beyond what the wall has room for
    async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
        await listening(wall)
        wall.send(Picked(Picks(pinned=(old,))))
        pinned = seen.page.locator(f'[data-post-id="{old.post}"]')

        async def there() -> bool:
            await seen.page.clock.run_for(1_000)
            return await pinned.count() == 1

        await until(there)
        wall.send(*[Show(post(at)) for at in range(20, 60)])
        for _ in range(60):
            await seen.page.clock.run_for(2_000)
            assert await pinned.count() == 1
        assert len(set(await stands(seen.page, ".slab")) & {post(at).post for at in range(20, 60)})
        wall.send(Hide(old.post))
        await expect(pinned).to_have_count(0)
