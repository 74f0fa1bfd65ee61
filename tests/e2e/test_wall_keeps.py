"""The wall is never black: without a server, over http and https, under a name of its own."""

# ruff: noqa: RUF001 - people write with these signs
from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, Page, expect

from parvis.core.post import Media
from parvis.core.wire import Hide, Show
from tests.e2e.browser import browsing, opened
from tests.e2e.stub_wall import StubWall, card_of, face_of, listening, served
from tests.needs import FONT
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CERTIFICATE = Path(__file__).parents[1] / "contract" / "web" / "fixtures" / "localhost.pem"
HOST = "wall.venue.test"
KEPT = """async () => {
  const store = await caches.open('parvis-wall-1');
  return (await store.keys()).map((one) => one.url.replace(location.origin, ''));
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    mapped = f"--host-resolver-rules=MAP {HOST} 127.0.0.1"
    async with browsing(mapped, "--ignore-certificate-errors") as one:
        yield one


def cards(number: int) -> list[object]:
    picture = Media("image", "/static/emoji/1f30a.svg?post=p", w=36, h=36)
    return [card_of(f"a{at}", at, f"Words {at}.", media=(picture,)) for at in range(1, number + 1)]


async def kept(page: Page, address: str) -> bool:
    return any(one.startswith(address) for one in await page.evaluate(KEPT))


async def test_over_https_it_comes_back_after_a_reload_without_a_server(browser: Browser) -> None:
    wall = StubWall(face_of(), cards(4))  # type: ignore[arg-type]
    with served(wall, certificate=CERTIFICATE):
        url = f"https://{HOST}:{wall.port}/w/hall"
        window = await browser.new_context(ignore_https_errors=True)
        page = await window.new_page()
        await page.goto(url)
        await listening(wall)
        await until(lambda: kept(page, "/w/hall"), 20)
        await until(lambda: kept(page, "/static/fonts/archivo-latin"), 20)
        await until(lambda: kept(page, "/static/wall/player.js"), 20)
    await page.reload()
    await expect(page.locator("parvis-layout-masonry .slab")).to_have_count(4)
    await expect(page.locator("parvis-stage")).to_have_attribute("data-link", "cut")
    assert await page.evaluate("document.fonts.check('700 20px \"Archivo Variable\"')")
    await window.close()


async def all_kept(page: Page) -> bool:
    """Whether the wall comes back without its server."""
    wanted = ("/w/hall", "/static/wall/player.js", "/static/layouts/masonry.js")
    return all([await kept(page, address) for address in wanted])


async def test_over_https_it_goes_on_where_it_was_when_the_server_returns(
    browser: Browser,
) -> None:
    wall = StubWall(face_of(), cards(4))  # type: ignore[arg-type]
    with served(wall, certificate=CERTIFICATE):
        port = wall.port
        window = await browser.new_context(ignore_https_errors=True)
        page = await window.new_page()
        await page.goto(f"https://{HOST}:{port}/w/hall")
        await listening(wall)
        assert await page.evaluate("isSecureContext")
        await until(lambda: all_kept(page), 20)
    await page.reload()  # the power went too: page, player and cards come from what was kept
    await expect(page.locator("parvis-layout-masonry .slab")).to_have_count(4)
    await expect(page.locator("parvis-stage")).to_have_attribute("data-link", "cut")
    await page.evaluate("window.same = true")
    back = StubWall(face_of(), cards(4))  # type: ignore[arg-type]
    with served(back, port=port, certificate=CERTIFICATE):
        await until(lambda: back.listening == 1, 40)
        back.send(Show(card_of("new", 50, "Back again.")))
        await expect(page.locator('[data-post-id="mastodon:example.org:50"]')).to_have_count(1)
        assert await page.evaluate("window.same"), "it went on without another reload"
    await window.close()


async def test_what_was_hidden_is_forgotten_with_the_page_that_held_it(browser: Browser) -> None:
    wall = StubWall(face_of(), cards(3))  # type: ignore[arg-type]
    with served(wall, certificate=CERTIFICATE):
        window = await browser.new_context(ignore_https_errors=True)
        page = await window.new_page()
        await page.goto(f"https://{HOST}:{wall.port}/w/hall")
        await listening(wall)
        await until(lambda: all_kept(page), 20)
        wall.send(Hide("mastodon:example.org:2"))
        held = "caches.match(location.href).then((page) => page ? page.text() : '')"

        async def forgotten() -> bool:
            text = await page.evaluate(held)
            return text != "" and "Words 2." not in text and "Words 3." in text

        await until(forgotten, 20)
    await page.reload()
    await expect(page.locator("parvis-layout-masonry .slab")).to_have_count(2)
    assert "Words 2." not in await page.content()
    await window.close()


async def test_what_was_hidden_is_forgotten_under_every_address_it_was_opened_by(
    browser: Browser,
) -> None:
    wall = StubWall(face_of(), cards(3))  # type: ignore[arg-type]
    with served(wall):
        window = await browser.new_context()
        page = await window.new_page()
        await page.goto(f"{wall.url}/w/hall?bar")
        await until(lambda: kept(page, "/w/hall?bar"), 20)
        await page.goto(f"{wall.url}/w/hall")
        await listening(wall, 2)
        await until(lambda: page.evaluate("!!navigator.serviceWorker.controller"), 20)
        await until(lambda: kept(page, "/w/hall?bar"), 20)
        wall.send(Hide("mastodon:example.org:2"))

        async def forgotten() -> bool:
            return not await kept(page, "/w/hall?bar")

        await until(forgotten, 20)
        await until(lambda: kept(page, "/w/hall"), 20)
        await window.close()


async def test_a_browser_without_room_shows_the_wall_all_the_same(browser: Browser) -> None:
    wall = StubWall(face_of(), cards(3))  # type: ignore[arg-type]
    with served(wall):
        window = await browser.new_context()
        page = await window.new_page()
        await page.goto(f"{wall.url}/w/hall")
        await until(lambda: kept(page, "/static/wall/player.js"), 20)
        tools = await window.new_cdp_session(page)
        origin = f"http://127.0.0.1:{wall.port}"
        await tools.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1000})
        for address in ("/w/hall?new", "/w/hall"):
            answer = await page.goto(wall.url + address)
            assert answer is not None and answer.ok and answer.from_service_worker
            await expect(page.locator("parvis-layout-masonry .slab")).to_have_count(3)
        wall.send(Show(card_of("new", 50, "Is it fresh?")))
        await expect(page.locator('[data-post-id="mastodon:example.org:50"]')).to_have_count(1)
        await page.reload()
        assert "Is it fresh?" in await page.content(), "it was the page that was kept before"
        await window.close()


DENIED = """for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
  Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } });
