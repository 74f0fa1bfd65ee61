"""A fault somewhere on the road costs what it touches, and nothing that comes after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from parvis.core.post import Gone, Post
from parvis.core.verdict import Verdict
from parvis.flow import withdraw
from parvis.plug.check import Around
from tests.flow.conftest import CHECKS, Flood, Venue
from tests.posts import post
from tests.waiting import until


class Brittle(Flood):
    """Breaks on posts that hold the word "crash"."""

    def judge(self, post: Post, around: Around) -> Verdict:
        if "crash" in post.text:
            raise IndexError(post.text)
        return super().judge(post, around)


@pytest.fixture
def brittle() -> Iterator[None]:
    before = CHECKS["flood"]
    CHECKS["flood"] = Brittle()
    yield
    CHECKS["flood"] = before


class Once:
    """Stands in for a function, and raises the first time."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.raised = 0

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.raised:
            self.raised += 1
            raise RuntimeError("a fault")
        return await self.inner(*args, **kwargs)


async def test_a_check_that_breaks_holds_its_post_and_no_other(
    brittle: None, venue: Venue, caplog: pytest.LogCaptureFixture
) -> None:
    many = [post(n, text=f"A crash of words, number {n}, again.") for n in (1, 2)]
    await venue.receive(*many, post(3))
    assert await venue.shown() == [post(3).key]
    assert await venue.state(many[0].key) == "pending"
    assert "The check flood broke on this post" in await venue.why(many[0].key)
    assert [each.message for each in caplog.records].count("check.bug") == 1, "said once"
    await venue.road.decide("square", many[0].key, "approved", by="person:mo", why="fine")
    assert many[0].key in await venue.shown()


async def test_a_fault_while_deciding_is_got_over(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = Once(venue.engine.sources)
    monkeypatch.setattr(venue.engine, "sources", once)
    await venue.receive(post())
    assert once.raised
    assert await venue.shown() == [post().key]


async def test_a_fault_while_erasing_is_got_over(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    await venue.receive(post())
    monkeypatch.setattr(withdraw, "ERASE_AFTER_MS", 10)
    erasing = venue.road._withdrawal
    once = Once(erasing.erase_due)
    monkeypatch.setattr(erasing, "erase_due", once)
    await venue.road.withdraw(post().key, by="person:mo", why="asked")
    venue.clock.now_ms += 60_000
    await until(lambda: once.raised)

    async def erased() -> bool:
        return not await venue.engine.placements(post().key)

    await until(erased)


ALIAS = "test:here.example:77"


@pytest.mark.parametrize("told_as", [post().key, ALIAS])
async def test_a_deletion_that_comes_while_its_post_is_being_kept(
    venue: Venue, monkeypatch: pytest.MonkeyPatch, told_as: str
) -> None:
    inner = venue.engine.write_all

    async def late(writes: Any) -> Any:
        monkeypatch.undo()
        await venue.road.receive(venue.source, [Gone(told_as)])
        return await inner(writes)

    monkeypatch.setattr(venue.engine, "write_all", late)
    await venue.receive(post(extra={"alias": ALIAS}))
    assert await venue.shown() == []
    await venue.receive(post(extra={"alias": ALIAS}))
    assert await venue.shown() == []


@pytest.mark.parametrize("told_as", [post().key, ALIAS])
async def test_a_post_that_comes_while_its_deletion_is_being_kept(
    venue: Venue, monkeypatch: pytest.MonkeyPatch, told_as: str
) -> None:
    inner = venue.engine.write

    async def late(write: Any) -> Any:
        monkeypatch.undo()
        await venue.road.receive(venue.source, [post(extra={"alias": ALIAS})])
        return await inner(write)

    monkeypatch.setattr(venue.engine, "write", late)
    await venue.receive(Gone(told_as))
    assert await venue.shown() == []
