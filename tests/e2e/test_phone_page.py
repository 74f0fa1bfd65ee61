"""The audience's pages in a real browser: from a phone to the wall and back, in three languages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.e2e.browser import browsing
from tests.e2e.phone import LARGE, SMALL, Hall, fill, hall, in_a_persons_time, phone
from tests.pictures import PLACE, picture, webm
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TEXT = {
    "fr": "Les lampions dansent plus juste que moi",
    "en": "The lanterns dance better than I do",
    "ar": "الفوانيس ترقص أحسن منّي الليلة",
}
SHOWN = {
    "fr": "Sur le mur depuis",
    "en": "On the wall since",
    "ar": "على الجدار منذ",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(tmp_path_factory.mktemp("hall")) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(picture(size=(3000, 2000), turned=6))
    return path


async def in_queue(house: Hall, words: str) -> Any:
    async def found() -> Any:
        waits = await house.queue("pending,duplicate")
        return next((one for one in waits if words in one["post"].get("text", "")), None)

    return await until(found, 15)


async def faults(page: Page) -> list[str]:
    """What axe finds; it is run by the browser's own tool, outside the page's policy."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{one['id']}: {[n['target'] for n in one['nodes']][:3]}" for one in found["violations"]
    ]


async def withdraw(page: Page) -> None:
    """Two steps: it is final."""
    face = await page.locator("main").get_attribute("data-face")
    await page.locator(".withdraw summary").click()
    await expect(page.locator("main")).to_have_attribute("data-face", face or "")
    await page.locator(".withdraw button").click()


SMALL_TARGETS = """
Array.from(document.querySelectorAll("a, button, input, textarea, summary, label.pick, video"))
  .filter((one) => one.offsetParent !== null && one.type !== "hidden" && !one.closest(".off"))
  .map((one) => {
    const box = one.getBoundingClientRect();
    const more = one.type === "checkbox" ? 22 : 0;
    return [one.outerHTML.slice(0, 80), box.width + more, box.height + more];
  })
  .filter(([, width, height]) => width < 44 || height < 44)
"""


async def is_sound(page: Page) -> None:
    assert await faults(page) == []
    assert await page.evaluate(SMALL_TARGETS) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "it scrolls sideways"
    )
    small = (
        "Array.from(document.querySelectorAll('main *')).filter((one) => one.textContent.trim() &&"
    )
    small += " parseFloat(getComputedStyle(one).fontSize) < 13 && one.offsetParent).length"
    assert await page.evaluate(small) == 0, "words under 13 px"


@pytest.mark.parametrize(
    ("lang", "size", "scheme"),
    [
        ("fr", LARGE, "light"),
        ("en", SMALL, "dark"),
        ("ar", LARGE, "dark"),
        ("ar", SMALL, "light"),
        ("fr", SMALL, "dark"),
    ],
)
async def test_every_page_is_sound_in_every_language(
    house: Hall, browser: Browser, photo: Path, lang: str, size: dict[str, int], scheme: str
) -> None:
    words = f"{TEXT[lang]} {size['width']}{scheme}"
    async with phone(browser, lang, size=size, color_scheme=scheme) as (_, page):
        await page.goto(f"{house.base}/p/port")
        html = page.locator("html")
        await expect(html).to_have_attribute("lang", lang)
        await expect(html).to_have_attribute("dir", "rtl" if lang == "ar" else "ltr")
        await is_sound(page)
        side = "(one) => getComputedStyle(one).direction"
        assert await page.locator("#text").evaluate(side) == ("rtl" if lang == "ar" else "ltr")
        await fill(page, words, files=[photo])
        await expect(page.locator("#files li")).to_have_count(1)
        await is_sound(page)
        for tab in ("vote", "mine"):
            await page.locator(f".tabs [data-tab={tab}]").click()
            await is_sound(page)
        await page.locator(".tabs [data-tab=write]").click()
        await page.locator("#post button.main").click()
        await page.wait_for_url("**/r/**")
        await expect(page.locator(".tabs [data-tab=vote]")).to_be_visible()
        await is_sound(page)
        key = (await in_queue(house, words))["post"]["key"]
        await house.decide(key, "approved")
        await expect(page.locator("h1")).to_contain_text(SHOWN[lang], timeout=10_000)
        await is_sound(page)
        receipt = page.url
        await page.locator("a[href^='/s/']").click()
        await is_sound(page)
        await page.goto(receipt)
        await house.decide(key, "rejected", "Un visage sans accord.")
        await expect(page.locator(".why")).to_contain_text("Un visage", timeout=10_000)
        await page.locator("details.correct:not(.withdraw) summary").click()
        await expect(page.locator("details.correct:not(.withdraw) textarea")).to_be_focused()
        await expect(page.locator("details.correct:not(.withdraw) textarea")).to_be_in_viewport(
            ratio=1
        )
        await is_sound(page)
        await withdraw(page)
        await expect(page.locator("main")).to_have_attribute("data-face", "withdrawn")
        await is_sound(page)
        await page.goto(f"{house.base}/notice/port?lang={lang}")
        await is_sound(page)
        await page.locator("details summary").click()
        await is_sound(page)


