"""The studio alone, in a real browser; the API is answered by the test."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.e2e.browser import browsing, opened
from tests.e2e.stub_wall import POLICY, STATIC
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

ORIGIN = "http://studio.localhost"
KEY = "a-secret-key-of-the-studio"
HEALTH = [{"source": "tags", "wall": "hall", "healthy": False, "says": "No answer.", "since_ms": 1}]
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>parvis studio</title>'
    '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/studio/studio.css">'
    "</head><body><parvis-studio></parvis-studio>"
    '<script src="/static/studio/studio.js" defer></script>'
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as one:
        yield one


class StubApi:
    """Three posts that wait, and what was asked."""

    def __init__(self) -> None:
        self.states = {f"mastodon:example.org:{at}": "pending" for at in (1, 2, 3)}
        self.revs = dict.fromkeys(self.states, 1)
        self.decided: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.urls: list[str] = []
        self.panic = False
        self.conflict = False

    def item(self, post: str) -> dict[str, Any]:
        at = int(post.rsplit(":", 1)[1])
        return {
            "post": {
                "key": post,
                "network": "mastodon",
                "text": f"<b>Words</b> of {at}",
                "created_at_ms": 1_790_000_000_000 + at,
                "author": {"key": f"a{at}", "handle": f"ana{at}@example.org", "name": f"Ana {at}"},
            },
            "placement": {"state": self.states[post], "order": at, "rev": self.revs[post]},
            "decision": {"state": "pending", "by": "rule:wordlist", "why": f"Reason {at}."},
        }

    def answer(self, path: str, query: str, body: Any) -> tuple[int, Any]:
        if path == "/api/walls":
            return 200, [{"id": "hall", "title": "The hall", "panic": self.panic}]
        if path == "/api/walls/hall/queue":
            states = ",".join(parse_qs(query)["state"]).split(",")
            posts = [post for post, state in self.states.items() if state in states]
            return 200, [self.item(post) for post in reversed(posts)]
        if path == "/api/walls/hall/health":
            return 200, HEALTH
        if path == "/api/trace":
            step = {"at_ms": 1, "wall": "hall", "seq": 1, "event": "post.seen", "by": "tags"}
            return 200, [step]
        if path == "/api/walls/hall/panic":
            self.panic = body["on"]
            return 200, {}
        assert path == "/api/walls/hall/posts/decide", path
        if self.conflict:
            self.states[body["post"]] = "hidden"
            return 409, {"title": "Conflict", "detail": "Somebody was first."}
        self.decided.append(body)
        self.states[body["post"]] = body["state"]
        self.revs[body["post"]] += 1
        return 200, {"rev": self.revs[body["post"]]}

    async def handle(self, route: Route) -> None:
        request = route.request
        self.urls.append(request.url)
        parts = urlsplit(request.url)
        if parts.path == "/studio":
            headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html"}
            await route.fulfill(body=PAGE, headers=headers)
        elif parts.path.startswith("/static/"):
            await route.fulfill(path=STATIC / parts.path.removeprefix("/static/"))
        else:
            given = request.headers.get("authorization", "")
            self.keys.add(given)
            if given != f"Bearer {KEY}":
                await route.fulfill(status=401, json={"title": "No", "detail": "Wrong key."})
                return
            body = json.loads(request.post_data) if request.post_data else None
            status, answer = self.answer(parts.path, parts.query, body)
            await route.fulfill(status=status, json=answer)


@asynccontextmanager
async def studio(browser: Browser, api: StubApi, fragment: str = "") -> AsyncIterator[Page]:
    async with opened(browser, "", viewport={"width": 1280, "height": 800}) as seen:
        await seen.page.route("**/*", api.handle)
        await seen.page.goto(f"{ORIGIN}/studio{fragment}")
        yield seen.page
        assert not [url for url in api.urls if KEY in url], "the key stood in an address"


def posts(page: Page) -> Any:
    return page.locator(".posts > li")


async def test_the_key_is_typed_once_and_a_wrong_one_is_told(browser: Browser) -> None:
    api = StubApi()
    async with studio(browser, api) as page:
        await page.get_by_label("Studio key").fill("wrong")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_have_text("Wrong key.")
        await page.get_by_label("Studio key").fill(KEY)
        await page.get_by_role("button", name="Open").click()
        await expect(posts(page)).to_have_count(3)
        await page.reload()
        await expect(posts(page)).to_have_count(3)
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_label("Studio key")).to_be_visible()
        assert await page.evaluate("sessionStorage.length") == 0


async def test_the_key_leaves_the_address(browser: Browser) -> None:
    async with studio(browser, StubApi(), f"#key={KEY}") as page:
        await expect(posts(page)).to_have_count(3)
        assert page.url == f"{ORIGIN}/studio"


async def test_each_post_shows_its_words_and_its_reason(browser: Browser) -> None:
    async with studio(browser, StubApi(), f"#key={KEY}") as page:
        first = posts(page).first
        await expect(first.locator(".text")).to_have_text("<b>Words</b> of 3")
        await expect(first.locator(".reason")).to_contain_text("Reason 3.")
        await expect(page.get_by_label("Sources")).to_contain_text("No answer.")
        await first.get_by_role("button", name="History").click()
        await expect(first.locator(".steps")).to_contain_text("post.seen")


async def test_one_key_press_decides_and_another_undoes(browser: Browser) -> None:
    api = StubApi()
    async with studio(browser, api, f"#key={KEY}") as page:
        await expect(posts(page)).to_have_count(3)
        await page.keyboard.press("j")
        await page.keyboard.press("a")
        await until(lambda: len(api.decided) == 1)
        post = "mastodon:example.org:2"
        assert api.decided == [{"post": post, "state": "approved", "rev": 1}]
        await expect(posts(page)).to_have_count(2)
        await expect(page.locator("[aria-current=true] .text")).to_have_text("<b>Words</b> of 1")
        await expect(page.get_by_role("status")).to_contain_text("Approved: Ana 2")
        await page.keyboard.press("z")
        await expect(posts(page)).to_have_count(3)
        assert api.decided[1] == {"post": post, "state": "pending", "rev": 2}


async def test_every_decision_has_a_button(browser: Browser) -> None:
    api = StubApi()
    async with studio(browser, api, f"#key={KEY}") as page:
        for name in ("Approve", "Reject", "Hide"):
            await posts(page).first.get_by_role("button", name=name).click()
            await expect(page.get_by_role("status")).to_contain_text("Press z to undo")
        await until(lambda: len(api.decided) == 3)
        assert [one["state"] for one in api.decided] == ["approved", "rejected", "hidden"]
        await expect(posts(page)).to_have_count(0)
        await page.get_by_role("button", name="On the wall").click()
        await expect(posts(page)).to_have_count(1)


async def test_somebody_faster_is_told(browser: Browser) -> None:
    api = StubApi()
    async with studio(browser, api, f"#key={KEY}") as page:
        await expect(posts(page)).to_have_count(3)
        api.conflict = True
        await page.keyboard.press("r")
        await expect(page.get_by_role("status")).to_contain_text("Somebody else decided")
        await expect(posts(page)).to_have_count(2)


async def test_the_wall_is_covered_and_uncovered(browser: Browser) -> None:
    api = StubApi()
    async with studio(browser, api, f"#key={KEY}") as page:
        await page.get_by_role("button", name="Cover the wall").click()
        await expect(page.get_by_role("button", name="uncover")).to_be_visible()
        assert api.panic
        await page.get_by_role("button", name="uncover").click()
        await until(lambda: not api.panic)


async def test_every_control_has_a_name(browser: Browser) -> None:
    async with studio(browser, StubApi(), f"#key={KEY}") as page:
        await expect(posts(page)).to_have_count(3)
        nameless = await page.evaluate(
            "Array.from(document.querySelectorAll('button, select, input, a'))"
            ".filter((one) => !(one.textContent.trim() || one.getAttribute('aria-label')"
            " || (one.labels && one.labels.length))).length"
        )
        assert nameless == 0