Object.defineProperty(navigator, 'serviceWorker',
  { get() { throw new DOMException('no', 'SecurityError') } });"""


async def test_a_browser_that_denies_storage_has_a_whole_wall(browser: Browser) -> None:
    """What guards the screen begins after what keeps the page."""
    wall = StubWall(face_of(), cards(2))  # type: ignore[arg-type]
    with served(wall):
        window = await browser.new_context()
        await window.add_init_script(DENIED)
        page = await window.new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        await page.goto(f"{wall.url}/w/hall")
        await listening(wall)
        stage = page.locator("parvis-stage")
        await expect(stage).to_have_attribute("data-waiting-posts", "0")
        assert broken == []
        await window.close()


async def test_a_wall_that_never_stops_changing_is_kept_as_it_is(browser: Browser) -> None:
    wall = StubWall(face_of(), cards(3))  # type: ignore[arg-type]
    with served(wall):
        async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
            page = seen.page
            await listening(wall)
            await until(lambda: page.evaluate("!!navigator.serviceWorker.controller"), 20)
            held = "caches.match(location.href).then((page) => page ? page.text() : '')"

            async def is_kept() -> bool:
                wall.send(Show(card_of("new", wall.snapshot.seq + 50, "Still changing.")))
                await page.clock.run_for(300)
                return "Still changing." in await page.evaluate(held)

            await until(is_kept, 20)


async def test_over_http_it_stands_and_is_never_reloaded_while_the_server_is_away(
    browser: Browser,
) -> None:
    wall = StubWall(face_of(), cards(4))  # type: ignore[arg-type]
    with served(wall):
        port = wall.port
        window = await browser.new_context()
        page = await window.new_page()
        await page.clock.install()
        await page.goto(f"http://{HOST}:{port}/w/hall")
        await listening(wall)
        assert not await page.evaluate("isSecureContext")
        await page.evaluate("window.same = true")
    for _ in range(6):
        await page.clock.run_for(20_000)
    await expect(page.locator("parvis-layout-masonry .slab")).to_have_count(4)
    assert await page.evaluate("window.same"), "the page was reloaded"
    back = StubWall(face_of(), cards(4))  # type: ignore[arg-type]
    with served(back, port=port):

        async def again() -> bool:
            await page.clock.run_for(5000)
            return back.listening == 1

        await until(again, 30)
        back.send(Show(card_of("new", 50, "Back again.")))
        await expect(page.locator('[data-post-id="mastodon:example.org:50"]')).to_have_count(1)
        assert await page.evaluate("window.same")
    await window.close()


async def test_frames_that_stopped_reload_the_page_when_the_server_answers(
    browser: Browser,
) -> None:
    wall = StubWall(face_of(), cards(2))  # type: ignore[arg-type]
    with served(wall):
        async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
            await listening(wall)
            await seen.page.evaluate("window.same = true; requestAnimationFrame = () => 0")
            for _ in range(9):
                if len(wall.follows) == 1:
                    with suppress(Error):  # the page may go while its clock is turned
                        await seen.page.clock.fast_forward(10_000)
            await listening(wall, 2)
            await seen.page.wait_for_load_state()


async def test_a_picture_that_fails_leaves_its_words_the_slab(browser: Browser) -> None:
    wall = StubWall(face_of())
    with served(wall):
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            gone = Media("image", "/media/none.jpg", w=4, h=3)
            wall.send(Show(card_of("a", 1, "The words stay.", media=(gone,))))
            slab = seen.page.locator("[data-post-id]")
            await expect(slab.locator(".text")).to_have_text("The words stay.")
            await expect(slab.locator("img")).to_be_hidden()
            inner, whole = await slab.locator(".side").bounding_box(), await slab.bounding_box()
            assert inner is not None and whole is not None
            assert inner["height"] == whole["height"]


EMPTY_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>"""
GLYPHS = """async (pairs) => {
  await document.fonts.ready;
  const face = getComputedStyle(document.documentElement).getPropertyValue('--display');
  const draw = (sign) => {
    const sheet = document.createElement('canvas').getContext('2d');
    sheet.canvas.width = sheet.canvas.height = 80;
    sheet.font = '700 60px ' + face;
    sheet.fillText(sign, 5, 62);
    return sheet.canvas.toDataURL();
  };
  return pairs.filter(([one, other]) => draw(one) === draw(other));
}"""


