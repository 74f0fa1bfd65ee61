"""The wall's bench, without a browser: what it makes of what it saw, and who is absent."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from parvis.core.errors import Later
from parvis.run.bench.kit import network
from parvis.run.bench.plan import rows_of
from parvis.run.bench.process import Absent
from parvis.run.bench.screen import browser, burst, first, moves, peers, weight
from parvis.run.bench.screen.burst import Strain
from parvis.run.bench.screen.steps import steps
from parvis.run.bench.screen.wait import wait_for


def event(name: str, ts: float, **more: Any) -> dict[str, Any]:
    return {"name": name, "ts": ts, "pid": 1, "tid": 1, **more}


def test_frames_are_counted_inside_the_moves_alone() -> None:
    times = [float(at * 10) for at in range(101)]  # a hundred frames a second
    assert moves.rate(times, [(0.0, 1000.0)]) == pytest.approx(100)
    slow = [*(at for at in times if at < 500), *(at for at in times if at >= 500 and at % 20 == 0)]
    assert moves.rate(slow, [(500.0, 1000.0)]) == pytest.approx(50)
    assert moves.rate(slow, [(0.0, 490.0)]) == pytest.approx(100)
    assert moves.rate(times, []) == 0


def test_the_trace_tells_what_happened_during_a_move() -> None:
    events = [
        event("move-end", 5),  # its begin was before the trace
        event("Layout", 7),
        event("move-begin", 10),
        event("Paint", 11),
        event("Layout", 12, tid=2),  # another thread's
        event("move-end", 20),
        event("Layout", 21),
        event("move-begin", 30),
        event("move-end", 40),
    ]
    counts, seen = moves.within_moves(events)
    assert (counts.get("Layout", 0), counts["Paint"], seen) == (0, 1, 2)


def test_the_longest_task_is_of_the_thread_that_moves() -> None:
    events = [
        event("move-begin", 1),
        event("RunTask", 2, tdur=12_000, dur=90_000),
        event("ThreadControllerImpl::RunTask", 3, tdur=31_000),
        event("RunTask", 2, tdur=80_000, tid=2),
    ]
    assert moves.longest_busy(events) == 31.0
    assert moves.longest_busy([]) == 0.0


def test_a_page_that_gives_no_answer_is_told_as_that() -> None:
    assert "no answer" in Strain(75_000, 75_000, 0, mute=True).said("fediwall")
    said = Strain(12, 33, 148, busy=4).said("parvis")
    assert said == "parvis: task 12 ms (4 ms of CPU time), frame 33 ms, 148 elements"


def test_a_task_is_told_by_its_own_time_too() -> None:
    """A page that waits for the machine does not work: only its main thread's time is its own."""
    events = [
        event("thread_name", 0, args={"name": "CrRendererMain"}),
        event("thread_name", 0, tid=2, args={"name": "Compositor"}),
        event("ThreadControllerImpl::RunTask", 1, dur=206_000, tdur=4_000),
        event("ThreadControllerImpl::RunTask", 300_000, dur=9_000, tdur=5_000),
        event("ThreadControllerImpl::RunTask", 1, tid=2, dur=90_000, tdur=80_000),
        event("ThreadControllerImpl::RunTask", 2),  # a trace without thread times
        event("Layout", 3, dur=9_000, tdur=9_000),
    ]
    assert burst.busiest(events) == 5
    assert burst.busiest([]) == 0
    assert "task 206 ms (5 ms of CPU time)" in Strain(206, 50, 9, busy=5).said("parvis")


def test_the_worst_peer_stands_beside_a_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {
        "parvis": Strain(40, 50, 148),
        "fediwall": Strain(400, 450, 9),
        "mastowall": Strain(80, 90, 9),
    }

    async def measured(*_all: object) -> dict[str, Strain]:
        return dict(seen)

    monkeypatch.setattr(burst, "_all", measured)
    monkeypatch.setattr(burst, "present", lambda _peers: ["fediwall", "mastowall"])
    row, nodes = burst.burst(100, Path(), 1, lambda _share: None)
    assert (row.value, row.against, row.ratio, row.wanted) == (40, "fediwall", 0.1, "≤ 50")
    assert "mastowall: task 80 ms" in row.note
    assert nodes.value == 148

    monkeypatch.setattr(burst, "present", lambda _peers: [])
    seen.pop("fediwall"), seen.pop("mastowall")
    row, _nodes = burst.burst(100, None, 1, lambda _share: None)
    assert (row.value, row.ratio, row.against) == (40, None, "")
    assert "no peer" in row.absent


