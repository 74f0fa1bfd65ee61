"""The bench's client, the hub as the kit serves it, and the small measurements over both."""

from __future__ import annotations

import pytest

from parvis.core.errors import Later
from parvis.run.bench import readers, road
from parvis.run.bench.fanout import hub_server
from parvis.run.bench.house import DOOR, house, process
from parvis.run.bench.process import free_port
from parvis.run.bench.talk import listening, talking


async def test_the_kits_hub_serves_what_was_published() -> None:
    port = free_port()
    with hub_server(port):
        async with talking(port) as talk, listening(port, "/live/bench?after=0") as ears:
            await talk.ask("POST", "/pub", readers.card(1))
            await talk.ask("POST", "/pub", readers.card(2))
            assert await ears.hear("show", "test:bench:2") > 0
            assert [event[1:] for event in ears.events] == [
                (1, "show", "test:bench:1"), (2, "show", "test:bench:2"),
            ]  # fmt: skip
            assert await talk.ask("GET", "/stat") == b"1"
            with pytest.raises(Later, match="No hide of test:bench:2"):
                await ears.hear("hide", "test:bench:2", within_s=0.01)
            with pytest.raises(Later, match="answered 405"):
                await talk.ask("DELETE", "/live/bench")


def test_a_cut_line_resumes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "CUTS", 3)
    lost, doubled = readers.resume()
    assert (lost.value, doubled.value) == (0, 0)
    assert "24 posts, in order" in lost.note


def test_leaks_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "VANISH", 20)
    monkeypatch.setattr(readers, "NOTICE_S", 0.5)
    monkeypatch.setattr(readers, "STAY", 20)
    assert readers.leaked().value == 0
    assert (readers.stop(1).value or 0) > 0


def test_the_whole_house_is_measured_through_its_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"POSTS": 3, "EVERY_S": 0.0, "IDLE_S": 0.0}.items():
        monkeypatch.setattr(road, name, value)
    assert [row.name for row in road.road()] == ["road p50", "road p99", "road own hop p99"]
    assert (road.withdraw().value or 0) > 0
    assert 20 < (road.idle().value or 0) < 400


def test_ingest_and_backlog_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"INGEST_S": 0.3, "BACKLOG": 200, "CONNECTIONS": 2}.items():
        monkeypatch.setattr(road, name, value)
    speed, percpu = road.ingest()
    assert (speed.value or 0) > 0
    assert (percpu.value or 0) > 0
    seconds, _live = road.backlog()
    assert (seconds.value or 0) > 0


async def test_a_house_that_does_not_start_says_why() -> None:
    with pytest.raises(Later, match="no command"), process(["-m", "parvis", "upp"]):
        pass


async def test_the_house_takes_posts_of_anybody_and_knows_its_owner() -> None:
    with house() as there:
        async with talking(there.port, there.key) as talk:
            assert b'"accepted"' in await talk.post(DOOR, road.item("1"))
            assert await road._undecided(talk) in (0, 1)