LANGS = ("ja", "ar", "zh", "ko", "hi", "th", "he")
WORDS = ("満席通訳です", "قنحر موسيقى", "音乐", "고마워요", "धन्यवाद", "ขอบคุณ", "תודה")
TEXTS = tuple(zip(LANGS, WORDS, strict=True))
PAIRS = [
    *zip("満通قن", "席訳حر", strict=True),
    ("音", "乐"),
    ("고", "마"),
    ("ध", "न"),
    ("ข", "บ"),
    ("ת", "ו"),
]


async def test_every_script_is_drawn_on_a_machine_without_fonts(tmp_path: Path) -> None:
    """By glyph: two letters that look alike are two boxes that stand for what cannot be drawn."""
    settings = tmp_path / "fonts.conf"
    folder = tmp_path / "fonts"
    folder.mkdir()
    shutil.copy(FONT, folder)  # Latin alone: without any font at all Chromium does not start
    settings.write_text(EMPTY_FONTS.format(folder=folder))
    wall = StubWall(face_of())
    with served(wall):
        async with (
            browsing(env={"FONTCONFIG_FILE": str(settings)}) as bare,
            opened(bare, f"{wall.url}/w/hall") as seen,
        ):
            await listening(wall)
            for at, (lang, text) in enumerate(TEXTS, 1):
                wall.send(Show(card_of("a", at, text + " 👨‍👩‍👧", lang=lang)))
            await expect(seen.page.locator(".slab .text")).to_have_count(7, timeout=20_000)
            assert await seen.page.evaluate(GLYPHS, PAIRS) == []
            emoji = await seen.page.evaluate(
                "Array.from(document.querySelectorAll('.emoji'), (one) => one.naturalWidth)"
            )
            assert len(emoji) == 7 and 0 not in emoji