async def test_a_photo_goes_to_the_wall_and_back(
    house: Hall, browser: Browser, photo: Path
) -> None:
    screen = phone(browser, "fr", size={"width": 1280, "height": 720})
    async with phone(browser, "fr") as (_, page), screen as (_, wall):
        await wall.goto(f"{house.base}/w/port")
        sent: list[int] = []
        page.on("request", lambda one: sent.append(len(one.post_data_buffer or b"")))
        await page.goto(f"{house.base}/p/port")
        await fill(page, "De la place au mur", files=[photo])
        await page.locator("#post button.main").click()
        await page.wait_for_url("**/r/**")
        await expect(page.locator("h1")).to_contain_text("Quelqu’un va le relire")  # noqa: RUF001
        item = await in_queue(house, "De la place au mur")
        (media,) = item["post"]["media"]
        assert (media["w"], media["h"]) == (1365, 2048), "upright, and as large as a wall needs"
        await house.decide(item["post"]["key"], "approved")
        card = wall.locator(f"[data-post-id='{item['post']['key']}']")
        await expect(card).to_be_visible(timeout=15_000)
        loaded = "(one) => one.complete && one.naturalWidth"
        await until(lambda: card.locator("img").first.evaluate(loaded), 10)
        await expect(page.locator("h1")).to_contain_text(SHOWN["fr"], timeout=10_000)
        await withdraw(page)
        await expect(page.locator("h1")).to_contain_text("Retiré partout")
        await expect(page.locator(".lines")).to_contain_text("prévenus : 1")
        await expect(card).to_have_count(0, timeout=10_000)
        gone = await page.request.get(f"{house.base}/media/0?post={item['post']['key']}")
        assert gone.status == 404
        await page.reload()
        assert "De la place" not in await page.locator("body").inner_text()
        blobs = [path for path in (house.folder / "data" / "blobs").rglob("*") if path.is_file()]
        kept = b"".join(path.read_bytes() for path in blobs)
        assert PLACE.encode() not in kept


async def test_without_network_it_waits_and_leaves_by_itself(
    house: Hall, browser: Browser, photo: Path
) -> None:
    async with phone(browser, "fr") as (window, page):
        await page.goto(f"{house.base}/p/port")
        await fill(page, "Écrit dans la cave", files=[photo])
        await window.set_offline(True)
        await page.locator("#post button.main").click()
        await expect(page.locator(".waits .note")).to_contain_text("Plus de réseau ici")
        await expect(page.locator(".waits li")).to_contain_text("Écrit dans la cave")
        await is_sound(page)
        await fill(page, "Et un second")
        await page.locator("#post button.main").click()
        await expect(page.locator(".waits li")).to_have_count(2)
        assert await house.queue() == [] or all(
            "cave" not in one["post"]["text"] for one in await house.queue()
        )
        await window.set_offline(False)
        item = await in_queue(house, "Écrit dans la cave")
        assert len(item["post"]["media"]) == 1
        await in_queue(house, "Et un second")
        await expect(page.locator(".waits li")).to_have_count(0)
        await page.locator(".tabs [data-tab=mine]").click()
        await expect(page.locator("#mine-list li")).to_have_count(2)
        await page.locator("#mine-list a").first.click()
        await expect(page.locator("main")).to_have_attribute("data-face", "waiting")


