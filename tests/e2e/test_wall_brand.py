"""The brand on the wall: in each theme a code that phones can read, its logo where it goes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.e2e.browser import browsing, opened
from tests.e2e.look import cards_in, faults_at
from tests.e2e.stub_wall import StubWall, face_of, listening, served

pytestmark = pytest.mark.asyncio(loop_scope="module")

JOIN = "https://wall.example.org/p/hall"
LEAST_QR = 0.13 * 1080
LOGO = "/static/emoji/1f30a.svg"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


@pytest.mark.parametrize("title", ["Confluence 26", "Fête des Quais et des Rivières"])
@pytest.mark.parametrize("theme", ["conference", "fashion", "festival"])
async def test_each_theme_has_a_code_that_phones_read(
    browser: Browser, theme: str, title: str
) -> None:
    with served(StubWall(face_of(theme=theme, title=title), cards_in("fr"))) as wall:
        wall.join = JOIN
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            code = seen.page.locator(".brand .qr")
            await expect(code).to_be_visible()
            box = await code.bounding_box()
            assert box is not None
            assert box["width"] >= LEAST_QR and box["height"] >= LEAST_QR
            await expect(seen.page.locator(".brand .join")).to_have_text("wall.example.org/p/hall")
            assert await faults_at(seen.page, 1920, 1080) == []


@pytest.mark.parametrize(
    ("layout", "place"),
    [("masonry", ".brand .logo"), ("spotlight", ".corner .logo"), ("ticker", ".block .logo")],
)
async def test_the_logo_stands_for_the_name(browser: Browser, layout: str, place: str) -> None:
    face = face_of(layout=layout, brand={"logo": LOGO})
    with served(StubWall(face, cards_in("fr"))) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            logo = seen.page.locator(place).first
            await expect(logo).to_be_visible()
            await expect(logo).to_have_attribute("alt", "Confluence 26")
            assert await logo.evaluate("(one) => one.naturalWidth") > 0
            box = await logo.bounding_box()
            assert box is not None and 40 < box["height"] < 400 and box["width"] > 40
            assert await faults_at(seen.page, 1920, 1080) == []


async def test_a_logo_that_cannot_be_had_leaves_the_name(browser: Browser) -> None:
    face = face_of(brand={"logo": "/media/none.png"})
    with served(StubWall(face, cards_in("fr"))) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            await expect(seen.page.locator(".brand")).to_contain_text("Confluence 26")
            await expect(seen.page.locator(".brand img.logo")).to_have_count(0)
