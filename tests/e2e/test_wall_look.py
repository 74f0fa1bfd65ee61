"""The look, by machine: three layouts, three themes, twenty sizes, eight scripts.

Every size meets every layout and script, and each theme its third of the sizes and the core ones;
with `--soak`, everything meets everything.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from parvis.core.wire import Face
from tests.e2e.browser import browsing, opened
from tests.e2e.look import CORE, SCRIPTS, SHARED, THEMES, cards_in, faults_at, sizes_for
from tests.e2e.poll import poll_with
from tests.e2e.stub_wall import StubWall, face_of, listening, served

pytestmark = pytest.mark.asyncio(loop_scope="module")

LAYOUTS = ("masonry", "spotlight", "ticker")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


@pytest.mark.timeout(400)
@pytest.mark.parametrize("lang", SCRIPTS)
@pytest.mark.parametrize("layout", LAYOUTS)
async def test_every_word_can_be_read_whole(browser: Browser, layout: str, lang: str) -> None:
    found: list[str] = []
    for at, (theme, scheme) in enumerate(THEMES):
        stub = StubWall(
            face_of(layout=layout, theme=theme, scheme=scheme, lang=lang), cards_in(lang)
        )
        stub.join = "https://wall.example.org/p/hall"
        with served(stub):
            async with opened(
                browser, f"{stub.url}/w/hall", fake_time=True, device_scale_factor=0.25
            ) as seen:
                await listening(stub)
                for width, height in sizes_for(at):
                    faults = await faults_at(seen.page, width, height)
                    found += [f"{theme} {width}x{height}: {fault}" for fault in faults]
    assert found == []


@pytest.mark.parametrize(
    ("layout", "lang"),
    [("masonry", "fr"), ("masonry", "ar"), ("masonry", "ja"), ("ticker", "fr")],
)
async def test_beside_a_poll_every_word_can_be_read_whole(
    browser: Browser, layout: str, lang: str
) -> None:
    short, answer, question = SCRIPTS[lang]
    poll = poll_with(62, 28, 9, 1, text=answer, question=f"{short} {question}")
    found: list[str] = []
    face = {"layout": layout, "lang": lang}
    stub = StubWall(face_of(**face), cards_in(lang), [poll])
    stub.join = "https://wall.example.org/p/hall"
    with served(stub):
        still = {"reduced_motion": "reduce", "device_scale_factor": 0.25}
        async with opened(browser, f"{stub.url}/w/hall", fake_time=True, **still) as seen:
            await listening(stub)
            for at, (theme, scheme) in enumerate(THEMES):
                stub.send(Face(face_of(theme=theme, scheme=scheme, **face)))
                await expect(seen.page.locator(f"html[data-theme={theme}]")).to_have_count(1)
                for width, height in (*SHARED, CORE[at]):
                    faults = await faults_at(seen.page, width, height)
                    found += [f"{theme} {width}x{height}: {fault}" for fault in faults]
                await expect(seen.page.locator("parvis-poll-wall")).to_be_visible()
    assert found == []


@pytest.mark.parametrize("lang", ["fr", "ar", "ja"])
async def test_what_the_wall_says_itself_can_be_read(browser: Browser, lang: str) -> None:
    found: list[str] = []
    for at, (theme, scheme) in enumerate(THEMES):
        face = {"theme": theme, "scheme": scheme, "lang": lang, "title": "Fête des Quais"}
        with served(StubWall(face_of(**face))) as stub:
            stub.join = "https://wall.example.org/p/hall"
            async with opened(browser, f"{stub.url}/w/hall", device_scale_factor=0.25) as seen:
                await listening(stub)
                for panic in (False, True):
                    stub.send(Face(face_of(**face, panic=panic)))
                    await expect(seen.page.locator(".cover")).to_be_visible(visible=panic)
                    for width, height in sizes_for(at):
                        faults = await faults_at(seen.page, width, height)
                        found += [f"{theme} {panic} {width}x{height}: {f}" for f in faults]
    assert found == []
