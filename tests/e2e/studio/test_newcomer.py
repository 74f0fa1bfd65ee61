"""The studio as somebody meets it who has never seen it: what it says is so, and what it does is
what was meant.
"""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.studio.fake_desk import FakeDesk
from tests.e2e.studio.seat import seated
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("lang", "mode", "says"),
    [
        ("en", "approve_first", "Nothing appears on screens before a person approves it"),
        ("en", "show_first", "they are on the screens before anybody has read them"),
        ("fr", "show_first", "à l’écran avant que quelqu’un les ait lus"),
        ("en", "trusted_only", "all others are refused"),
    ],
)
async def test_adding_a_source_says_what_this_wall_does_with_its_posts(
    browser: Browser, lang: str, mode: str, says: str
) -> None:
    desk = FakeDesk()
    desk.policy["mode"] = mode
    async with seated(browser, desk, "#/hall/sources/+mastodon", lang=lang) as page:
        await expect(page.locator(".foot")).to_contain_text(says)


async def test_no_approval_is_promised_before_somebody_chose_it(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/new-wall") as page:
        await page.get_by_label("Title").fill("Fête")
        await page.get_by_role("button", name="Continue").click()
        await expect(page.get_by_role("heading", name="Where do posts come from?")).to_be_visible()
        await expect(page.locator("form")).not_to_contain_text("approve")


SHARP = """() => [...document.querySelectorAll("main img, main video")].filter(one =>
  decodeURIComponent(one.src).includes("stage") && !getComputedStyle(one).filter.includes("blur")
).length"""


async def test_a_doubtful_photo_is_sharp_nowhere_before_somebody_asks(browser: Browser) -> None:
    desk = FakeDesk()
    held = desk.items[0]["post"]
    desk.items = [
        one
        for one in desk.items
        if "stage" not in str(one["post"].get("media")) or one["post"] is held
    ]
    async with seated(browser, desk) as page:
        await expect(page.locator(".stage img")).to_be_visible()
        assert await page.evaluate(SHARP) == 0
        await page.keyboard.down("v")
        await expect(page.locator(".stage img")).to_have_css("filter", "none")
        await page.keyboard.up("v")
        await page.evaluate("location.hash = '#/hall/posts'")
        await expect(page.locator(".found .thumb img").first).to_be_visible()
        assert await page.evaluate(SHARP) == 0
        await page.evaluate(f"location.hash = '#/hall/posts/{held['key']}'")
        photo = page.locator(".detail .photo")
        await expect(photo.locator("img")).to_be_visible()
        assert await page.evaluate(SHARP) == 0
        await photo.get_by_role("button", name="Look").click()
        await expect(photo.locator("img")).to_have_css("filter", "none")
        await page.evaluate("location.hash = '#/hall/sources/mastodon'")
        await expect(page.locator(".found .thumb img").first).to_be_visible()
        assert await page.evaluate(SHARP) == 0


@pytest.mark.parametrize("warned", [{"flag": True}, {"spoiler": "Blood"}])
async def test_what_its_author_warned_of_is_blurred_too(
    browser: Browser, warned: dict[str, object]
) -> None:
    desk = FakeDesk()
    (calm,) = [
        one
        for one in desk.items
        if one["post"].get("media") and not any(v["outcome"] != "pass" for v in one["verdicts"])
    ][:1]
    calm["post"]["sensitivity"] = warned
    calm["placement"]["state"] = "pending"
    desk.items = [calm]
    async with seated(browser, desk) as page:
        await expect(page.locator(".photo")).to_have_class("photo  blur")


async def test_the_language_goes_with_the_person(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/queue") as page:
        await expect(page.get_by_role("complementary")).to_contain_text("Word lists")
        await page.keyboard.press("Control+k")
        await page.keyboard.type("français")
        before = len(desk.langs)
        await page.keyboard.press("Enter")
        await until(lambda: desk.of("/api/me") == [{"lang": "fr"}])
        await expect(page.get_by_role("complementary")).to_contain_text("Listes de mots")
        await until(lambda: len(desk.langs) > before + 3)
        assert set(desk.langs[before:]) == {"fr"}, (
            "what the server had said in English is asked anew"
        )
        await page.evaluate("localStorage.clear()")
        await page.reload()
        await expect(page.get_by_role("link", name="À relire")).to_be_visible()
        desk.fail["/api/me"] = (503, "Not now.")
        await page.goto(f"{desk.url}/studio#/hall/settings")
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("alert").first).to_contain_text("Not now.")
        await expect(page.get_by_role("link", name="À relire")).to_be_visible()


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("width", [1280, 900])
async def test_no_name_of_a_page_is_cut(browser: Browser, lang: str, width: int) -> None:
    size = {"width": width, "height": 800}
    async with seated(browser, FakeDesk(), lang=lang, viewport=size) as page:
        await expect(page.locator(".nav .el").first).to_be_visible()
        cut = "one => one.filter(el => el.scrollWidth > el.clientWidth).map(el => el.innerText)"
        assert await page.locator(".nav .el").evaluate_all(cut) == []


HELD = "mastodon:example:100"


async def test_a_digit_after_r_says_why_and_rejects_nothing_else(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await page.keyboard.press("r")
        await expect(page.locator(".toast")).to_contain_text("1 to 9 says why")
        await page.keyboard.press("1")
        await expect(page.locator(".toast")).to_contain_text("Rejected: Insult")
        await until(lambda: len(desk.of("/decide")) == 2)
        assert [one["post"] for one in desk.of("/decide")] == [HELD, HELD]
        assert [one.get("code", "") for one in desk.of("/decide")] == ["", "clause_1"]
        await page.keyboard.press("z")
        await expect(page.locator(".says mark")).to_have_text("bouffons")


async def test_a_digit_after_anything_else_rejects_the_post_in_hand(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await page.keyboard.press("r")
        await page.keyboard.press("j")
        await page.keyboard.press("k")
        await page.keyboard.press("2")
        await until(lambda: len(desk.of("/decide")) == 2)
        first, second = desk.of("/decide")
        assert first["post"] != second["post"] and second["code"] == "clause_2"


async def test_a_reason_kept_while_nobody_answers_is_taken_back_with_its_rejection(
    browser: Browser,
) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await page.keyboard.press("a")
        await until(lambda: desk.state(HELD) == "approved")
        await page.keyboard.press("z")
        await until(lambda: desk.state(HELD) == "pending")
        desk.die()
        await page.keyboard.press("j")
        other = await page.locator('.pick[aria-selected="true"]').inner_text()
        await page.keyboard.press("s")  # this one is tried; what follows is not
        await page.locator(".pick").filter(has_text="bouffons").click()
        await page.keyboard.press("r")
        await page.keyboard.press("1")
        await page.keyboard.press("z")
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        desk.live()
        await until(lambda: any(one["state"] == "hidden" for one in desk.of("/decide")[1:]))
        assert other and desk.state(HELD) == "pending"
        assert not [one for one in desk.of("/decide") if one["state"] == "rejected"]


async def test_a_toast_goes_by_itself_but_not_from_under_a_pointer(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await page.clock.install()
        await page.keyboard.press("s")
        await page.locator(".toast").hover()
        await page.clock.run_for(60_000)
        await expect(page.locator(".toast")).to_be_visible()
        await page.mouse.move(5, 5)
        await page.clock.run_for(9000)
        await expect(page.locator(".toast")).to_have_count(0)
        await page.keyboard.press("z")
        await until(lambda: desk.state(HELD) == "pending")


OVER = """() => { const one = document.querySelector(".toast").getBoundingClientRect();
  return [...document.querySelectorAll("parvis-queue-phone button, .bar button")].filter(each => {
    const at = each.getBoundingClientRect();
    return at.width && at.top < one.bottom && at.bottom > one.top;
  }).map(each => each.innerText || each.getAttribute("aria-label")); }"""


@pytest.mark.parametrize("lang", ["en", "fr"])
async def test_a_toast_covers_no_button_on_a_phone(browser: Browser, lang: str) -> None:
    small = {"width": 390, "height": 844}
    async with seated(browser, FakeDesk(), lang=lang, viewport=small) as page:
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        for _ in range(6):
            await page.locator(".thumbs .ok").click()
            await expect(page.locator(".toast")).to_be_visible()
            assert await page.evaluate(OVER) == []


async def test_a_new_source_is_landed_on_and_says_how_it_is(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/sources/+mastodon") as page:
        await page.get_by_label("server").fill("mastodon.example")
        await page.get_by_label("tags").fill("one")
        await page.get_by_role("button", name="Start following").click()
        await page.wait_for_url("**#/hall/sources/mastodon-2")
        await expect(page.get_by_role("heading", name="mastodon-2")).to_be_visible()
        await expect(page.get_by_text("It looks for the first time")).to_be_visible()
        ill = {"healthy": False, "says": "mastodon.example cannot be found.", "since_ms": 1}
        desk.sources.append({**desk.sources[0], "source": "mastodon-2", **ill})
        desk.tell()
        await expect(page.locator(".note")).to_contain_text("mastodon.example cannot be found.")


async def test_the_last_posts_of_a_source_are_its_own(browser: Browser) -> None:
    desk = FakeDesk()
    desk.specs.append({**desk.specs[1], "id": "other"})
    (one, *_) = (each for each in desk.items if each["post"]["network"] == "mastodon")
    one["post"]["provenance"] = {"source": "other"}
    async with seated(browser, desk, "#/hall/sources/other") as page:
        await expect(page.locator(".found li")).to_have_count(1)
        await page.evaluate("location.hash = '#/hall/sources/+mastodon'")
        await expect(page.get_by_text("such as mastodon.social.")).to_be_visible()
        await expect(page.get_by_label("Why you may show")).to_have_value("platform_terms")
        await page.evaluate("location.hash = '#/hall/sources/+phone'")
        await expect(page.get_by_label("Why you may show")).to_have_value("consent")


async def test_the_wizard_shows_what_each_answer_prepares(browser: Browser) -> None:
    async with seated(browser, FakeDesk(), "#/hall/new-wall") as page:
        await page.get_by_role("radio", name="In a place open to all").check()
        await expect(page.locator(".dusk")).to_contain_text("One post at a time")
        await page.get_by_role("radio", name="On a website").check()
        await expect(page.locator(".dusk")).to_contain_text("on a page of its own")
        await expect(page.locator(".door")).not_to_contain_text("block")
