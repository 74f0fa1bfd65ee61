"""The wall's bench in a browser: each way of measuring gives a figure, in a small form."""

from __future__ import annotations

import pytest

from parvis.run.bench.screen import burst, first, moves, road, weight
from parvis.run.bench.screen.browser import browsing, opened

pytestmark = pytest.mark.timeout(180)


def nothing(_share: float) -> None:
    """Nobody is told."""


def test_the_road_to_the_glass(chromium: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(road, "POSTS", 3)
    monkeypatch.setattr(road, "SCREENS", 2)
    heard, drawn = road.approve(1, nothing)
    assert heard.value and drawn.value and 0 < heard.value <= drawn.value
    covered, answered = road.panic(1, nothing)
    assert covered.value and answered.value and covered.value > 0 and answered.value > 0


def test_a_burst_and_moves(chromium: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burst, "WINDOW_S", 4.0)
    monkeypatch.setattr(burst, "REST_S", 0.5)
    task, nodes = burst.burst(20, None, 1, nothing)
    assert task.value is not None and nodes.value
    assert 50 < nodes.value < 600
    assert task.absent
    layout, paint = moves.traced(1, nothing)
    assert layout.value == paint.value == 0
    assert not layout.note.startswith("in 0 moves")


def test_memory_is_looked_at_on_the_way(chromium: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight, "QUICK_POSTS", 400)
    monkeypatch.setattr(weight, "LOOKS", 4)
    monkeypatch.setattr(weight, "SETTLE_S", 0.2)
    held, growth, nodes = weight.memory(1, nothing)
    assert held.value and 10 < held.value < 400
    assert growth.value is not None
    assert nodes.value and nodes.value < 600
    assert "400 posts" in held.note


async def test_strangers_are_counted(chromium: str) -> None:
    async with browsing() as one, opened(one, "data:text/html,<p data-post-id=a>x") as sight:
        await sight.until("probe.first > 0")
        assert sight.strangers() == []
        sight.asked.append("https://cdn.example/x.js")
        assert sight.strangers() == ["https://cdn.example/x.js"]
        assert first.VISIBLE
