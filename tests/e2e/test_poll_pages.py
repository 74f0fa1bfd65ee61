"""The poll's halves on wall and phone, in a real browser, before a stub of the server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from parvis.core.wire import Format, FormatFace
from tests.e2e.browser import browsing, opened
from tests.e2e.poll import poll_with
from tests.e2e.stub_wall import StubWall, card_of, face_of, listening, served
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


def poll_of(first: int, second: int, **more: Any) -> FormatFace:
    answers = [
        {"text": "Tea", "count": first, "share": first},
        {"text": "<i>Coffee</i>", "count": second, "share": second},
    ]
    view = {"question": "Tea?", "open": True, "votes": 100, "answers": answers, **more}
    return FormatFace(format="q1", plugin="poll", view=view)


async def test_a_poll_comes_grows_and_goes(browser: Browser) -> None:
    cards = [card_of("ana", at, f"Words of post {at}.") for at in range(1, 7)]
    with served(StubWall(face_of(), cards)) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            wall.send(Format(poll_of(80, 20)))
            poll = seen.page.locator("parvis-poll-wall")
            await expect(poll.locator("h2")).to_have_text("Tea?")
            await expect(poll.locator(".poll-figure")).to_have_text(["80%", "20%"])
            await expect(poll.locator(".poll-mark .poll-answer").nth(1)).to_have_text(
                "<i>Coffee</i>"
            )
            wall.send(Format(poll_of(40, 60)))
            await expect(poll.locator(".poll-figure")).to_have_text(["40%", "60%"])
            scale = "(one) => one.style.transform"
            assert await poll.locator(".poll-bar").nth(1).evaluate(scale) == "scaleY(1)"
            over = "(part) => { const box = part.getBoundingClientRect(); return"
            over += " Array.from(document.querySelectorAll('.cell')).some((one) =>"
            over += " one.getBoundingClientRect().right > box.left + 1); }"
            assert not await seen.page.locator(".formats").evaluate(over), "it covers posts"
            wall.send(Format(poll_of(40, 60), gone=True))
            await expect(poll).to_have_count(0)
            places = seen.page.locator(".layout > .cell:not(.brand):not(.mini)")
            await expect(places).to_have_count(7)


ADDRESS = "https://wall.example.org/p/hall"
SHOWN = """() => {
  const screen = [innerWidth, innerHeight];
  return Array.from(document.querySelectorAll(".qr, .ask p, .join"))
    .map((one) => [one.className || "ask", one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && box.left >= 0 && box.right <= screen[0] + 1
      && box.top >= 0 && box.bottom <= screen[1] + 1)
    .map(([name, box]) => [name, Math.round(box.width)]);
}"""


@pytest.mark.parametrize("layout", ["masonry", "spotlight"])
@pytest.mark.parametrize(
    "size", [(1920, 1080), (1366, 768), (1024, 768), (1080, 1920), (3840, 480), (1920, 360)]
)
async def test_a_poll_says_where_to_vote_once_beside_whatever_layout(
    browser: Browser, layout: str, size: tuple[int, int]
) -> None:
    cards = [card_of("ana", at, f"Words of post {at}.") for at in range(1, 9)]
    stub = StubWall(face_of(layout=layout), cards, [poll_of(80, 20)])
    stub.join = ADDRESS
    width, height = size
    with served(stub) as wall:
        box = {"width": width, "height": height}
        async with opened(browser, f"{wall.url}/w/hall", viewport=box) as seen:
            await listening(wall)
            await expect(seen.page.locator("parvis-poll-wall")).to_be_visible()

            async def told() -> list[list[Any]]:
                found = list(await seen.page.evaluate(SHOWN))
                return found if [name for name, _ in found].count("qr") == 1 else []

            shown = await until(told)
            assert {name for name, _ in shown} & {"ask", "join"}, "the address in words"
            unit = min(size) / 100 * (1.8 if width > 4 * height else 1)
            (code,) = [wide for name, wide in shown if name == "qr"]
            assert code >= 12.9 * unit
            assert await seen.page.evaluate(MEETS) == []


async def test_a_poll_that_no_phone_can_reach_promises_nothing(browser: Browser) -> None:
    stub = StubWall(face_of(layout="spotlight"), [card_of("ana", 1, "Hello.")], [poll_of(1, 2)])
    with served(stub) as wall:
        async with opened(browser, f"{wall.url}/w/hall") as seen:
            await listening(wall)
            await expect(seen.page.locator("parvis-poll-wall")).to_be_visible()
            await expect(seen.page.locator(".ask, .qr")).to_have_count(0)


LONG = "An answer as long as answers are allowed to be, which is eighty characters each."
MEETS = """() => {
  const found = [];
  document.querySelectorAll(".poll-column").forEach((column, at) => {
    const box = column.getBoundingClientRect();
    const words = Array.from(column.querySelectorAll(".poll-figure, .poll-answer"))
      .filter((one) => getComputedStyle(one).display !== "none")
      .filter((one) => getComputedStyle(one).visibility !== "hidden")
      .map((one) => one.getBoundingClientRect());
    if (words.length !== 2) found.push(at + " shows " + words.length);
    words.forEach((one, n) => {
      if (one.top < box.top - 1 || one.bottom > box.bottom + 1) found.push(at + " is cut off");
      const meets = (two) => one.bottom > two.top + 1 && two.bottom > one.top + 1
        && one.right > two.left + 1 && two.right > one.left + 1;
      if (words.slice(n + 1).some(meets))
        found.push(at + " overlaps");
    });
  });
  return found;
}"""


@pytest.mark.parametrize("size", [(3840, 720), (1920, 360), (1920, 1080), (1080, 1920)])
async def test_no_figure_covers_an_answer_however_low_its_column(
    browser: Browser, size: tuple[int, int]
) -> None:
    """A strip of 48:9 most of all: its columns are low even where they are tall."""
    polls = [
        poll_with(62, 28, 9, 1, text="Housing and the price of it"),
        poll_with(40, 25, 14, 12, 6, 3, text="Llanfairpwllgwyngyll"),
        poll_with(0, 0, 0, text="Nobody yet"),
        poll_with(23, 22, 12, 11, 10, 9, 7, 6, text=LONG, question="How? " * 40),
    ]
    cards = [card_of("ana", at, f"Words of post {at}.") for at in range(1, 4)]
    with served(StubWall(face_of(), cards)) as wall:
        width, height = size
        view = {"width": width, "height": height}
        address = f"{wall.url}/w/hall"
        async with opened(browser, address, viewport=view, reduced_motion="reduce") as seen:
            await listening(wall)
            for poll in polls:
                wall.send(Format(poll))
                figures = [f"{answer['share']}%" for answer in poll.view["answers"]]
                await expect(seen.page.locator(".poll-figure")).to_have_text(figures)
                assert await seen.page.evaluate(MEETS) == []
            await seen.page.set_viewport_size({"width": width // 2, "height": height})
            await until(lambda: seen.page.evaluate(f"!({MEETS})().length"))


async def test_words_that_no_column_holds_stand_in_rows(browser: Browser) -> None:
    cards = [card_of("ana", 1, "Words of the post.")]
    long = poll_with(62, 28, 9, 1, text="I understood the protocol in eighteen minutes")
    with served(StubWall(face_of(), cards, [long])) as wall:
        view = {"width": 1024, "height": 768}
        async with opened(
            browser, f"{wall.url}/w/hall", viewport=view, reduced_motion="reduce"
        ) as seen:
            await listening(wall)
            poll, bars = seen.page.locator("parvis-poll-wall"), seen.page.locator(".poll-bar")
            await expect(poll).to_have_class(re.compile("poll-rows"))
            first, last = await bars.first.bounding_box(), await bars.last.bounding_box()
            assert first and last and first["width"] > 20 * last["width"] > 0
            assert last["y"] > first["y"], "one below another"
            size = "(one) => parseFloat(getComputedStyle(one).fontSize)"
            answer = seen.page.locator(".poll-mark .poll-answer").first
            assert await answer.evaluate(size) >= 0.025 * view["height"]
            wall.send(Format(poll_with(62, 28, 9, 1, text="Tea")))
            await expect(poll).not_to_have_class(re.compile("poll-rows"))
            first, last = await bars.first.bounding_box(), await bars.last.bounding_box()
            assert first and last and first["height"] > 20 * last["height"] > 0


async def test_the_phone_votes_and_shows_the_result(browser: Browser) -> None:
    with served(StubWall(face_of(), (), (poll_of(80, 20),))) as stub:
        size = {"width": 390, "height": 844}
        async with opened(browser, f"{stub.url}/p/hall", viewport=size) as seen:
            page = seen.page
            await listening(stub)
            choice = page.get_by_role("button", name="<i>Coffee</i>")
            box = await choice.bounding_box()
            assert box is not None and box["height"] >= 48
            assert await page.locator(".share").count() == 0, "no result before the vote"
            await choice.click()
            await until(lambda: stub.votes)
            vote = stub.votes[0]
            assert vote["answer"] == "1" and len(vote["who"]) == 32
            stub.send(Format(poll_of(70, 30)))
            await expect(page.locator(".share")).to_have_text(["70 %", "30 %"])
            await expect(choice).to_have_attribute("aria-pressed", "true")
            await page.get_by_role("button", name="Tea").click()
            await until(lambda: len(stub.votes) == 2)
            assert stub.votes[1]["who"] == vote["who"], "the second vote replaces the first"
            stub.send(Format(poll_of(70, 30, open=False)))
            await expect(page.get_by_role("button", name="Tea")).to_be_disabled()
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
