"""From a network to a screen and off it again: a simulated Mastodon, parvis, a real browser."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.e2e.browser import browsing, opened
from tests.programs import Program, running, start
from tests.waiting import until

EVENT = """
[[wall]]
id = "square"
title = "The square"
hashtags = ["square"]
mode = "show_first"

[[wall.source]]
id = "fediverse"
plugin = "mastodon"
settings = {{ server = "{server}", tags = ["square"] }}

[[wall.source]]
id = "desk"
plugin = "webhook"
basis = "own_content"
settings = {{ open = true }}
"""


@dataclass
class Stage:
    """The three that the tests bring together."""

    network: Program
    house: Program
    browser: Browser
    event: Path
    data: Path

    @property
    def wall(self) -> str:
        return f"{self.house.base}/w/square"

    async def post(self, text: str) -> str:
        said = await self.network.tell("/sim/post", {"text": f"{text} #square"})
        return str(said["id"])


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with running("sim", "mastodon", "--port", "0", "--tag", "square") as network:
        event, data = tmp_path / "square.toml", tmp_path / "data"
        event.write_text(EVENT.format(server=network.base))
        allowed = network.base.partition("://")[2]
        words = ("up", str(event), "--data", str(data), "--port", "0")
        async with running(*words, PARVIS_ALLOW_PRIVATE=allowed) as house, browsing() as browser:
            yield Stage(network, house, browser, event, data)


async def texts(page: Page) -> list[str]:
    return [
        (await slab.locator(".text").first.text_content() or "")
        for slab in await page.locator("[data-post-id]").all()
    ]


async def shows(page: Page, words: str) -> None:
    async def there() -> bool:
        return any(words in text for text in await texts(page))

    await until(there, 15)


async def shows_no_more(page: Page, words: str) -> None:
    async def gone() -> bool:
        return words not in (await page.locator("body").inner_text())

    await until(gone, 15)


async def test_posted_shown_edited_deleted_and_gone(stage: Stage) -> None:
    async with opened(stage.browser, stage.wall) as seen:
        post = await stage.post("The gates are open")
        await shows(seen.page, "The gates are open")
        await stage.network.tell(
            "/sim/edit", {"id": post, "text": "The gates open at noon #square"}
        )
        await shows(seen.page, "The gates open at noon")
        await shows_no_more(seen.page, "The gates are open")
        await stage.network.tell("/sim/delete", {"id": post})
        await shows_no_more(seen.page, "The gates open at noon")
        fresh = await seen.page.request.get(stage.wall)
        assert "noon" not in await fresh.text()


async def test_what_was_written_as_markup_is_read_as_words(stage: Stage) -> None:
    evil = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"
    async with opened(stage.browser, stage.wall) as seen:
        await stage.house.tell(
            "/in/desk/post", {"id": "evil", "text": evil, "author": {"name": evil}}
        )
        await shows(seen.page, evil)
        await seen.page.reload()
        await shows(seen.page, evil)
        assert await seen.page.evaluate("window.pwned") is None


async def test_a_dead_server_leaves_the_wall_and_loses_nothing(stage: Stage) -> None:
    async with opened(stage.browser, stage.wall) as seen:
        await stage.post("Before the crash")
        await shows(seen.page, "Before the crash")
        await stage.house.stop(signal.SIGKILL)
        await stage.post("While nobody listened")
        assert any("Before the crash" in text for text in await texts(seen.page))
        house = await start(
            *("up", str(stage.event), "--data", str(stage.data)),
            *("--port", str(stage.house.port)),
            PARVIS_ALLOW_PRIVATE=stage.network.base.partition("://")[2],
        )
        try:
            await shows(seen.page, "While nobody listened")
            assert any("Before the crash" in text for text in await texts(seen.page))
        finally:
            await house.stop()
