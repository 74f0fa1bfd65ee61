"""A burst, and what it costs; who may not see; what the operator is told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from parvis.core.wire import Face, Show
from parvis.run import frontend_build
from tests.e2e.browser import browsing, opened
from tests.e2e.look import cards_in
from tests.e2e.stub_wall import StubWall, card_of, face_of, listening, served
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT = Path(__file__).parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
MOST_NODES = 600
LAYOUTS = ("masonry", "spotlight", "ticker")


def axe() -> str:
    """The checker's script, installed with the tools that only tests need."""
    if not AXE.is_file():
        frontend_build.install(ROOT, with_types=True)
    return AXE.read_text(encoding="utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_a_burst_waits_its_turn_and_the_page_stays_small(
    browser: Browser, layout: str
) -> None:
    with served(StubWall(face_of(layout=layout, capacity=500), cards_in("fr"))) as wall:
        async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
            page = seen.page
            await listening(wall)
            wall.send(*[Show(card_of(f"a{at}", at, f"Words {at}.")) for at in range(100, 1100)])
            waiting = "document.querySelector('parvis-stage').waiting()"

            async def heard() -> bool:
                heads = "document.querySelector('parvis-stage').snapshot.seq"
                return bool(await page.evaluate(heads) == wall.snapshot.seq == 1010)

            await until(heard, 20)
            told = await page.evaluate(waiting)
            assert told["posts"] > 400
            assert told["seconds"] > told["posts"] / 4
            for _ in range(20):
                await page.clock.run_for(2000)
                assert await page.locator("parvis-stage *").count() < MOST_NODES
            assert (await page.evaluate(waiting))["posts"] < told["posts"]


async def test_only_transform_and_opacity_are_animated(browser: Browser) -> None:
    with served(StubWall(face_of(), cards_in("fr"))) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            moved = (
                "Array.from(new Set(document.getAnimations().flatMap((one) =>"
                " one.effect.getKeyframes().flatMap((frame) => Object.keys(frame))))).sort()"
            )
            wall.send(Show(card_of("a", 90, "The words rise line by line, and the label is last.")))
            slab = seen.page.locator('[data-post-id="mastodon:example.org:90"]')
            await expect(slab.locator(".lift").first).to_be_attached()
            names = set(await seen.page.evaluate(moved)) - {
                *("offset", "computedOffset", "easing", "composite")
            }
            assert names <= {"transform", "opacity"} and names
            await expect(slab.locator(".lift")).to_have_count(0)
            await expect(slab.locator(".text")).to_have_text(
                "The words rise line by line, and the label is last."
            )


async def test_the_label_comes_last_and_what_is_covered_does_not_move(browser: Browser) -> None:
    with served(StubWall(face_of(), cards_in("fr")[:7])) as wall:
        async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
            page = seen.page
            await listening(wall)
            await page.clock.pause_at(await page.evaluate("Date.now() / 1000 + 20"))
            wall.send(Show(card_of("a", 90, "New words here.")))
            slab = page.locator('[data-post-id="mastodon:example.org:90"]')

            async def came() -> bool:
                await page.clock.run_for(5)
                return await slab.count() == 1

            await until(came)
            delays = await slab.evaluate(
                "(slab) => Object.fromEntries(slab.getAnimations({ subtree: true }).map((one) =>"
                " [one.effect.target.className, one.effect.getComputedTiming().endTime]))"
            )
            assert delays["paste"] == 640
            assert delays["label"] == max(delays.values())
            cell = await slab.evaluate(
                "(slab) => slab.parentElement.querySelectorAll('.slab').length"
            )
            assert cell == 2, "the old one stands below until it is covered"


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_axe_finds_nothing(browser: Browser, layout: str) -> None:
    with served(StubWall(face_of(layout=layout), cards_in("fr"))) as wall:
        wall.join = "https://wall.example.org/p/hall"
        async with opened(browser, f"{wall.url}/w/hall", bypass_csp=True) as seen:
            await listening(wall)
            await expect(seen.page.locator(".arrives")).to_have_count(0)
            for panic in (False, True):
                wall.send(Face(face_of(layout=layout, panic=panic)))
                await expect(seen.page.locator(".cover")).to_be_visible(visible=panic)
                await seen.page.evaluate(axe())
                told = await seen.page.evaluate(
                    "axe.run().then(({ violations }) => violations.map((one) =>"
                    " one.id + ' ' + one.nodes.map((node) => node.target).join(' ')))"
                )
                assert told == []


async def test_calm_is_one_short_fade(browser: Browser) -> None:
    with served(StubWall(face_of(brand={"calm": True}), cards_in("fr"))) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            wall.send(Show(card_of("a", 90, "Calm words.")))
            slab = seen.page.locator('[data-post-id="mastodon:example.org:90"]')
            await expect(slab).to_have_count(1)
            assert await slab.locator(".lift").count() == 0
            await expect(slab).not_to_have_class(re.compile("arrives|waits"))


async def test_another_brand_is_worn_without_a_reload(browser: Browser) -> None:
    with served(StubWall(face_of(), cards_in("fr"))) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            await seen.page.evaluate("window.same = true")
            brand = {"fields": ("#ff0044",), "radius": 4.0, "face": "bricolage"}
            wall.send(Face(face_of(brand=brand)))
            root = seen.page.locator("html")
            await expect(root).to_have_attribute("data-face", "bricolage")
            token = "getComputedStyle(document.documentElement).getPropertyValue('--f1').trim()"
            assert await seen.page.evaluate(token) == "#ff0044"
            assert await seen.page.evaluate("window.same")
