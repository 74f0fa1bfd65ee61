"""The queue at a desk: every key, one in hand, and nothing lost."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.e2e.studio.fake_desk import FakeDesk
from tests.e2e.studio.seat import seated
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

HELD = "mastodon:example:100"
PRESS = """async key => {
  const before = document.querySelector("[aria-selected=true]").getAttribute("aria-posinset");
  dispatchEvent(new KeyboardEvent("keydown", {key, code: "Key" + key.toUpperCase()}));
  await new Promise(requestAnimationFrame);
  const one = document.querySelector("[aria-selected=true]");
  return [before, one && one.getAttribute("aria-posinset"),
    document.querySelectorAll(".pick").length, document.querySelectorAll("*").length,
    one && one.getAttribute("aria-setsize")];
}"""


PLACE = """() => document.querySelector("[aria-selected=true]").getBoundingClientRect().y"""
CHOSEN = '.pick[aria-selected="true"]'


async def waiting(page: Page, desk: FakeDesk) -> bool:
    """Whether all that waits was read."""
    all_of_it = sum(one["placement"]["state"] in ("new", "pending") for one in desk.items)
    told = page.locator(".tools:has(~ .queue .list) .seg a[aria-current] b")
    return await told.count() > 0 and await told.inner_text() == str(all_of_it)


async def test_the_riskiest_is_first_with_its_words_and_its_reason(browser: Browser) -> None:
    async with seated(browser, FakeDesk()) as page:
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await expect(page.get_by_role("complementary")).to_contain_text("on the insult list")
        await expect(page.get_by_role("complementary")).to_contain_text("it would wait its turn")
        await expect(page.get_by_text("you have it")).to_be_visible()
        await expect(page.get_by_role("list", name="Journey of the post")).to_contain_text(
            "waits for a person"
        )


async def test_words_are_never_markup(browser: Browser) -> None:
    async with seated(browser, FakeDesk()) as page:
        await page.locator(".pick").filter(has_text="Joris").click()
        await expect(page.locator(".says")).to_have_text(
            "<b>Who</b> is the drummer?! <script>alert(1)</script>"
        )
        assert await page.locator(".says b, .says script").count() == 0


async def test_approve_reject_set_aside_and_back(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await page.keyboard.press("a")
        await expect(page.get_by_role("status").last).to_contain_text("Approved")
        await until(lambda: desk.state(HELD) == "approved")
        sent = {**desk.of("/decide")[0], "act": ""}
        assert sent == {"post": HELD, "state": "approved", "why": "", "rev": 1, "act": ""}
        await page.keyboard.press("z")
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await until(lambda: desk.state(HELD) == "pending")
        await page.keyboard.press("s")
        await until(lambda: desk.state(HELD) == "hidden")
        assert desk.of("/decide")[1]["code"] == "stash"
        await page.keyboard.press("z")
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await page.keyboard.press("5")
        await until(lambda: desk.state(HELD) == "rejected")
        assert desk.of("/decide")[2]["why"] == "Points at a private person"
        assert desk.of("/decide")[2]["code"] == "clause_5"


async def test_an_older_answer_moves_nothing_under_the_hand(browser: Browser) -> None:
    desk, asked, may = FakeDesk(), asyncio.Event(), asyncio.Event()

    async def slow(route: Route) -> None:
        answer = await route.fetch()
        asked.set()
        await may.wait()
        await route.fulfill(response=answer)

    async with seated(browser, desk) as page:
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await page.keyboard.press("s")
        await until(lambda: desk.state(HELD) == "hidden")
        await page.route(re.compile("/queue"), slow)
        desk.tell()
        await asyncio.wait_for(asked.wait(), 5)  # it has read the queue without this post
        await page.keyboard.press("z")
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        async with page.expect_response(re.compile("/queue")):
            may.set()
        await page.evaluate("new Promise(requestAnimationFrame)")
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await page.keyboard.press("5")
        await until(lambda: desk.state(HELD) == "rejected")
        assert {one["post"] for one in desk.of("/decide")} == {HELD}


async def test_what_follows_an_undo_goes_by_its_revision(browser: Browser) -> None:
    desk, may = FakeDesk(), asyncio.Event()

    async def slow(route: Route) -> None:
        answer = {"acts": [{"post": HELD, "rev": 9}], "says": []}
        await may.wait()
        await route.fulfill(json=answer)

    async with seated(browser, desk) as page:
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await page.keyboard.press("s")
        await until(lambda: desk.state(HELD) == "hidden")
        await page.route("**/undo", slow)
        await page.keyboard.press("z")
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await page.keyboard.press("5")
        may.set()
        await until(lambda: len(desk.of("/decide")) == 2)
        assert desk.of("/decide")[1]["rev"] == 9


async def test_j_and_k_walk_and_the_arrows_too(browser: Browser) -> None:
    async with seated(browser, FakeDesk()) as page:
        await page.locator(CHOSEN).wait_for()
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await expect(page.locator(CHOSEN)).to_have_attribute("aria-posinset", "3")
        await page.keyboard.press("k")
        await expect(page.locator(CHOSEN)).to_have_attribute("aria-posinset", "2")
        await page.get_by_role("listbox").focus()
        await page.keyboard.press("End")
        size = await page.locator(CHOSEN).get_attribute("aria-setsize")
        await expect(page.locator(CHOSEN)).to_have_attribute("aria-posinset", size or "")


async def test_a_doubtful_picture_is_blurred_while_v_is_not_held(browser: Browser) -> None:
    async with seated(browser, FakeDesk()) as page:
        photo = page.locator(".photo")
        await expect(photo).to_have_class("photo  blur")
        await page.keyboard.down("v")
        await expect(photo).not_to_have_class("photo  blur")
        await page.keyboard.up("v")
        await expect(photo).to_have_class("photo  blur")
        await photo.get_by_role("button").click()
        await expect(photo).not_to_have_class("photo  blur")


async def test_what_somebody_else_has_is_read_and_not_decided(browser: Browser) -> None:
    desk = FakeDesk()
    desk.claims[HELD] = {"by": "person:Idris", "name": "Idris", "until_ms": desk.now_ms + 60_000}
    async with seated(browser, desk) as page:
        await expect(page.locator(CHOSEN)).to_contain_text("Léa")
        await expect(page.get_by_text("you have it")).to_be_visible()
        await page.keyboard.press("k")
        await expect(page.get_by_text("Idris has it")).to_be_visible()
        await expect(page.locator(".foot .ok")).to_be_disabled()
        await page.keyboard.press("a")
        assert desk.of("/decide") == []
        await expect(page.locator(CHOSEN)).to_contain_text("Idris is looking at it")


async def test_what_is_taken_meanwhile_gives_way_to_a_free_one(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/queue/approved") as page:
        await page.locator(CHOSEN).wait_for()
        until_ms = desk.now_ms + 60_000
        desk.claims[HELD] = {"by": "person:Idris", "name": "Idris", "until_ms": until_ms}
        await page.evaluate("location.hash = '#/hall/queue'")
        await expect(page.locator(CHOSEN)).to_contain_text("Léa")
        await expect(page.get_by_text("you have it")).to_be_visible()


async def test_somebody_faster_is_named_and_the_post_stays(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await expect(page.get_by_text("you have it")).to_be_visible()
        desk.fail["/decide"] = (409, "Idris rejected this post at 19:42.")
        await page.keyboard.press("a")
        await expect(page.get_by_text("Idris rejected this post at 19:42.")).to_be_visible()
        await expect(page.locator(".pick").first).to_contain_text("bouffons")


async def test_a_burst_is_one_line_and_one_decision(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await page.locator(".pick").filter(has_text="promo-billets").click()
        await expect(page.get_by_role("heading", name="posts say the same thing")).to_be_visible()
        rows = page.get_by_role("checkbox")
        n = await rows.count()
        assert n >= 4
        ticked = [at for at in range(n) if await rows.nth(at).is_checked()]
        await page.keyboard.press("r")
        await until(lambda: len(desk.of("/decide_all")) == 1)
        sent = desk.of("/decide_all")[0]["decisions"]
        assert len(sent) == len(ticked) and {one["state"] for one in sent} == {"rejected"}
        assert "mastodon:example:124" not in [one["post"] for one in sent]


async def test_one_of_a_burst_is_shown_and_the_rest_dropped(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await page.locator(".pick").filter(has_text="promo-billets").click()
        await page.get_by_role("heading", name="say the same").wait_for()
        await page.keyboard.press("o")
        await until(lambda: desk.state("x:example:120") == "approved")
        await until(lambda: desk.state("x:example:121") == "rejected")


async def test_hide_pin_and_feature_have_keys_and_buttons_of_their_own(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk, "#/hall/queue/approved") as page:
        for name in ("Take off M", "Pin U", "Feature F"):
            await expect(page.get_by_role("button", name=name.split()[0])).to_be_visible()
        await page.keyboard.press("u")
        await page.keyboard.press("f")
        await until(lambda: desk.of("/feature"))
        assert desk.of("/pin")[0]["on"] is True
        assert desk.of("/feature")[0]["seconds"] == 20
        await expect(page.get_by_role("button", name="Unpin")).to_be_visible()
        await page.keyboard.press("m")
        await until(lambda: desk.of("/decide"))
        assert desk.of("/decide")[0]["state"] == "hidden"


async def test_trust_and_block_are_one_gesture_with_the_decision(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await expect(page.locator(".says mark")).to_have_text("bouffons")
        await page.keyboard.press("t")
        await until(lambda: desk.state(HELD) == "approved")
        assert desk.of("/decide")[0]["rules"] == ["trust"]
        await expect(page.get_by_role("status").last).to_contain_text("is trusted")
        await page.keyboard.press("z")
        await until(lambda: desk.state(HELD) == "pending")
        assert desk.of("/undo")[0] == {"of": desk.of("/decide")[0]["act"]}
        await page.locator(".pick").filter(has_text="free hugs").click()
        await page.keyboard.press("b")
        await until(lambda: desk.policy["words"] == ["free hugs at the left speaker"])


async def test_a_name_that_a_guest_typed_is_not_trusted(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await page.locator(".pick").filter(has_text="Léa").click()
        await expect(page.get_by_text("you have it")).to_be_visible()
        await expect(page.get_by_role("button", name="Trust author")).to_have_count(0)
        await page.keyboard.press("t")
        await expect(page.get_by_role("status").last).to_contain_text("no account")
        assert desk.of("/decide") == []


async def test_words_are_approved_without_their_photo(browser: Browser) -> None:
    desk = FakeDesk()
    photo = next(
        one
        for one in desk.items
        if one["post"]["media"] and one["post"]["text"] and one["placement"]["state"] == "pending"
    )
    key, text = photo["post"]["key"], photo["post"]["text"]
    desk.items = [photo]
    async with seated(browser, desk) as page:
        await page.locator(".pick").filter(has_text=text[:12]).click()
        await expect(page.get_by_role("button", name="Approve, hide photo")).to_be_visible()
        await page.keyboard.press("h")
        await until(lambda: desk.state(key) == "approved")
        assert desk.of("/decide")[0]["without_media"] is True
        await expect(page.get_by_role("status").last).to_contain_text("Approved without its photo")
        decision = photo["decision"]
        photo["decision"] = {**(decision or {}), "without_media": True}
        for other in ("tonight", "screens"):
            await page.evaluate(f"location.hash = '#/hall/{other}'")
            await expect(page.locator(".wall .wt").filter(has_text=text[:12]).first).to_be_visible()
            await expect(page.locator(".wall img")).to_have_count(0)
        await expect(page.locator(".toast")).to_have_count(0)
        photo["decision"] = decision
        await page.evaluate("location.hash = '#/hall/queue/approved'")
        await page.locator(".pick").filter(has_text=text[:12]).click()
        await page.keyboard.press("h")
        await until(lambda: len(desk.of("/decide")) == 2)
        await expect(page.get_by_text("Its photo is not shown")).to_be_visible()
        await page.keyboard.press("h")
        await expect(page.get_by_text("Its photo is not shown")).to_have_count(0)
        await until(lambda: len(desk.of("/decide")) == 3)
        assert [one["without_media"] for one in desk.of("/decide")] == [True, True, False]
        revs = [one["rev"] for one in desk.of("/decide")]
        assert revs[2] == revs[1] + 1, "the next act is of the post as it now is"


@pytest.mark.parametrize(
    ("lang", "said", "bare", "whole"),
    [
        (
            "en",
            "Its photo was kept back before",
            "Approved without its photo",
            "Approve with photo",
        ),
        ("fr", "Sa photo a déjà été écartée", "Validé sans sa photo", "Valider avec sa photo"),
    ],
)
async def test_an_edit_says_that_its_photo_was_kept_back_and_leaves_it_so(
    browser: Browser, lang: str, said: str, bare: str, whole: str
) -> None:
    desk = FakeDesk()
    photos = [
        one
        for one in desk.items
        if one["post"]["media"] and one["post"]["text"] and one["placement"]["state"] == "pending"
    ]
    photo = photos[0]
    photo["kept"] = "same"
    desk.items = [photo]
    async with seated(browser, desk, lang=lang) as page:
        await expect(page.locator(".facts")).to_contain_text(said)
        await expect(page.locator(".stage img")).to_have_count(0)
        await expect(page.get_by_role("button", name=whole)).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.get_by_role("status").last).to_contain_text(bare)
        await until(lambda: desk.state(photo["post"]["key"]) == "approved")
        assert photo["decision"]["without_media"] is True


async def test_h_lets_in_what_was_kept_back_before(browser: Browser) -> None:
    desk = FakeDesk()
    photo = next(
        one for one in desk.items if one["post"]["media"] and one["placement"]["state"] == "pending"
    )
    photo["kept"] = "same"
    desk.items = [photo]
    async with seated(browser, desk) as page:
        await expect(page.locator(".facts")).to_contain_text("kept back before")
        await page.keyboard.press("h")
        await until(lambda: desk.state(photo["post"]["key"]) == "approved")
        assert photo["decision"]["without_media"] is False
        await expect(page.get_by_role("status").last).not_to_contain_text("without")


async def test_new_posts_come_by_themselves(browser: Browser) -> None:
    desk = FakeDesk()
    async with seated(browser, desk) as page:
        await page.locator(CHOSEN).wait_for()
        newest = {**desk.items[3], "post": {**desk.items[3]["post"], "key": "phone:example:999"}}
        newest["post"]["text"] = "Just now, from the quay"
        newest["placement"] = {"state": "pending", "order": 999, "rev": 1}
        desk.items.append(newest)
        desk.tell()
        await expect(page.get_by_text("Just now, from the quay")).to_be_visible()
        await expect(page.locator(CHOSEN)).to_contain_text("bouffons")


async def test_what_is_in_hand_stays_where_it_is_while_the_rest_is_read(browser: Browser) -> None:
    desk, rest = FakeDesk(many=1000), asyncio.Event()

    async def hold(route: Route) -> None:
        await rest.wait()
        await route.continue_()

    async with seated(browser, desk) as page:
        await page.route("**/queue?*before=*", hold)
        await page.reload()
        await page.locator(CHOSEN).wait_for()
        for at in range(2, 14):
            await page.keyboard.press("j")
            await expect(page.locator(CHOSEN)).to_have_attribute("aria-posinset", str(at))
        words = page.locator(CHOSEN).locator(".said")
        said, place = await words.inner_text(), await page.evaluate(PLACE)
        rest.set()
        await until(lambda: waiting(page, desk), 15)
        await expect(page.locator(CHOSEN)).not_to_have_attribute("aria-posinset", "13")
        assert await words.inner_text() == said
        await expect(page.locator(CHOSEN)).to_be_in_viewport(ratio=1)
        assert await page.evaluate(PLACE) == place, "nothing moves under a hand that decides"


async def test_a_thousand_wait_and_each_key_costs_one_frame(browser: Browser) -> None:
    desk = FakeDesk(many=1000)
    async with seated(browser, desk) as page:
        await until(lambda: waiting(page, desk), 15)
        await expect(page.locator(CHOSEN)).to_be_visible()
        for _ in range(3):
            before, after, rows, elements, _size = await page.evaluate(PRESS, "j")
            assert int(after) == int(before) + 1, "the next frame shows the next post"
            assert rows <= 40 and elements < 1_500, "what is drawn does not grow with what waits"
        await page.evaluate(PRESS, "k")
        size = int((await page.evaluate(PRESS, "k"))[4])  # the burst stands between
        _, _, rows, _, left = await page.evaluate(PRESS, "a")
        assert int(left) == size - 1 and rows <= 40
        await until(lambda: len(desk.of("/decide")) == 1)


async def test_nothing_waits_and_a_queue_that_cannot_be_read(browser: Browser) -> None:
    desk = FakeDesk()
    desk.items = [one for one in desk.items if one["placement"]["state"] != "pending"]
    async with seated(browser, desk) as page:
        await expect(page.get_by_role("heading", name="Nothing waits.")).to_be_visible()
        desk.fail["/queue"] = (500, "The store is full; make room on its disk.")
        await page.reload()
        await expect(page.get_by_role("alert")).to_contain_text("The store is full")
        desk.fail.clear()
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_role("heading", name="Nothing waits.")).to_be_visible()


async def test_a_viewer_reads_and_decides_nothing(browser: Browser) -> None:
    desk = FakeDesk()
    assert desk.me is not None
    desk.me["role"] = "viewer"
    async with seated(browser, desk) as page:
        await expect(page.get_by_text("You may read, not decide.")).to_be_visible()
        await page.keyboard.press("a")
        await expect(page.get_by_role("button", name="Panic")).to_be_disabled()
        assert desk.of("/decide") == [] and desk.of("/claim") == []