def test_first_posts_are_compared_page_by_page() -> None:
    row = first._row("fediwall", [30.0, 60.0, 40.0], [100.0, 100.0, 80.0])
    assert (row.value, row.ratio, row.wanted) == (40.0, 0.5, "≤ 0.6")
    alone = first._row("mastowall", [30.0], [])
    assert (alone.ratio, alone.value) == (None, 30.0)
    assert "not built" in alone.absent


def test_a_peer_that_is_not_there_is_absent_and_never_beaten(tmp_path: Path) -> None:
    with pytest.raises(Absent, match="--peers"):
        peers.folder_of(None, "fediwall")
    with pytest.raises(Absent, match="not built"):
        peers.folder_of(tmp_path, "mastowall")
    built = tmp_path / "mastowall-local"
    built.mkdir()
    (built / "index.html").write_text("<p>")
    assert peers.folder_of(tmp_path, "mastowall") == built
    assert peers.present(tmp_path) == ["mastowall"]
    step = next(one for one in steps(None) if "first post vs fediwall" in one.names)
    rows = rows_of(step, 1, lambda _share: None)
    assert {row.value for row in rows} == {None}
    assert {row.ratio for row in rows} == {None}


def test_without_a_browser_the_rows_are_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(Absent, match="no Chromium"):
        browser.program()
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")
    assert browser.program() == "/opt/chromium"


def test_shells_are_weighed_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight, "STATIC", tmp_path)
    monkeypatch.setattr(weight, "SHELLS", {"wall": (("a.js", "b.css"), 40)})
    with pytest.raises(Absent, match=r"not built.*a\.js"):
        weight.shells()
    for name in ("a.js", "b.css"):
        (tmp_path / name).write_bytes(name.encode() * 5000)
    packed = sum(len(gzip.compress(name.encode() * 5000, 9)) for name in ("a.js", "b.css"))
    row = weight.shells()[0]
    assert (row.name, row.wanted) == ("shell wall", "≤ 40")
    assert row.value == pytest.approx(packed / 1000, abs=0.05)


async def test_waiting_ends_with_a_sentence() -> None:
    answers = iter([False, False, True])

    async def holds() -> bool:
        return next(answers)

    await wait_for("The card", holds)

    async def never() -> bool:
        return False

    with pytest.raises(Later, match="The card did not come"):
        await wait_for("The card", never, 0.05)


async def test_the_network_gives_every_post_to_every_origin() -> None:
    async with TestClient(TestServer(network.square("http://square.example"))) as client:
        said = await client.post("/bench/publish", json={"count": 90, "spread_ms": 1000})
        ids = await said.json()
        assert len(set(ids)) == 90
        assert said.headers["Access-Control-Allow-Origin"] == "*"
        line = f"/api/v1/timelines/tag/{network.TAG}"
        page = await (await client.get(line, params={"limit": "20"})).json()
        assert [one["id"] for one in page] == sorted(ids, key=int, reverse=True)
        newer = await (await client.get(line, params={"min_id": page[3]["id"]})).json()
        assert [one["id"] for one in newer] == [one["id"] for one in page[:3]]
        older = await (await client.get(line, params={"max_id": page[-2]["id"]})).json()
        assert [one["id"] for one in older] == [page[-1]["id"]]
        pictures = [one for one in page if one["media_attachments"]]
        assert len(pictures) == 30
        address = pictures[0]["media_attachments"][0]["url"].removeprefix("http://square.example")
        picture = await client.get(address)
        assert (picture.status, picture.content_type) == (200, "image/png")
        assert (await picture.read())[:2] == b"\x89P"
        assert (await client.options(line)).status == 204


async def test_a_peers_files_are_packed_and_nothing_else_is_given(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "index.html").write_text("<p>wall</p>")
    (tmp_path / "secret.html").write_text("no")
    async with TestClient(TestServer(network.shop(shop))) as client:
        page = await client.get("/")
        assert page.headers["Content-Encoding"] == "gzip"
        assert await page.text() == "<p>wall</p>"
        assert (await client.get("/%2e%2e/secret.html")).status == 404
        assert (await client.get("/none.js")).status == 404


def test_posts_are_the_same_for_the_same_numbers() -> None:
    texts = []
    for _ in range(2):
        world = network.Talkative()
        network.Writer(world, "http://square.example").write(5)
        texts.append([one["content"] for one in world.statuses.values()])
    assert texts[0] == texts[1]
    assert len(set(texts[0])) == 5
    assert msgspec.json.encode(texts)
