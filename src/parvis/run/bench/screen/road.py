"""From a person's hand to the glass: approve, and panic."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import msgspec

from parvis.run.bench.house import DOOR, WALL, House, house
from parvis.run.bench.road import item, key_of
from parvis.run.bench.row import Row, median, percentile
from parvis.run.bench.screen.browser import UP, Sight, browsing, opened
from parvis.run.bench.screen.wait import wait_for
from parvis.run.bench.talk import Talk, talking

if TYPE_CHECKING:
    from playwright.async_api import Browser

POSTS = 20
"""Approved, a round."""
STANDING = 4
SCREENS = 4
CALM_S = 3.0
"""A young slab keeps its neighbours still for as long."""
API = f"/api/walls/{WALL}"


def approve(rounds: int, tell: Callable[[float], None]) -> list[Row]:
    """A moderator approves; the page has the card, and draws the first frame of its field."""
    with house(mode="approve_first") as there:
        heard, drawn = asyncio.run(_approve(there, rounds * POSTS // 3, tell))
    note = f"median of {len(heard)}; p95 {{:.0f}} ms"
    return [
        Row(
            "approve to player", median(heard), "ms", wanted="≤ 200",
            note=note.format(percentile(heard, 0.95)),
        ),
        Row(
            "idle wall first frame", median(drawn), "ms", wanted="≤ 300",
            note=note.format(percentile(drawn, 0.95)) + ", from the approval",
        ),
    ]  # fmt: skip


async def _decide(talk: Talk, ident: str, state: str) -> None:
    await talk.post(f"{API}/posts/decide", {"post": key_of(ident), "state": state})


async def _arrive(talk: Talk, ident: str) -> None:
    """A post comes, and waits for a person."""
    await talk.post(DOOR, item(ident))

    async def waits() -> bool:
        return key_of(ident).encode() in await talk.ask("GET", f"{API}/queue?state=pending")

    await wait_for(f"{ident} in the queue", waits)


async def _approve(
    there: House, posts: int, tell: Callable[[float], None]
) -> tuple[list[float], list[float]]:
    heard: list[float] = []
    drawn: list[float] = []
    async with talking(there.port, there.key) as talk, browsing() as browser:
        for number in range(STANDING):
            await _arrive(talk, f"stands-{number}")
            await _decide(talk, f"stands-{number}", "approved")
        async with _screen(browser, there, "hall") as sight:
            await sight.cards("parvis-stage [data-post-id]", STANDING)
            for number in range(posts):
                ident = f"comes-{number}"
                await _arrive(talk, ident)
                await asyncio.sleep(CALM_S)
                key = json.dumps(key_of(ident))
                await sight.js(f"probe.watch({key})")
                began = time.time() * 1000
                await _decide(talk, ident, "approved")
                await sight.until(f"probe.about[{key}].drawn > 0")
                seen = await sight.js(f"probe.about[{key}]")
                heard.append(seen["heard"] - began)
                drawn.append(seen["drawn"] - began)
                await _decide(talk, ident, "hidden")
                tell((number + 1) / posts)
    return heard, drawn


@contextlib.asynccontextmanager
async def _screen(browser: Browser, there: House, name: str) -> AsyncIterator[Sight]:
    url = f"http://127.0.0.1:{there.port}/w/{WALL}/{name}"
    async with opened(browser, url) as sight:
        await sight.until(UP)
        yield sight


def panic(rounds: int, tell: Callable[[float], None]) -> list[Row]:
    """A moderator covers every screen."""
    with house() as there:
        covered, answered = asyncio.run(_panic(there, rounds, tell))
    note = f"the slowest of {SCREENS} screens in {rounds} rounds"
    return [
        Row(
            "panic covered", max(covered), "ms", wanted="≤ 1000",
            note=f"{note}; median {median(covered):.0f} ms",
        ),
        Row("panic acknowledged", max(answered), "ms", wanted="≤ 1000", note=note),
    ]  # fmt: skip


async def _panic(
    there: House, rounds: int, tell: Callable[[float], None]
) -> tuple[list[float], list[float]]:
    covered: list[float] = []
    answered: list[float] = []
    async with (
        talking(there.port, there.key) as talk,
        browsing() as browser,
        contextlib.AsyncExitStack() as stack,
    ):
        for number in range(STANDING):
            await talk.post(DOOR, item(f"stands-{number}"))
        sights = [
            await stack.enter_async_context(_screen(browser, there, f"screen-{number}"))
            for number in range(SCREENS)
        ]
        await _known(talk)
        for number in range(rounds):
            began = time.time() * 1000
            await talk.post(f"{API}/panic", {"on": True})
            await _answered(talk)
            answered.append(time.time() * 1000 - began)
            for sight in sights:
                await sight.until("probe.covered > 0")
                covered.append(float(await sight.js("probe.covered")) - began)
            await talk.post(f"{API}/panic", {"on": False})
            for sight in sights:
                await sight.until("!document.querySelector('parvis-stage.panic')")
                await sight.js("probe.covered = null")
            tell((number + 1) / rounds)
    return covered, answered


async def _known(talk: Talk) -> None:
    async def all_up() -> bool:
        said = msgspec.json.decode(await talk.ask("GET", f"{API}/screens"))
        return sum(1 for screen in said["screens"] if screen["up"]) >= SCREENS

    await wait_for("Every screen's report", all_up)


async def _answered(talk: Talk) -> None:
    async def all_covered() -> bool:
        said = msgspec.json.decode(await talk.ask("GET", f"{API}/panic"))
        answers = said["screens"]
        return bool(answers["asked"] >= SCREENS and answers["covered"] == answers["asked"])

    await wait_for("Every screen's answer", all_covered)