async def test_what_waits_survives_a_reload_and_is_sent_once(
    house: Hall, browser: Browser, photo: Path
) -> None:
    async with phone(browser, "en") as (window, page):
        await page.goto(f"{house.base}/p/port")
        await fill(page, "Kept over a reload", files=[photo])
        await page.route("**/in/room/post", lambda route: route.abort("connectionreset"))
        await page.locator("#post button.main").click()
        await expect(page.locator(".waits li")).to_have_count(1)
        await page.reload()
        await expect(page.locator(".waits li")).to_contain_text("Kept over a reload")
        answers: list[int] = []

        async def lose_the_answer(route: Any) -> None:
            """The post arrives; what the server says back does not."""
            answers.append((await route.fetch()).status)
            await route.abort("connectionreset")

        await page.unroute("**/in/room/post")
        await page.route("**/in/room/post", lose_the_answer)
        await page.get_by_role("button", name="Try now").click()
        await until(lambda: answers, 10)
        await page.unroute("**/in/room/post")
        await page.get_by_role("button", name="Try now").click()
        await expect(page.locator(".waits li")).to_have_count(0, timeout=15_000)
        found = [one for one in await house.queue() if "Kept over" in one["post"]["text"]]
        assert (answers, len(found)) == ([201], 1), "twice sent is one post"
        assert await window.cookies() == []


BUSY = {"fr": "Beaucoup de monde envoie", "en": "Many people send just now", "ar": "كثيرون يرسلون"}


@pytest.mark.parametrize("lang", ["fr", "en", "ar"])
async def test_a_server_that_puts_it_off_is_quoted_and_the_receipt_comes_later(
    house: Hall, browser: Browser, lang: str
) -> None:
    async with phone(browser, lang) as (_, page):
        await page.goto(f"{house.base}/p/port")
        put_off = {"status": 429, "content_type": "application/problem+json"}
        put_off |= {"headers": {"retry-after": "120"}}
        said = json.dumps({"detail": "One sentence of the server."})
        await page.route("**/in/room/post", lambda route: route.fulfill(**put_off, body=said))
        await fill(page, f"Put off, {lang}")
        await page.locator("#post button.main").click()
        await expect(page.locator(".waits .note")).to_contain_text("One sentence of the server.")
        await page.unroute("**/in/room/post")
        await page.route("**/in/room/post", lambda route: route.fulfill(**put_off, body=""))
        await page.locator(".waits > button").click()
        await expect(page.locator(".waits .note")).to_contain_text(BUSY[lang])
        await is_sound(page)
        await page.unroute("**/in/room/post")
        await page.locator(".waits > button").click()
        await expect(page.locator(".waits .note a")).to_contain_text(f"Put off, {lang}")
        await expect(page.locator(".waits")).not_to_contain_text(BUSY[lang])
        await is_sound(page)
        await page.locator(".waits .note a").click()
        await expect(page.locator("main")).to_have_attribute("data-face", "waiting")


async def test_who_is_quick_is_not_told_off(house: Hall, browser: Browser) -> None:
    """Within a second and a half of opening the page."""
    async with phone(browser, "en") as (_, page):
        answers: list[int] = []
        page.on("response", lambda one: answers.append(one.status) if "/in/" in one.url else None)
        await page.goto(f"{house.base}/p/port")
        await page.locator("#text").fill("Quick as a lamp")
        await page.locator("#consent").check()
        await page.locator("#post button.main").click()
        await page.wait_for_url("**/r/**")
        assert answers == [201]


