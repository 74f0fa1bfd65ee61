"""Coming in: a session, a passphrase, the first person, an invitation, the owner's key."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from parvis.web.passwords import LEAST
from tests.e2e.studio.fake_desk import FIRST, PASSWORD, FakeDesk
from tests.e2e.studio.seat import faults, seated
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


def nobody(*, fresh: bool = False) -> FakeDesk:
    desk = FakeDesk()
    desk.me = None
    desk.fresh = fresh
    return desk


async def test_a_wrong_passphrase_is_told_and_a_right_one_opens(browser: Browser) -> None:
    desk = nobody()
    async with seated(browser, desk, "") as page:
        await page.get_by_label("E-mail").fill("maud@veillees.example")
        await page.get_by_label("Passphrase", exact=True).fill("no")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_have_text(
            "The e-mail or the passphrase is not right."
        )
        await page.get_by_label("Passphrase", exact=True).fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Tonight")).to_be_visible()
        assert page.url.endswith("#/hall/tonight")


async def test_the_first_person_owns_the_house(browser: Browser) -> None:
    desk = nobody(fresh=True)
    async with seated(browser, desk, f"#first={FIRST}") as page:
        await expect(page.get_by_role("heading", name="Who keeps the house?")).to_be_visible()
        assert FIRST not in page.url
        await page.get_by_label("Your name").fill("Maud")
        await page.get_by_label("E-mail").fill("maud@veillees.example")
        await page.get_by_label("Passphrase", exact=True).fill("short")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("fewer than 10 characters")
        assert desk.of("/first") == []
        await page.get_by_label("Passphrase", exact=True).fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Tonight")).to_be_visible()
        sent = desk.of("/first")[0]
        assert sent["token"] == FIRST and sent["lang"] == "en"


async def test_without_its_link_the_first_run_asks_for_it(browser: Browser) -> None:
    desk = nobody(fresh=True)
    async with seated(browser, desk, "") as page:
        await page.get_by_label("The first-run link").fill(f"http://x/studio#first={FIRST}")
        await page.get_by_label("Your name").fill("Maud")
        await page.get_by_label("E-mail").fill("m@v.example")
        await page.get_by_label("Passphrase", exact=True).fill(PASSWORD)
        await page.keyboard.press("Enter")
        await until(lambda: desk.of("/first"))
        assert desk.of("/first")[0]["token"] == FIRST


async def test_an_invited_person_chooses_a_passphrase(browser: Browser) -> None:
    desk = nobody()
    async with seated(browser, desk, "#invite=abc") as page:
        await page.get_by_label("Passphrase", exact=True).fill(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Tonight")).to_be_visible()
        assert desk.of("/invite") == [{"token": "abc", "password": PASSWORD}]
        await page.goto(f"{desk.url}/studio#/hall/settings")
        await expect(page.get_by_role("heading", name="People")).to_have_count(0)


async def test_the_owners_key_leaves_the_address(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#key=a-secret") as page:
        await expect(page.get_by_role("heading", name="Tonight")).to_be_visible()
        assert "a-secret" not in page.url
        assert "Bearer a-secret" in desk.keys
        await page.goto(f"{desk.url}/studio#/hall/settings")
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert await page.evaluate("sessionStorage.length") == 0


async def test_a_server_that_is_away_is_asked_again(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "") as page:
        await expect(page.get_by_role("heading", name="Tonight")).to_be_visible()
        await page.route("**/api/me", lambda route: route.abort())
        await page.reload()
        await expect(page.get_by_role("alert")).to_contain_text("does not answer")
        await page.unroute("**/api/me")
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_role("heading", name="Tonight")).to_be_visible()


async def test_three_questions_and_a_wall_stands(browser: Browser) -> None:
    desk = FakeDesk()
    desk.walls = []
    async with seated(browser, desk, "") as page:
        await page.get_by_label("Title").fill("La fête du port")
        await page.get_by_text("In a place open to all").click()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Where do posts come from?")).to_be_focused()
        await page.get_by_label("Hashtags").fill("#LaFete lafete2")
        await page.get_by_label("Mastodon server").fill("mastodon.example")
        await page.get_by_role("button", name="Continue").click()
        await page.keyboard.press("2")
        await page.get_by_role("button", name="Open the wall").click()
        await expect(page.get_by_text("Your wall is up, and empty.")).to_be_visible()
        assert desk.of("/api/walls") == [
            {
                "title": "La fête du port",
                "lang": "en",
                "hashtags": ["LaFete", "lafete2"],
                "mode": "show_first",
                "kind": "shop",
                "phone": True,
                "mastodon": "mastodon.example",
            }
        ]


async def test_a_link_leads_to_another_passphrase(browser: Browser) -> None:
    desk = FakeDesk()
    desk.me = None
    async with seated(browser, desk, "#reset=abc123") as page:
        await expect(page.get_by_role("heading", name="Another passphrase.")).to_be_visible()
        assert "abc123" not in page.url
        await page.get_by_label("Passphrase", exact=True).fill("short")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("fewer than 10 characters")
        await page.get_by_label("Passphrase", exact=True).fill("rose stone over lanterns")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Tonight")).to_be_visible()
        sent = {"token": "abc123", "password": "rose stone over lanterns"}
        assert desk.of("/reset") == [sent]


async def test_the_door_says_what_to_do_without_a_passphrase(browser: Browser) -> None:
    desk = FakeDesk()
    desk.me = None
    async with seated(browser, desk, "") as page:
        await expect(page.get_by_text("An owner gives you a link")).to_be_visible()


@pytest.mark.parametrize("place", ["#first=x", "#invite=x", "#reset=x"])
async def test_what_a_passphrase_must_be_is_said_before_one_is_refused(
    browser: Browser, place: str
) -> None:
    for lang, asked, one_more, enough in (
        ("en", "At least 10 characters", "one more character", "long enough"),
        ("fr", "Au moins 10 caractères", "encore un caractère", "assez longue"),
    ):
        desk = nobody(fresh=place == "#first=x")
        async with seated(browser, desk, place, lang=lang) as page:
            field = page.locator("[name=password]")
            await expect(field).to_have_accessible_description(re.compile(asked))
            button = page.locator("button.pri")
            before = await button.bounding_box()
            said, seen = page.locator(".length [role=status]"), page.locator(".length > .i2")
            await field.press_sequentially("lanterne🎆")
            await expect(seen).to_have_text(one_more)
            await expect(page.locator(".length .on")).to_have_count(9)
            await expect(said).to_have_text("")
            await field.press_sequentially("s")
            await expect(said).to_have_text(enough)
            await field.press_sequentially(" sur le port")
            await expect(said).to_have_text(enough)  # said once, not at every letter
            await expect(seen).to_contain_text("22")
            assert await button.bounding_box() == before
            assert await faults(page) == []


async def test_the_page_asks_for_the_length_that_the_server_asks_for(browser: Browser) -> None:
    async with seated(browser, nobody(), "#invite=abc") as page:
        await expect(page.locator(".length i")).to_have_count(LEAST)


async def test_nobody_is_measured_who_signs_in(browser: Browser) -> None:
    async with seated(browser, nobody(), "") as page:
        await page.locator("[name=password]").fill("abc")
        await expect(page.locator(".length")).to_have_count(0)
