"""The player alone, in a real browser, before a stub of the server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from parvis.core.post import Entity, Media
from parvis.core.wire import Card, CardPolicy, Face, Hide, Show
from tests.e2e.browser import browsing, opened
from tests.e2e.look import SETTLED
from tests.e2e.stub_wall import StubWall, card_of, face_of, listening, served
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHAPES = {"wide": (1920, 1080, 6), "tall": (1080, 1920, 5), "strip": (3840, 480, 5)}
LONG = " ".join(f"word{number}" for number in range(400))
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)


BOXES = """Array.from(document.querySelectorAll('[data-post-id]'), (one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return [one.dataset.postId, ...[left, top, width, height].map(Math.round)]; })"""
FAULTS = """() => {
  const faults = [], least = Math.min(innerWidth, innerHeight) * 0.025;
  const box = (one) => one.getBoundingClientRect();
  for (const slab of document.querySelectorAll('.layout .slab')) {
    const say = (what) => faults.push(slab.dataset.postId + ' ' + what), whole = box(slab);
    const label = slab.querySelector('.label'), words = slab.querySelector('.words');
    const foot = box(label);
    if (foot.left < whole.left || foot.right > whole.right + 1) say('label is too wide');
    if (foot.top < whole.top || foot.bottom > whole.bottom + 1) say('label is too high');
    if (words.clientHeight < least) say('no room for words');
    if (words.scrollWidth > words.clientWidth) say('too wide');
    const over = words.scrollHeight - words.clientHeight;
    if (label.dataset.page === undefined && over > 0.1 * least) say('cut');
    for (const one of [slab.querySelector('.text'), label])
      if (parseFloat(getComputedStyle(one).fontSize) < least) say('too small');
  }
  const cells = Array.from(document.querySelectorAll('.cell'), box);
  const area = cells.reduce((sum, one) => sum + one.width * one.height, 0);
  if (Math.abs(area - innerWidth * innerHeight) > 1e-3 * area) faults.push('holes or overlaps');
  return faults;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


def cards(number: int, start: int = 1) -> list[Card]:
    return [
        card_of(f"author{at}", at, f"Words of post {at}.") for at in range(start, start + number)
    ]


@pytest.fixture
def wall() -> Iterator[StubWall]:
    with served(StubWall(face_of(), cards(6))) as stub:
        yield stub


@pytest.fixture
def empty() -> Iterator[StubWall]:
    with served(StubWall(face_of(lang="fr"))) as stub:
        yield stub


def key(order: int) -> str:
    return f"mastodon:example.org:{order}"


def post(page: Page, order: int) -> Any:
    return page.locator(f'[data-post-id="{key(order)}"]')


async def test_the_servers_cards_are_taken_over_where_they_stand(
    browser: Browser, wall: StubWall
) -> None:
    for width, height, places in SHAPES.values():
        size = {"width": width, "height": height}
        async with opened(
            browser, f"{wall.url}/w/hall", java_script_enabled=False, viewport=size
        ) as still:
            before = [one for one in await still.page.evaluate(BOXES) if one[3]]
        async with opened(browser, f"{wall.url}/w/hall", viewport=size) as seen:
            page = seen.page
            await expect(page.locator("parvis-layout-masonry .slab")).to_have_count(places)
            assert sorted(await page.evaluate(BOXES)) == sorted(before)
            assert len(before) == places
            same = f"window.first.slice(0, {places}).every((one) => one.isConnected)"
            assert await page.evaluate(same), "the elements were replaced"


SHIFTED = """new Promise((told) => { let sum = 0; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) sum += one.value; })
  .observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => told(sum)))); })"""
PAINTED = "performance.getEntriesByName('first-contentful-paint').length"
JOIN = "https://wall.example.org/p/hall"
KINDS = [("masonry", "", 6), ("spotlight", JOIN, 1), ("spotlight", "", 1)]


def after(event: asyncio.Event) -> Callable[[Route], Awaitable[None]]:
    """Answers a request once it has happened."""

    async def hold(route: Route) -> None:
        await event.wait()
        await route.continue_()

    return hold


@pytest.mark.parametrize(("layout", "join", "places"), KINDS)
async def test_taking_over_shifts_nothing(
    browser: Browser, layout: str, join: str, places: int
) -> None:
    """Nor when the brand's typeface comes late: words are not set in another one first."""
    stub = StubWall(face_of(layout=layout), cards(6))
    stub.join = join
    with served(stub) as wall:
        for late in (False, True):
            async with opened(browser, "") as seen:
                page = seen.page
                painted = asyncio.Event()
                if late:
                    await page.route("**/*.woff2*", after(painted))
                await page.goto(f"{wall.url}/w/hall", wait_until="commit")
                await until(lambda page=page: page.evaluate(PAINTED))  # type: ignore[misc]
                painted.set()
                slabs = page.locator(f"parvis-layout-{layout} .slab")
                await expect(slabs).to_have_count(places)
                await page.evaluate(SETTLED)
                assert await page.evaluate(SHIFTED) < 0.01


@pytest.mark.parametrize("join", [JOIN, ""])
async def test_the_first_frame_of_a_spotlight_leaves_no_more_room_than_the_player(
    browser: Browser, join: str
) -> None:
    stub = StubWall(face_of(layout="spotlight"), cards(6))
    stub.join = join
    with served(stub) as wall:
        for width, height, _ in SHAPES.values():
            size = {"width": width, "height": height}
            async with opened(
                browser, f"{wall.url}/w/hall", java_script_enabled=False, viewport=size
            ) as still:
                before = await still.page.evaluate(BOXES)
            async with opened(browser, f"{wall.url}/w/hall", viewport=size) as seen:
                await expect(seen.page.locator("parvis-layout-spotlight .slab")).to_have_count(1)
                assert await seen.page.evaluate(BOXES) == before
                assert (before[0][3:] == [width, height]) is not bool(join)


NARROW = """Object.defineProperty(HTMLElement.prototype, "offsetWidth", {
  get() { return this.className === "probe" ? 150 : this.getBoundingClientRect().width; } });"""
FACES = """["--display", "--text"].map((face) =>
  document.documentElement.style.getPropertyValue(face))"""


async def test_an_engine_that_squeezes_our_typefaces_gets_its_own(
    browser: Browser, wall: StubWall
) -> None:
    for squeezes, faces in ((False, ["", ""]), (True, ["sans-serif", "sans-serif"])):
        async with opened(browser, "") as seen:
            if squeezes:
                await seen.page.add_init_script(NARROW)
            await seen.page.goto(f"{wall.url}/w/hall")
            await expect(seen.page.locator("parvis-layout-masonry .slab")).to_have_count(6)
            assert await seen.page.evaluate(FACES) == faces
            await expect(seen.page.locator(".probe")).to_have_count(0)


async def test_a_new_post_takes_the_oldest_place_and_its_text_is_only_text(
    browser: Browser, wall: StubWall
) -> None:
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        hostile = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> & co'
        wall.send(Show(card_of("<b>Eve</b>", 50, hostile)))
        text = post(seen.page, 50).locator(".text")
        await expect(text).to_have_text(hostile)
        await expect(post(seen.page, 50).locator(".name")).to_have_text("<b>Eve</b>")
        assert await post(seen.page, 50).locator("img, script, b").count() == 0
        assert await seen.page.evaluate("window.pwned") is None


async def test_entities_stand_out_and_a_wall_has_no_links(browser: Browser, wall: StubWall) -> None:
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        marks = (
            Entity("link", 14, 31, "https://a.example", "https://a.example"),
            Entity("tag", 3, 7, "#été"),
        )
        wall.send(Show(card_of("a", 50, "👏🏽 #été 💙 dit https://a.example", entities=marks)))
        await expect(post(seen.page, 50)).not_to_have_class(re.compile("arrives|waits"))
        await expect(post(seen.page, 50).locator(".tag")).to_have_text("#été")
        await expect(post(seen.page, 50).locator("span.link")).to_have_text("https://a.example")
        assert await seen.page.locator("a").count() == 0


async def test_an_edit_leaves_nothing_of_the_older_words(browser: Browser, wall: StubWall) -> None:
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        wall.send(Show(card_of("author3", 3, "Corrected.")))
        await expect(post(seen.page, 3).locator(".text")).to_have_text("Corrected.")
        await expect(post(seen.page, 3)).to_have_count(1)
        assert "Words of post 3." not in await seen.page.inner_text("parvis-stage")


async def test_a_hidden_post_leaves_in_the_frame_it_is_heard(
    browser: Browser, wall: StubWall
) -> None:
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        await seen.page.evaluate(
            """(key) => {
              const decode = TextDecoder.prototype.decode;
              TextDecoder.prototype.decode = function (...given) {
                const text = decode.apply(this, given);
                if (text.includes('"hide"')) requestAnimationFrame(() => {
                  window.still = document.querySelectorAll(`[data-post-id="${key}"]`).length;
                });
                return text;
              };
            }""",
            key(4),
        )
        wall.send(Hide(key(4)))
        await until(lambda: seen.page.evaluate("window.still !== undefined"))
        assert await seen.page.evaluate("window.still") == 0, "it was drawn once more"
        await expect(seen.page.locator(".cell:not(.brand) .slab")).to_have_count(5)


async def test_a_post_hidden_while_it_waits_or_arrives_never_stays(
    browser: Browser, wall: StubWall
) -> None:
    async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
        await listening(wall)
        wall.send(*[Show(card) for card in cards(5, 20)])
        await expect(post(seen.page, 20)).to_have_count(1)  # arrives over another
        wall.send(Hide(key(20)), Hide(key(22)), Show(card_of("last", 90, "The last.")))
        await expect(post(seen.page, 20)).to_have_count(0)
        await seen.page.clock.run_for(12_000)
        await expect(post(seen.page, 90)).to_have_count(1)
        assert await post(seen.page, 22).count() == 0


async def test_a_burst_is_read_one_after_another_and_the_page_stays_small(
    browser: Browser, wall: StubWall
) -> None:
    async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
        page = seen.page
        await listening(wall)
        await page.clock.pause_at(await page.evaluate("Date.now() / 1000 + 20"))
        wall.send(*[Show(card) for card in cards(200, 100)])
        await until(lambda: wall.snapshot.seq == 210)

        async def covered() -> bool:
            await page.clock.run_for(5)
            return await page.locator("[data-post-id]").count() == 8  # one covers another

        await until(covered)
        await page.clock.run_for(1600)
        await expect(page.locator("[data-post-id]")).to_have_count(7)
        await page.clock.run_for(2400)
        assert await page.locator("[data-post-id]").count() <= 8
        shown = await page.evaluate(
            "Array.from(document.querySelectorAll('[data-post-id]'), (one) => one.dataset.postId)"
        )
        fresh = [one for one in shown if int(one.rsplit(":", 1)[1]) >= 100]
        assert len(fresh) == 3, "one in the free place, then one turn at a time"


async def test_after_a_cut_it_goes_on_where_it_was(browser: Browser, wall: StubWall) -> None:
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        wall.send(Show(card_of("a", 50, "Before the cut.")))
        await expect(post(seen.page, 50)).to_have_count(1)
        wall.cut()
        await until(lambda: wall.listening == 0)
        await expect(seen.page.locator("parvis-stage")).to_have_attribute("data-link", "cut")
        assert await seen.page.locator(".slab").count() >= 6, "the wall keeps what stands"
        wall.send(Hide(key(50)))
        await listening(wall, 2)
        assert wall.follows[-1] == 11
        await expect(post(seen.page, 50)).to_have_count(0)
        await expect(seen.page.locator("parvis-stage")).to_have_attribute("data-link", "up")


async def test_silence_is_a_dead_line(browser: Browser, wall: StubWall) -> None:
    async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
        await listening(wall)
        await seen.page.clock.fast_forward(41_000)
        await expect(seen.page.locator("parvis-stage")).to_have_attribute("data-link", "cut")
        await seen.page.clock.run_for(5000)
        await until(lambda: len(wall.follows) == 2, 15)


async def test_a_heartbeat_keeps_the_line(browser: Browser, wall: StubWall) -> None:
    async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
        await listening(wall)
        for at in (60, 61, 62):
            await seen.page.clock.fast_forward(30_000)
            wall.raw(b": \n\n")
            wall.send(Hide(key(at)), Show(card_of("beat", at, "Still here.")))
            await expect(post(seen.page, at)).to_have_count(1)
            await seen.page.clock.run_for(5000)
        assert len(wall.follows) == 1


async def test_a_captive_portal_changes_nothing(browser: Browser, wall: StubWall) -> None:
    async with opened(browser, f"{wall.url}/w/hall", fake_time=True) as seen:
        await listening(wall)
        wall.portal = True
        wall.cut()
        await until(lambda: wall.listening == 0)
        asked = len(seen.requests)
        await seen.page.clock.run_for(5000)
        await until(lambda: len(seen.requests) > asked)
        await expect(seen.page.locator("parvis-stage")).to_have_attribute("data-link", "cut")
        assert "hotel" not in await seen.page.inner_text("body")
        assert await seen.page.locator(".slab").count() >= 6
        wall.portal = False

        async def back() -> bool:
            await seen.page.clock.run_for(5000)
            return wall.listening == 1

        await until(back, 15)


async def test_a_reset_loads_the_wall_anew(browser: Browser, wall: StubWall) -> None:
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        wall.cut()
        await until(lambda: wall.listening == 0)
        wall.send(
            Hide(key(6)), Show(card_of("a", 70, "Missed.")), Show(card_of("author1", 1, "New."))
        )
        wall.forget()
        await expect(post(seen.page, 70)).to_have_count(1, timeout=15_000)
        await expect(post(seen.page, 6)).to_have_count(0)
        await expect(post(seen.page, 1).locator(".text")).to_have_text("New.")
        await listening(wall, 3)
        assert wall.follows[-1] == 13


async def test_frames_cut_anywhere_are_put_together(browser: Browser, wall: StubWall) -> None:
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        whole = b'id: 11\ndata: {"type":"hide","post":"' + key(2).encode() + b'"}\n\n'
        for at in range(0, len(whole), 7):
            wall.raw(whole[at : at + 7])
        await expect(post(seen.page, 2)).to_have_count(0)


async def test_panic_covers_everything_at_once(browser: Browser, wall: StubWall) -> None:
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        wall.send(Face(face_of(panic=True)))
        cover = seen.page.locator(".cover")
        await expect(cover).to_be_visible()
        assert await cover.bounding_box() == {"x": 0, "y": 0, "width": 1920, "height": 1080}
        await expect(seen.page.locator(".slab").first).to_be_hidden()
        assert "Words of post" not in await cover.inner_text()
        wall.send(Face(face_of(scheme="dark")))
        await expect(cover).to_be_hidden()
        await expect(seen.page.locator(".slab").first).to_be_visible()
        await expect(seen.page.locator("html")).to_have_attribute("data-scheme", "dark")


async def test_another_language_turns_the_wall_round(browser: Browser, wall: StubWall) -> None:
    async with opened(browser, f"{wall.url}/w/hall") as seen:
        await listening(wall)
        before = await post(seen.page, 6).bounding_box()
        wall.send(Face(face_of(lang="ar")))
        await expect(seen.page.locator("html")).to_have_attribute("dir", "rtl")
        after = await post(seen.page, 6).bounding_box()
        assert before is not None and after is not None
        assert abs(before["x"] + after["x"] + after["width"] - 1920) < 1, "mirrored, not moved"
        await expect(post(seen.page, 6)).to_have_count(1)


async def test_an_empty_wall_says_how_to_take_part(browser: Browser, empty: StubWall) -> None:
    async with opened(browser, f"{empty.url}/w/hall") as seen:
        said = seen.page.locator(".empty")
        await expect(said).to_contain_text("Confluence 26")
        await expect(said).to_contain_text("#confluence26")
        await expect(said).to_contain_text("/p/hall")
        await expect(said).to_contain_text("Pas encore de message.")
        await listening(empty)
        empty.send(Show(card_of("a", 1, "Premier !")))
        await expect(said).to_be_hidden()
        await expect(post(seen.page, 1)).to_be_visible()
        empty.send(Hide(key(1)))
        await expect(said).to_be_visible()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lang", ["fr", "ar", "ja"])
async def test_everything_stands_inside_its_box(browser: Browser, shape: str, lang: str) -> None:
    width, height, places = SHAPES[shape]
    texts = {
        "fr": "Tout compris en 18 minutes. ",
        "ar": "فهمت البروتوكول. ",
        "ja": "十八分で理解しました。",
    }
    drawn: list[Card] = []
    for at in range(1, 7):
        media = (Media("image", PIXEL, w=4, h=3, alt="A room"),) if at % 2 else ()
        rtl: dict[str, Any] = {
            "dir": "rtl" if lang == "ar" else "ltr",
            "lang": lang,
            "media": media,
        }
        drawn.append(card_of(f"Someone {at}", at, texts[lang] * at * at, **rtl))
    with served(StubWall(face_of(lang=lang), drawn)) as stub:
        size = {"width": width, "height": height}
        async with opened(browser, f"{stub.url}/w/hall", viewport=size) as seen:
            await expect(seen.page.locator(".layout .slab")).to_have_count(places)
            faults = await seen.page.evaluate(FAULTS)
            assert faults == []


async def test_long_words_are_paged_whole(browser: Browser, empty: StubWall) -> None:
    async with opened(browser, f"{empty.url}/w/hall", fake_time=True) as seen:
        await listening(empty)
        empty.send(*[Show(card_of("a", at, LONG)) for at in range(1, 7)])
        slab = post(seen.page, 3)
        await expect(slab.locator(".text")).to_have_text(LONG)
        label = slab.locator(".label")

        async def sized() -> bool:
            await seen.page.clock.run_for(50)
            return await label.get_attribute("data-page") is not None

        await until(sized)
        pages = int((await label.get_attribute("data-page") or "").split("/")[1])
        assert pages > 1
        read: set[str] = set()
        words = (
            "(slab) => { const box = slab.querySelector('.words').getBoundingClientRect();"
            " const node = slab.querySelector('.text').firstChild, range = document.createRange();"
            " const found = []; for (const match of node.data.matchAll(/\\S+/g)) {"
            " range.setStart(node, match.index); range.setEnd(node, match.index + match[0].length);"
            " const at = range.getBoundingClientRect();"
            " const middle = (at.top + at.bottom) / 2;"
            " if (middle > box.top && middle < box.bottom) found.push(match[0]); }"
            " return found; }"
        )
        for _ in range(pages):
            read.update(await slab.evaluate(words))
            turned = await label.get_attribute("data-page")
            while await label.get_attribute("data-page") == turned:
                await seen.page.clock.run_for(1000)
        assert read == set(LONG.split())


async def test_a_text_of_endless_lines_yields_to_a_post_that_waits(
    browser: Browser, empty: StubWall
) -> None:
    async with opened(browser, f"{empty.url}/w/hall", fake_time=True) as seen:
        await listening(empty)
        lines = "line\n" * 400
        empty.send(*[Show(card_of("a", at, lines)) for at in range(1, 7)])
        await expect(seen.page.locator("[data-post-id]")).to_have_count(6)
        empty.send(Show(card_of("b", 90, "Short.")))
        await seen.page.clock.run_for(125_000)
        await expect(post(seen.page, 90)).to_have_count(1)


async def test_what_the_network_asks_for_is_shown(browser: Browser, empty: StubWall) -> None:
    async with opened(browser, f"{empty.url}/w/hall") as seen:
        await listening(empty)
        policy = CardPolicy(must_show=("name", "handle", "timestamp", "logo"), may_crop=False)
        media = (Media("image", PIXEL, w=4, h=3, alt="A full room"),)
        empty.send(Show(card_of("Ana", 1, "Hello.", policy=policy, media=media)))
        slab = post(seen.page, 1)
        await expect(slab.locator(".name")).to_have_text("Ana")
        await expect(slab.locator(".handle")).to_have_text("@ana@example.org")
        await expect(slab.locator(".network")).to_have_text("Mastodon")
        await expect(slab.locator("time")).to_have_attribute("datetime", "2026-09-21T14:13:20.001Z")
        await expect(slab.locator("img")).to_have_attribute("alt", "A full room")
        assert (
            await slab.locator("img").evaluate("(one) => getComputedStyle(one).objectFit")
            == "contain"
        )


async def test_less_motion_where_it_is_asked_for(browser: Browser, wall: StubWall) -> None:
    for wish, motion in (("reduce", "appear"), ("no-preference", "rise")):
        async with opened(browser, f"{wall.url}/w/hall", reduced_motion=wish) as seen:
            await until(lambda: wall.listening >= 1, 15)
            named = "getComputedStyle(document.querySelector('.paste')).animationName"
            await seen.page.evaluate("document.querySelector('.slab').classList.add('arrives')")
            assert await seen.page.evaluate(named) == motion