async def test_when_nothing_waits_any_more_nothing_says_so(house: Hall, browser: Browser) -> None:
    async with phone(browser, "en") as (window, page):
        await page.goto(f"{house.base}/p/port")
        await fill(page, "Never mind")
        await window.set_offline(True)
        await page.locator("#post button.main").click()
        await page.locator(".waits li .x").click()
        await expect(page.locator(".waits")).to_be_empty()


async def test_a_post_that_is_refused_says_why_and_is_not_lost(
    house: Hall, browser: Browser, tmp_path: Path
) -> None:
    trap = tmp_path / "cat.jpg"
    trap.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.pwned=1'></svg>")
    async with phone(browser, "fr") as (_, page):
        await page.goto(f"{house.base}/p/port")
        await fill(page, "Avec un piège", files=[trap])
        await page.locator("#post button.main").click()
        await expect(page.locator("#state")).to_contain_text("pas une image")
        assert await page.locator("#text").input_value() == "Avec un piège"
        await page.locator("#files .x").click()
        await page.locator("#post button.main").click()
        await page.wait_for_url("**/r/**")
        assert await page.evaluate("window.pwned") is None


async def test_nothing_and_no_consent_are_said_before_anything_is_sent(
    house: Hall, browser: Browser
) -> None:
    async with phone(browser, "en") as (_, page):
        await page.goto(f"{house.base}/p/port")
        await page.locator("#post button.main").click()
        await expect(page.locator("#state")).to_have_text("Write something, or add a picture.")
        await page.locator("#text").fill("Words")
        await page.locator("#post button.main").click()
        await expect(page.locator("#state")).to_contain_text("Tick the box")
        await expect(page.locator("#consent")).to_be_focused()


@pytest.mark.parametrize("way", ["understood", "arrow", "escape", "back"])
async def test_reading_what_consent_means_takes_nothing_of_what_was_written(
    house: Hall, browser: Browser, photo: Path, way: str
) -> None:
    async with phone(browser, "fr") as (_, page):
        await page.goto(f"{house.base}/p/port")
        await fill(page, "Encore à moitié écrit", files=[photo])
        await page.locator(".agree a").click()
        notice = page.locator("dialog.notice")
        await expect(notice.locator("h1")).to_be_visible()
        assert await faults(page) == []
        if way == "understood":
            await notice.locator("a.main").click()
        elif way == "arrow":
            await notice.locator(".round").click()
        elif way == "escape":
            await page.keyboard.press("Escape")
        else:
            await page.go_back()
        await expect(notice).to_have_count(0)
        await expect(page.locator("#text")).to_have_value("Encore à moitié écrit")
        await expect(page.locator("#files li")).to_have_count(1)
        await expect(page.locator("#consent")).to_be_checked()
        await until(lambda: page.evaluate("location.hash !== '#notice'"))


HALF = "À moitié écrit, 日本語 🎆"


async def test_another_language_takes_nothing_of_what_was_written(
    house: Hall, browser: Browser, photo: Path
) -> None:
    async with phone(browser, "fr") as (_, page):
        await page.goto(f"{house.base}/p/port")
        await page.evaluate("window.sameDocument = true")
        await page.locator("#vote").wait_for(state="attached")
        await fill(page, HALF, files=[photo])
        for lang, name, says in (
            ("en", "English", "Write here…"),
            ("ar", "العربية", "اكتب هنا…"),
            ("fr", "Français", "Écrivez ici…"),
        ):
            await page.locator(".langs").get_by_role("button", name=name).click()
            await expect(page.locator("html")).to_have_attribute("lang", lang)
            await expect(page.locator("html")).to_have_attribute(
                "dir", "rtl" if lang == "ar" else "ltr"
            )
            await expect(page.locator("#text")).to_have_value(HALF)
            await expect(page.locator("#text")).to_have_attribute("placeholder", says)
            await expect(page.locator("input[name=name]")).to_have_value("Nour")
            await expect(page.locator("#files li")).to_have_count(1)
            assert await page.locator("#files img").evaluate(
                "one => one.decode().then(() => one.naturalWidth)"
            )
            await expect(page.locator("#consent")).not_to_be_checked()  # its words are others
            await expect(page.locator(".langs [aria-current]")).to_be_focused()
            await is_sound(page)
        assert await page.evaluate("window.sameDocument") is True
        assert await page.evaluate("indexedDB.databases().then(all => all.length)") <= 1
        await page.locator(".langs").get_by_role("button", name="English").click()
        await page.locator("#consent").check()
        await in_a_persons_time(page)
        await page.locator("#post button.main").click()
        await page.wait_for_url("**/r/**lang=en**")
        item = await in_queue(house, HALF)
        assert item["post"]["author"]["name"] == "Nour" and item["post"]["lang"] == "en"
        assert [one["type"] for one in item["post"]["media"]] == ["image"]


