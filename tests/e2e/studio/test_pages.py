"""Each page of the studio: what it answers and sends; its empty, ill and contested states."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.studio.fake_desk import FakeDesk
from tests.e2e.studio.seat import PAGES, faults, ready, seated
from tests.pictures import picture, webm
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_tonight_answers_with_the_screen_that_went_dark(browser: Browser) -> None:
    async with seated(browser, FakeDesk(dark=True), "#/hall/tonight") as page:
        await expect(page.get_by_role("heading", name="Bar TV went dark at")).to_be_visible()
        await expect(page.get_by_role("link", name="3 of 4 screens")).to_be_visible()
        await page.get_by_role("link", name="See Bar TV").click()
        await page.wait_for_url("**#/hall/screens/bar")
        await expect(page.get_by_role("complementary")).to_contain_text("It stopped between")


async def test_a_tab_that_somebody_closed_is_no_screen_that_went_dark(browser: Browser) -> None:
    desk = FakeDesk(dark=True)
    desk.screens[2] |= {"id": "tab-4f1c", "name": "tab-4f1c"}
    async with seated(browser, desk, "#/hall/tonight") as page:
        await expect(page.get_by_role("heading", name="All is well.")).to_be_visible()


async def test_tonight_names_a_source_that_brings_nothing(browser: Browser) -> None:
    async with seated(browser, FakeDesk(ill=True), "#/hall/tonight") as page:
        await expect(page.get_by_role("heading", name="journal brings nothing")).to_be_visible()
        await expect(page.get_by_text("answered 403").first).to_be_visible()


async def test_tonight_is_well_and_a_new_wall_is_empty(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/tonight") as page:
        await expect(page.get_by_role("heading", name="All is well.")).to_be_visible()
        desk.empty()
        desk.tell()
        await expect(page.get_by_role("heading", name="Your wall is up")).to_be_visible()
        await expect(page.get_by_role("img", name="QR code of the address")).to_be_visible()
        await page.get_by_role("link", name="Write the first post").click()
        await page.wait_for_url("**#/hall/write")


async def test_all_posts_are_searched_filtered_and_followed(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/posts") as page:
        await expect(page.get_by_role("main").get_by_role("status").first).to_contain_text("posts")
        await page.keyboard.press("/")
        await page.keyboard.type("fusées")
        await expect(page.locator(".found li")).to_have_count(2)
        await page.get_by_label("State").select_option("approved")
        await expect(page.locator(".found li")).to_have_count(1)
        await page.locator(".found a").click()
        aside = page.get_by_role("complementary")
        await expect(aside).to_contain_text("on screens")
        await expect(aside).to_contain_text("post.seen")
        await page.get_by_role("button", name="Clear").click()
        await page.get_by_label("Words, names, links").fill("no such words")
        await expect(page.get_by_role("heading", name="No post is like that.")).to_be_visible()


async def test_a_post_by_the_staff(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/write") as page:
        words = page.get_by_label("Words")
        await expect(words).to_be_visible()  # the page hears keys once it stands
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_role("alert").first).to_contain_text("Write some words")
        await words.fill("x" * 501)
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_role("alert").first).to_contain_text("1 letters too many")
        await words.fill("مرحبا بكم")
        await page.get_by_label("Language").select_option("ar")
        await expect(words).to_have_attribute("dir", "rtl")
        desk.fail["/write"] = (500, "The store is full.")
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_role("alert").first).to_have_text("The store is full.")
        await expect(words).to_have_value("مرحبا بكم")
        desk.fail.clear()
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("on its way to the screens")).to_be_visible()
        sent = desk.of("/write")
        assert sent[-1][:2] == [("text", "مرحبا بكم"), ("lang", "ar")]
        assert sent[0][2] == sent[-1][2], "it is the same post, sent again"


async def test_a_picture_goes_with_a_post_by_the_staff(browser: Browser, tmp_path: Path) -> None:
    photo = tmp_path / "door.jpg"
    photo.write_bytes(picture(size=(3000, 2000)))
    film = tmp_path / "clip.webm"
    film.write_bytes(webm())
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/write") as page:
        field = page.get_by_label("Add pictures or a film")
        await field.set_input_files([str(photo)])
        await page.get_by_label("What picture 1 shows").fill("The door, open")
        await until(lambda: page.locator(".wp").evaluate("one => one.naturalWidth > 0"))
        await field.set_input_files([str(film)])
        await expect(page.get_by_role("alert").first).to_contain_text("or one film")
        await page.get_by_role("button", name="Take clip.webm off").click()
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("on its way to the screens")).to_be_visible()
        (sent,) = desk.of("/write")
        assert ("photo", "door.jpg") in sent and ("alt", "The door, open") in sent
        await expect(page.locator(".files")).to_have_count(0)


async def test_whoever_is_told_and_how_they_are(browser: Browser) -> None:
    desk = FakeDesk()
    desk.bridges = [{"id": "press", "plugin": "webhook", "settings": {}, "enabled": True}]
    ill = {"bridge": "press", "healthy": False, "says": "The door answers 500.", "since_ms": 1}
    desk.bridge_health = [{**ill, "aside": 2, "last_aside": "It refused a card."}]
    async with seated(browser, desk, "#/hall/sources") as page:
        told = page.locator(".told")
        await expect(told).to_contain_text("press")
        await expect(told).to_contain_text("The door answers 500.")
        await expect(told).to_contain_text("2 changes could not be told. It refused a card.")


async def test_an_owner_gives_a_link_to_another_passphrase(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/settings") as page:
        await page.get_by_role("button", name="A link to another passphrase for Idris").click()
        await expect(page.get_by_text("Give Idris this link.")).to_be_visible()
        await expect(page.get_by_text("https://parvis.example/studio#reset=xyz")).to_be_visible()


async def test_a_source_is_added_from_its_schema(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/sources") as page:
        await expect(page.get_by_text("Phones in the room write straight").first).to_be_visible()
        await page.keyboard.press("n")
        await page.get_by_role("link", name="Public posts with a hashtag").click()
        await page.get_by_role("button", name="Start following").click()
        await expect(page.get_by_text("This one is needed.")).to_be_visible()
        await expect(page.get_by_label("server")).to_be_focused()
        await page.get_by_label("server").fill("nowhere")
        await page.get_by_label("tags").fill("one\n two ")
        await page.get_by_label("limit").fill("400")
        await page.get_by_role("button", name="Start following").click()
        await expect(page.get_by_text("A number from 1 to 40.")).to_be_visible()
        await page.get_by_label("limit").fill("12")
        await page.get_by_role("button", name="Start following").click()
        await expect(page.get_by_role("alert").first).to_contain_text("nowhere does not answer")
        await expect(page.get_by_label("server")).to_have_value("nowhere")
        await page.get_by_label("server").fill("mastodon.example")
        await page.get_by_role("button", name="Start following").click()
        await expect(page.get_by_role("heading", name="mastodon-2")).to_be_visible()
        assert desk.of("/sources")[-1] == {
            "plugin": "mastodon",
            "settings": {"server": "mastodon.example", "tags": ["one", "two"], "limit": 12},
            "basis": "platform_terms",
        }


async def test_a_source_is_changed_paused_and_removed(browser: Browser) -> None:
    desk = FakeDesk(ill=True)
    async with seated(browser, desk, "#/hall/sources/journal") as page:
        await expect(page.get_by_text("answered 403").first).to_be_visible()
        await expect(page.get_by_text("journal-du-port")).to_be_visible()
        await page.get_by_label("url").fill("https://journal.example/new.xml")
        await page.get_by_role("button", name="Save").click()
        await until(lambda: desk.specs[2]["settings"] == {"url": "https://journal.example/new.xml"})
        await page.locator("body").press("p")
        await until(lambda: desk.specs[2]["enabled"] is False)
        await expect(page.get_by_role("button", name="Resume")).to_be_visible()
        await page.get_by_role("button", name="Remove").click()
        await until(lambda: len(desk.specs) == 2)


async def test_the_look_is_seen_on_the_real_wall_before_it_is_on_air(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/look") as page:
        wall = page.frame_locator("iframe").first
        await expect(wall.locator("b")).to_have_text("#VeilléesDuPort")
        assert await page.locator("iframe").count() == 3
        ground = (
            "document.querySelector('iframe').contentDocument.documentElement.style"
            ".getPropertyValue('--ground')"
        )
        await until(lambda: page.evaluate(f"{ground} === '#25105c'"))
        await page.get_by_role("button", name="light", exact=True).click()
        await until(lambda: page.evaluate(f"{ground} === '#ffffff'"))
        assert desk.brand["scheme"] == "dark", "a draft changes nothing on air"
        await page.get_by_role("button", name="Put on air").click()
        await until(lambda: desk.brand["scheme"] == "light")
        await until(lambda: page.evaluate(f"{FRAMED}.includes('light')"))


FRAMED = "decodeURIComponent(document.querySelector('iframe:last-of-type')?.src ?? '')"


async def test_a_draft_is_drawn_with_its_layout_and_shape(browser: Browser) -> None:
    async with seated(browser, FakeDesk(), "#/hall/look") as page:
        await until(lambda: page.evaluate(f"{FRAMED}.includes('/preview/hall')"))
        await page.get_by_role("button", name="Spotlight").click()
        await page.get_by_role("button", name="Fashion").click()
        await until(lambda: page.evaluate(f"{FRAMED}.includes('layout=spotlight')"))
        assert await page.evaluate(f"{FRAMED}.includes('fashion')")
        # the old frames stand until the new ones have come, and no longer
        await expect(page.locator("iframe")).to_have_count(3)
        await expect(page.locator("iframe:not([data-there])")).to_have_count(0)
        await page.get_by_role("button", name="Discard").click()
        await until(lambda: page.evaluate(f"!{FRAMED}.includes('fashion')"))


async def test_what_cannot_be_read_is_mended_with_one_key(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/look") as page:
        await page.get_by_role("button", name="My own colours").click()
        await page.get_by_label("Field 1", exact=True).fill("#777777")
        await page.get_by_label("Words on field 1", exact=True).fill("#888888")
        await expect(page.get_by_text("2.1 : 1")).to_be_visible()
        assert await faults(page) == []
        await page.keyboard.press("Control+Enter")
        alert = page.get_by_role("alert")
        await expect(alert).to_contain_text("Not saved: Words on field 1 cannot be read")
        assert not desk.brand.get("fields"), "nothing unreadable goes on air"
        await expect(page.get_by_role("button", name="Mend it: Words on field 1")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Every pair can be read")).to_be_visible()
        await expect(alert).to_have_count(0)
        await page.get_by_role("button", name="Put on air").click()
        await until(lambda: desk.brand.get("fields", [""])[0] == "#777777")
        assert desk.brand["inks"] == [""]


async def test_two_people_who_change_one_look(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/look") as page:
        await page.get_by_role("button", name="light", exact=True).click()
        desk.rev += 1
        await page.get_by_role("button", name="Put on air").click()
        alert = page.get_by_role("alert").first
        await expect(alert).to_contain_text("Idris changed this wall at 19:42")
        await expect(alert).to_contain_text("Your draft is kept here.")
        await page.get_by_role("button", name="Put on air").click()
        await until(lambda: desk.brand["scheme"] == "light")


async def test_screens_are_renamed_forgotten_and_added(browser: Browser) -> None:
    desk = FakeDesk(dark=True)
    async with seated(browser, desk, "#/hall/screens") as page:
        await expect(page.get_by_role("heading", name="Bar TV went dark")).to_be_visible()
        await page.get_by_role("link", name="Ticker, quay").click()
        await expect(page.get_by_role("complementary")).to_contain_text("plain http")
        await page.get_by_role("button", name="Rename").click()
        await page.get_by_role("complementary").get_by_label("Name").fill("Quay strip")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Quay strip")).to_be_visible()
        await page.get_by_role("button", name="Forget").click()
        await until(lambda: len(desk.screens) == 3)
        await page.get_by_label("Name").fill("Écran du hall !")
        await expect(
            page.get_by_text("https://parvis.veillees.example/w/hall/ecran-du-hall")
        ).to_be_visible()
        await expect(page.get_by_role("img", name="QR code")).to_be_visible()


async def test_each_figure_has_its_definition_and_its_rows(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/numbers") as page:
        card = page.get_by_role("complementary", name="Definition")
        await expect(card).to_contain_text("this is a ceiling, not an audience")
        await expect(card).to_contain_text("159 of 418")
        await expect(page.get_by_role("button", name="Reach")).to_contain_text("known for 62")
        posts = page.get_by_role("button", name="Posts 1\u202f942")
        await expect(posts).to_contain_text("1\u202f511 shown")
        await page.get_by_role("button", name="Interactions").click()
        await expect(card).to_contain_text("Likes, answers and shares")
        await card.get_by_role("button", name="See its rows").click()
        await expect(card.get_by_role("table")).to_contain_text("Lina")
        await card.get_by_role("button", name="More rows").click()
        await expect(card.get_by_role("row")).to_have_count(4)
        await expect(card.get_by_role("button", name="More rows")).to_have_count(0)
        await page.get_by_role("button", name="Reach").click()  # the rows go with the figure
        await expect(card.get_by_role("row", name="Nour")).to_contain_text("unknown")
        await expect(page.get_by_role("img", name="Line of posts over time")).to_be_visible()


async def test_what_stands_beside_a_figure_has_its_own(browser: Browser) -> None:
    async with seated(browser, FakeDesk(), "#/hall/numbers") as page:
        card = page.get_by_role("complementary", name="Definition")
        await page.get_by_role("button", name="Post to screen").focus()
        await page.keyboard.press("Enter")
        await card.get_by_role("button", name="95 of 100").press("Enter")
        await expect(card).to_contain_text("The same; 95 of 100.")
        await page.get_by_role("button", name="41 topics").click()
        await expect(card).to_contain_text("Different hashtags")


async def test_rows_become_a_file(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/numbers") as page:
        card = page.get_by_role("complementary", name="Definition")
        async with page.expect_download() as saving:
            await card.get_by_role("button", name="CSV").click()
        assert (await saving.value).suggested_filename == "hall-reach.csv"
        desk.fail["/rows"] = (503, "The store is being moved.")
        await card.get_by_role("button", name="CSV").click()
        await expect(page.get_by_text("The store is being moved.")).to_be_visible()
        await card.get_by_role("button", name="See its rows").click()
        await expect(card.get_by_role("alert")).to_contain_text("being moved")
        desk.fail.clear()
        await card.get_by_role("button", name="Try again").click()
        await expect(card.get_by_role("table")).to_contain_text("Lina")


async def test_a_night_without_posts_offers_all_of_them(browser: Browser) -> None:
    desk = FakeDesk()
    desk.empty()
    async with seated(browser, desk, "#/hall/numbers") as page:
        await expect(page.get_by_text("No post arrived in this time.")).to_be_visible()
        await page.get_by_role("button", name="See everything").click()
        await expect(page.get_by_text("Figures appear with the first post.")).to_be_visible()


async def test_people_are_invited_changed_and_removed(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/settings") as page:
        await page.get_by_label("Name").fill("Solène")
        await page.get_by_label("E-mail").fill("solene@veillees.example")
        await page.get_by_role("button", name="Invite").click()
        await expect(page.get_by_text("#invite=abc123")).to_be_visible()
        await page.get_by_label("Role of Idris").select_option("editor")
        await until(lambda: desk.people[1]["role"] == "editor")
        await page.get_by_role("button", name="Remove Idris").click()
        await until(lambda: len(desk.people) == 2)
        await expect(page.get_by_role("button", name="Remove Maud")).to_be_disabled()


async def test_a_wall_changes_its_language_and_hashtags(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/settings") as page:
        await page.get_by_label("Language of the wall").select_option("es")
        await page.get_by_label("Hashtags").fill("#muelle26, lanternas")
        await page.get_by_role("button", name="Save").click()
        await until(lambda: desk.walls[0].get("lang") == "es")
        assert desk.walls[0]["hashtags"] == ["muelle26", "lanternas"]


async def test_settings_say_what_plain_http_loses(browser: Browser) -> None:
    desk = FakeDesk()
    desk.secure = False
    async with seated(browser, desk, "#/hall/settings") as page:
        await expect(page.get_by_text("plain http: what is lost")).to_be_visible()
        await expect(page.get_by_text("stays empty")).to_be_visible()
        desk.rev += 1
        await page.get_by_label("Title").fill("Another")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("alert").first).to_contain_text("Idris changed this wall")


@pytest.mark.parametrize("name", ["tonight", "posts", "sources", "look", "numbers", "settings"])
async def test_what_cannot_be_read_says_why_and_is_read_again(browser: Browser, name: str) -> None:
    ends = {
        "tonight": "/now", "posts": "/posts", "sources": "/plugins", "look": "/hall",
        "numbers": "/numbers", "settings": "/settings",
    }  # fmt: skip
    desk = FakeDesk()
    if name == "tonight":
        desk.dead_stream = True
    desk.fail[ends[name]] = (503, "The store is being moved; it is back in a minute.")
    async with seated(browser, desk, f"#/hall/{name}") as page:
        await expect(page.get_by_role("alert").first).to_contain_text("back in a minute")
        desk.fail.clear()
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_text("back in a minute")).to_have_count(0)


async def test_what_takes_long_shows_bones_then_a_sentence(browser: Browser) -> None:
    desk = FakeDesk()
    desk.silent.add("/numbers")
    async with seated(browser, desk, "#/hall/numbers") as page:
        await expect(page.get_by_role("status").filter(has_text="Reading")).to_be_visible()
        desk.silent.clear()
        await expect(page.get_by_role("button", name="Reach")).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
async def test_every_page_of_an_empty_wall_stands(browser: Browser, name: str) -> None:
    desk = FakeDesk()
    desk.empty()
    async with seated(browser, desk, f"#/hall/{name}") as page:
        await ready(page)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
