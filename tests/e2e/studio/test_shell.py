"""What lies around every page: panic, keys, palette, a cut line, an upgrade, languages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.studio.fake_desk import FakeDesk
from tests.e2e.studio.seat import PAGES, ready, seated
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_escape_three_times_covers_and_counts_the_answers(browser: Browser) -> None:
    desk = FakeDesk()
    desk.slow_screens = 1
    async with seated(browser, desk, "#/hall/tonight") as page:
        await ready(page)
        for _ in range(2):
            await page.keyboard.press("Escape")
        assert not desk.panic
        await page.keyboard.press("Escape")
        await until(lambda: desk.panic)
        await expect(page.get_by_text("Safe slide on 3 of 4 screens")).to_be_visible()
        await expect(page.get_by_text("No answer yet from Stage LED.")).to_be_visible()
        desk.screens[0]["covered"] = True
        await expect(page.get_by_text("Safe slide on 4 of 4 screens")).to_be_visible()
        await page.keyboard.press("Shift+Enter")
        await until(lambda: not desk.panic)
        await expect(page.get_by_role("button", name="Panic")).to_be_visible()


async def test_escape_works_while_writing_and_other_letters_are_silent(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/write") as page:
        await page.get_by_label("Words").fill("")
        await page.get_by_label("Words").press_sequentially("gq a?")
        await expect(page.get_by_label("Words")).to_have_value("gq a?")
        assert page.url.endswith("/write")
        for _ in range(3):
            await page.keyboard.press("Escape")
        await until(lambda: desk.panic)
        await expect(page.get_by_label("Words")).to_have_value("gq a?")


async def test_a_panic_that_fails_is_told(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/tonight") as page:
        desk.fail["/panic"] = (500, "The store is full.")
        await page.get_by_role("button", name="Panic").click()
        await expect(page.get_by_role("alert")).to_contain_text("were not covered. The store")


async def test_g_and_a_letter_go_everywhere(browser: Browser) -> None:
    places = {
        "q": "queue", "a": "posts", "w": "screens", "l": "look", "o": "sources", "n": "numbers",
        "e": "settings", "s": "queue/hidden", "t": "tonight",
    }  # fmt: skip
    async with seated(browser, FakeDesk(), "#/hall/tonight") as page:
        await ready(page)
        for letter, place in places.items():
            await page.keyboard.press("g")
            await page.keyboard.press(letter)
            await page.wait_for_url(f"**#/hall/{place}")


async def test_the_palette_finds_acts_pages_screens_and_posts(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/tonight") as page:
        await ready(page)
        await page.keyboard.press("Control+k")
        field = page.get_by_role("combobox", name="What do you want to do?")
        await expect(field).to_be_focused()
        await field.fill("totem")
        await expect(
            page.get_by_role("dialog").get_by_role("option", selected=True)
        ).to_contain_text("Entrance totem")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**#/hall/screens/totem")
        await page.keyboard.press("Control+k")
        await field.fill("fusées")
        await expect(page.get_by_role("dialog").get_by_role("option").first).to_contain_text(
            "On a compté les fusées"
        )
        await field.fill("dark")
        await page.keyboard.press("Enter")
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        await page.keyboard.press("Control+k")
        await field.fill("xyzzy")
        await expect(page.get_by_text("Nothing is called “xyzzy”.")).to_be_visible()


async def test_a_key_is_changed_given_away_and_given_back(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await page.locator(".says").wait_for()
        await page.keyboard.press("?")
        sheet = page.get_by_role("dialog")
        await sheet.get_by_role("button", name="Change: Approve", exact=True).click()
        await page.keyboard.press("j")
        await expect(sheet).to_contain_text("“Next” has that key. It has none now.")
        await sheet.get_by_role("button", name="Close", exact=True).click()
        await page.keyboard.press("j")
        await until(lambda: len(desk.of("/decide")) == 1)
        await page.reload()
        await expect(page.locator(".foot .ok")).to_contain_text("J")
        await page.keyboard.press("?")
        await sheet.get_by_role("button", name="As delivered").click()
        await sheet.get_by_label("Letters act at once").click()
        await page.keyboard.press("Escape")
        await expect(sheet).to_have_count(0)
        await page.keyboard.press("r")
        await page.keyboard.press("Control+k")
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert len({one["act"] for one in desk.of("/decide")}) == 1, "letters are off"


async def test_a_cut_line_keeps_what_stands_and_sends_what_was_done(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await expect(page.get_by_text("you have it")).to_be_visible()
        await until(lambda: desk.watching == 1)
        desk.die()
        await expect(page.get_by_text("This desk lost the server")).to_be_visible()
        await page.keyboard.press("a")
        await page.keyboard.press("r")
        await expect(page.get_by_text("Your last 2 acts are kept here")).to_be_visible()
        await expect(page.get_by_text("approve \u00d7 1")).to_be_visible()
        await page.keyboard.press("z")
        await expect(page.get_by_text("Taken back. It had not been sent.")).to_be_visible()
        assert desk.state("mastodon:example:100") == "pending"
        desk.live()
        await page.get_by_role("button", name="Try now").click()
        await until(lambda: desk.state("mastodon:example:100") == "approved")
        await expect(page.get_by_text("This desk lost the server")).to_have_count(0)
        assert desk.state("phone:example:101") == "pending"


async def test_what_was_done_without_a_line_survives_a_reload_and_is_done_once(
    browser: Browser,
) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await expect(page.get_by_text("you have it")).to_be_visible()
        await until(lambda: desk.watching == 1)
        desk.die()
        await expect(page.get_by_text("This desk lost the server")).to_be_visible()
        await page.keyboard.press("a")
        await page.keyboard.press("r")
        await expect(page.get_by_text("Your last 2 acts are kept here")).to_be_visible()
        kept = "Object.keys(localStorage).filter(one => one.startsWith('parvis-act-')).length"
        assert await page.evaluate(kept) == 2
        desk.live()
        await page.reload()
        await until(lambda: desk.state("mastodon:example:100") == "approved")
        await until(lambda: desk.state("phone:example:101") == "rejected")
        await until(lambda: page.evaluate(f"({kept}) === 0"))
        await expect(page.locator(".pick").filter(has_text="bouffons")).to_have_count(0)


async def test_an_answer_that_was_lost_does_nothing_twice(browser: Browser) -> None:
    """The server did it, the line broke before it said so; undo then takes back that very act."""
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await expect(page.get_by_text("you have it")).to_be_visible()

        async def lose(route: Any) -> None:
            await route.fetch()
            await route.abort("connectionreset")

        await page.route("**/posts/decide", lose)
        await page.keyboard.press("a")
        await until(lambda: desk.state("mastodon:example:100") == "approved")
        await expect(page.get_by_text("Your last act is kept here")).to_be_visible()
        await page.unroute("**/posts/decide")
        await page.keyboard.press("z")
        await until(lambda: desk.state("mastodon:example:100") == "pending", 15)
        await expect(page.get_by_text("This desk lost the server")).to_have_count(0)
        acts = [one["act"] for one in desk.of("/decide")]
        assert len(acts) >= 2 and len(set(acts)) == 1
        assert desk.of("/undo")[-1] == {"of": acts[0]}


async def test_acts_of_one_person_are_not_sent_by_another(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await expect(page.get_by_text("you have it")).to_be_visible()
        await until(lambda: desk.watching == 1)
        desk.die()
        await expect(page.get_by_text("This desk lost the server")).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.get_by_text("Your last act is kept here")).to_be_visible()
        assert desk.me is not None
        mine, desk.me = desk.me, {**desk.me, "id": "p2", "name": "Idris", "email": "i@v.example"}
        desk.live()
        await page.reload()
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        assert desk.of("/decide") == [] or desk.state("mastodon:example:100") == "pending"
        desk.me = mine
        await page.reload()
        await until(lambda: desk.state("mastodon:example:100") == "approved")
        await until(lambda: page.evaluate("Object.keys(localStorage).length === 1"))


async def test_an_upgraded_server_is_told_and_nothing_reloads_by_itself(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await until(lambda: desk.watching == 1)
        desk.version = "two"
        desk.cut()
        await expect(page.get_by_text("parvis was upgraded")).to_be_visible()
        await page.get_by_role("button", name="Load again").click()
        await expect(page.get_by_text("parvis was upgraded")).to_have_count(0)


async def test_a_session_that_ended_leads_to_the_door(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/tonight") as page:
        await ready(page)
        desk.me = None
        await page.keyboard.press("g")
        await page.keyboard.press("e")
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_french_is_whole(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/queue", lang="fr") as page:
        await expect(page.locator("html")).to_have_attribute("lang", "fr")
        for name in ("Valider", "Refuser", "Mettre de côté", "Panique"):
            await expect(page.get_by_role("button", name=name).first).to_be_visible()
        await page.goto(f"{desk.url}/studio#/hall/settings")
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("heading", name="Settings")).to_be_visible()


TORN = """one => {
  const text = [...one.childNodes].find(each => each.nodeType === 3 && each.data.trim());
  return [...text.data.matchAll(/\\S+/g)].filter(word => { const range = document.createRange();
    range.setStart(text, word.index); range.setEnd(text, word.index + word[0].length);
    return range.getClientRects().length > 1; }).map(word => word[0]); }"""
"""The words that go on in another line."""


@pytest.mark.parametrize("panic", [False, True])
async def test_no_word_of_the_top_bar_is_cut_on_a_phone_in_french(
    browser: Browser, panic: bool
) -> None:
    desk = FakeDesk()
    desk.panic = panic
    small = {"width": 390, "height": 780}
    cut = """all => all.filter(one => one.scrollWidth > one.clientWidth
      || one.getBoundingClientRect().right > innerWidth).map(one => one.textContent.trim())"""
    async with seated(browser, desk, "#/hall/tonight", lang="fr", viewport=small) as page:
        for name in PAGES:
            await page.evaluate(f"location.hash = '#/hall/{name}'")
            await ready(page)
            assert await page.locator(".bar, .bar h1, .bar .panic").evaluate_all(cut) == [], name
            assert await page.locator(".bar h1").evaluate(TORN) == [], name


async def test_a_closed_tab_is_no_screen_that_went_dark(browser: Browser) -> None:
    desk = FakeDesk()
    closed = {**desk.screens[0], "id": "tab-a1b2", "name": "tab-a1b2", "up": False}
    desk.screens = [*desk.screens, closed]
    async with seated(browser, desk, "#/hall/screens") as page:
        await expect(page.locator(".air")).to_contain_text("4 of 4 screens")
        await expect(page.get_by_role("heading", name="Every screen answers.")).to_be_visible()
        await expect(page.locator(".tiles li")).to_have_count(4)
        desk.screens[1]["up"] = False
        desk.tell()
        await expect(page.locator(".air")).to_contain_text("3 of 4 screens")


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "no source reads it"), ("fr", "aucune source ne le lit")]
)
async def test_a_hashtag_that_no_source_reads_is_said(
    browser: Browser, lang: str, said: str
) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/tonight", lang=lang) as page:
        await ready(page)
        await expect(page.locator(".unread")).to_have_count(0)
    desk.walls[0]["hashtags"] = ["veilleesduport", "NuitDuPort"]
    async with seated(browser, desk, "#/hall/tonight", lang=lang) as page:
        for name in ("tonight", "sources"):
            await page.evaluate(f"location.hash = '#/hall/{name}'")
            await expect(page.locator(".unread")).to_contain_text("#NuitDuPort")
            await expect(page.locator(".unread")).to_contain_text(said)
        await page.locator(".unread a").click()
        await expect(page.locator("[name=hashtags]")).to_be_visible()


async def test_a_wall_that_is_not_there(browser: Browser) -> None:
    async with seated(browser, FakeDesk(), "#/gone/tonight") as page:
        await expect(page.get_by_role("heading", name="There is no such wall.")).to_be_visible()