async def test_a_vote_and_its_part_stay_in_another_language(house: Hall, browser: Browser) -> None:
    async with phone(browser, "fr") as (_, page):
        await page.goto(f"{house.base}/p/port#vote")
        await page.locator("parvis-poll-phone .choice", has_text="Un slow").click()
        await expect(page.locator("#vote .state").first).to_contain_text("Votre voix compte")
        await page.locator(".langs").get_by_role("button", name="English").click()
        await expect(page.locator("#vote .state").first).to_contain_text("Your vote counts")
        await expect(page.locator(".choice[aria-pressed=true]")).to_contain_text("Un slow")
        await expect(page.locator(".tabs [aria-current]")).to_have_text("Vote")
        await page.locator(".tabs a", has_text="Write").click()
        await expect(page.locator("#text")).to_be_visible()


async def test_without_network_another_language_is_refused_and_nothing_is_lost(
    house: Hall, browser: Browser, photo: Path
) -> None:
    async with phone(browser, "fr") as (window, page):
        await page.goto(f"{house.base}/p/port")
        await fill(page, "Toujours là", files=[photo])
        await window.set_offline(True)
        await page.locator(".langs").get_by_role("button", name="English").click()
        await expect(page.locator("#state")).to_contain_text("n’arrive pas dans cette langue")  # noqa: RUF001
        await expect(page.locator("#text")).to_have_value("Toujours là")
        await expect(page.locator("#files li")).to_have_count(1)
        await expect(page.locator("#consent")).to_be_checked()
        await window.set_offline(False)
        await page.locator(".langs").get_by_role("button", name="English").click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await expect(page.locator("#text")).to_have_value("Toujours là")


async def test_without_script_the_words_come_along_and_the_photo_is_asked_for_again(
    house: Hall, browser: Browser, photo: Path
) -> None:
    async with phone(browser, "fr", java_script_enabled=False) as (_, page):
        await page.goto(f"{house.base}/p/port")
        await page.locator("#text").fill("Sans script <b>& co</b>")
        await page.locator("input[name=name]").fill("Zoé")
        await page.locator("#consent").check()
        await page.locator(".langs").get_by_role("button", name="English").click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await expect(page.locator("#text")).to_have_value("Sans script <b>& co</b>")
        await expect(page.locator("input[name=name]")).to_have_value("Zoé")
        await expect(page.locator("#consent")).not_to_be_checked()
        await expect(page.locator("#post .state").first).to_have_text("")
        await page.locator("input[name=photo]").set_input_files(str(photo))
        await page.locator(".langs").get_by_role("button", name="العربية").click()
        await expect(page.get_by_role("status").first).to_contain_text("من جديد")
        await page.locator(".langs").get_by_role("button", name="Français").click()
        await expect(page.locator("#text")).to_have_value("Sans script <b>& co</b>")
        await page.locator("#consent").check()
        await in_a_persons_time(page)
        await page.locator("input[name=name]").press("Enter")  # sends, and changes no language
        await page.wait_for_url("**/r/**")
        await in_queue(house, "Sans script <b>")


async def test_an_emoji_on_a_receipt_is_as_large_as_its_words(
    house: Hall, browser: Browser
) -> None:
    async with phone(browser, "en") as (_, page):
        await page.goto(f"{house.base}/p/port")
        await fill(page, "The lanterns 🎉 dance")
        await page.locator("#post button.main").click()
        await page.wait_for_url("**/r/**")
        drawn = page.locator(".card .words img.emoji")
        await expect(drawn).to_be_visible()
        await until(lambda: drawn.evaluate("(one) => one.complete && one.naturalWidth"))
        box = await drawn.bounding_box()
        assert box is not None
        assert 12 <= box["height"] <= 28 >= box["width"], box


async def test_a_video_goes_as_it_is(house: Hall, browser: Browser, tmp_path: Path) -> None:
    film = tmp_path / "clip.webm"
    film.write_bytes(webm())
    async with phone(browser, "en") as (_, page):
        await page.goto(f"{house.base}/p/port")
        await fill(page, "A short film")
        await page.locator("input[name=film]").set_input_files(str(film))
        await expect(page.locator("#files li")).to_contain_text("1 video")
        await page.locator("#post button.main").click()
        await page.wait_for_url("**/r/**", timeout=15_000)
        item = await in_queue(house, "A short film")
        assert [one["type"] for one in item["post"]["media"]] == ["video"]


async def test_without_script_everything_works(house: Hall, browser: Browser, photo: Path) -> None:
    async with phone(browser, "fr", java_script_enabled=False) as (_, page):
        await page.goto(f"{house.base}/p/port")
        await page.locator("#text").fill("Sans script")
        await page.locator("input[name=photo]").set_input_files(str(photo))
        await page.locator("#consent").check()
        await in_a_persons_time(page)
        await page.locator("#post button.main").click()
        assert "/r/" in page.url
        item = await in_queue(house, "Sans script")
        assert item["post"]["media"][0]["w"] == 1365, "the server turns it upright"
        await house.decide(item["post"]["key"], "approved")
        await page.reload()
        await expect(page.locator("h1")).to_contain_text(SHOWN["fr"])
        await page.locator("details.correct:not(.withdraw) summary").click()
        await page.locator("textarea").fill("Sans script, corrigé")
        await page.locator("details button.main").click()
        await expect(page.locator(".told")).to_have_text("Corrigé. Il sera relu.")
        await page.locator(".langs a", has_text="English").click()
        await expect(page.locator("h1")).to_contain_text("It is with us")
        await withdraw(page)
        await expect(page.locator("h1")).to_contain_text("Withdrawn everywhere")
        await page.goto(f"{house.base}/p/port")
        await page.locator(".choice", has_text="Une valse").click()
        await expect(page.locator(".results")).to_contain_text("Une valse")


async def test_nothing_moves_while_the_page_loads(house: Hall, browser: Browser) -> None:
    watch = """
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
    }).observe({type: "layout-shift", buffered: true});
    """
    for lang in ("fr", "ar"):
        async with phone(browser, lang) as (_, page):
            await page.add_init_script(watch)
            await page.goto(f"{house.base}/p/port")
            await expect(page.locator("parvis-poll-phone")).to_have_count(1)
            await page.evaluate("document.fonts.ready")
            assert await page.evaluate("window.shift") < 0.01, lang


async def test_a_shared_picture_holds_the_whole_text(house: Hall, browser: Browser) -> None:
    async with phone(browser, "en") as (_, page):
        await page.goto(f"{house.base}/p/port")
        await fill(page, "One more for the album")
        await page.locator("#post button.main").click()
        await page.wait_for_url("**/r/**")
        key = (await in_queue(house, "One more for the album"))["post"]["key"]
        await house.decide(key, "approved")
        await page.goto(f"{house.base}/s/port?post={key}&lang=en")
        told = json.loads(await page.locator("#parvis-share").text_content() or "{}")
        assert told["address"].endswith(f"/s/port?post={key.replace(':', '%3A')}")
        async with page.expect_download() as saved:
            await page.locator("#picture").click()
        path = await (await saved.value).path()
        assert Path(path).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        await house.decide(key, "hidden")
        assert (await page.request.get(f"{house.base}/s/port?post={key}")).status == 404


HEAD = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
HEIC_SAYS = {"fr": "capture d’écran", "en": "screenshot", "ar": "لقطة شاشة"}  # noqa: RUF001


@pytest.mark.parametrize("lang", ["fr", "en", "ar"])
async def test_a_picture_that_no_browser_here_opens_is_told_when_it_is_chosen(
    house: Hall, browser: Browser, tmp_path: Path, lang: str
) -> None:
    photo = tmp_path / "IMG_0002.HEIC"
    photo.write_bytes(HEAD + bytes(4_000))
    async with phone(browser, lang) as (_, page):
        sent: list[str] = []
        page.on("request", lambda one: sent.append(one.method))
        await page.goto(f"{house.base}/p/port")
        await page.locator("input[name=photo]").set_input_files(str(photo))
        await expect(page.locator("#state")).to_contain_text(HEIC_SAYS[lang])
        await expect(page.locator("#files li")).to_have_count(0)
        assert "POST" not in sent


async def test_a_picture_of_another_kind_that_the_browser_opens_goes_as_jpeg(
    house: Hall, browser: Browser, tmp_path: Path
) -> None:
    """As Safari does with HEIC: what it can draw is written anew before it leaves."""
    photo = tmp_path / "IMG_0003.bmp"
    photo.write_bytes(picture("BMP", size=(640, 480)))
    async with phone(browser, "en") as (_, page):
        await page.goto(f"{house.base}/p/port")
        await fill(page, "From another kind", files=[photo])
        await page.locator("#post button.main").click()
        await page.wait_for_url("**/r/**")
        item = await in_queue(house, "From another kind")
        assert [one["type"] for one in item["post"]["media"]] == ["image"]


async def test_a_picture_under_another_name_goes_as_jpeg_though_that_is_larger(
    house: Hall, browser: Browser, tmp_path: Path
) -> None:
    """As a HEIC out of an iPhone's files: smaller than any JPEG of it, and called one."""
    photo = tmp_path / "IMG_0005.jpg"
    photo.write_bytes(picture("AVIF", size=(640, 480)))
    async with phone(browser, "en") as (_, page):
        await page.goto(f"{house.base}/p/port")
        await fill(page, "Under another name", files=[photo])
        await page.locator("#post button.main").click()
        await page.wait_for_url("**/r/**")
        item = await in_queue(house, "Under another name")
        assert [one["type"] for one in item["post"]["media"]] == ["image"]


async def test_the_field_asks_a_phone_for_what_it_turns_into_jpeg_by_itself(
    house: Hall, browser: Browser
) -> None:
    """WebKit does so where the kinds are named, and into the first of them on a Mac."""
    async with phone(browser, "en", java_script_enabled=False) as (_, page):
        await page.goto(f"{house.base}/p/port")
        kinds = await page.locator("input[name=photo]").get_attribute("accept") or ""
        assert kinds.startswith("image/jpeg,")
        assert not [kind for kind in kinds.split(",") if "*" in kind or "hei" in kind]


async def test_without_script_a_heic_is_refused_with_the_way_to_mend(
    house: Hall, browser: Browser, tmp_path: Path
) -> None:
    photo = tmp_path / "IMG_0004.HEIC"
    photo.write_bytes(HEAD + bytes(4_000))
    async with phone(browser, "fr", java_script_enabled=False) as (_, page):
        await page.goto(f"{house.base}/p/port")
        await page.locator("#text").fill("Sans script, en HEIC")
        await page.locator("input[name=photo]").set_input_files(str(photo))
        await page.locator("#consent").check()
        await in_a_persons_time(page)
        await page.locator("#post button.main").click()
        await expect(page.locator("main")).to_contain_text("capture d’écran")  # noqa: RUF001
        await expect(page.locator("#text")).to_have_value("Sans script, en HEIC")
