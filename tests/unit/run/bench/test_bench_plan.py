from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from parvis.core.errors import Refused
from parvis.core.wall import Wall
from parvis.run.bench import fanout, store
from parvis.run.bench.fanout import Load
from parvis.run.bench.plan import BENCHES, rows_of
from parvis.run.bench.process import Absent
from parvis.run.bench.row import Row
from parvis.run.bench.step import Step, Tell
from parvis.run.commands import bench

NAMES = {
    "live": (
        "fanout 1000", "fanout 5000", "idle screen", "burst 1000", "fanout 1000 asgi path",
        "fanout 1000 vs sse-starlette",
        "resume lost", "resume doubled", "leaked readers", "stop 1000",
        "road p50", "road p99", "road own hop p99", "withdraw", "server idle",
    ),
    "ingest": (
        "ingest", "ingest per CPU second", "ingest backlog", "ingest backlog live p99",
    ),
    "store": ("store sqlite", "store postgresql"),
    "wall": (
        "shell wall", "shell phone", "shell studio",
        "first post vs fediwall", "first post vs mastowall", "third-party requests",
        "approve to player", "idle wall first frame", "panic covered", "panic acknowledged",
        "burst 100 task", "burst 100 elements", "burst 1000 task", "burst 1000 elements",
        "frames 1080p", "frames 4K", "layout in a move", "paint in a move", "task at CPU / 6",
        "renderer memory", "renderer memory growth", "elements over it all",
    ),
}  # fmt: skip


def load(percpu: float, **more: Any) -> Load:
    return Load(**{
        "name": "x", "msgs_s": 1.0, "msgs_per_server_cpu_s": percpu, "lost": 0, "dead": 0,
        "kb_conn_idle": 3.0, **more,
    })  # fmt: skip


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    bench.arguments(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize("name", BENCHES)
def test_the_rows_that_others_rely_on(name: str) -> None:
    steps = BENCHES[name]()
    assert tuple(row for step in steps for row in step.names) == NAMES[name]


def test_a_step_without_its_peer_says_so_for_each_of_its_rows() -> None:
    def measure(_rounds: int, _tell: Tell) -> list[Row]:
        raise Absent("there is no C compiler (cc) here")

    rows = rows_of(Step(("a", "b"), "s", "climit", 1.0, measure), 1, lambda _share: None)
    assert [(row.name, row.value, row.ratio, row.against) for row in rows] == [
        ("a", None, None, "climit"), ("b", None, None, "climit"),
    ]  # fmt: skip
    assert rows[0].absent == "there is no C compiler (cc) here"


def test_the_ratio_is_the_median_of_the_rounds_and_losses_are_told() -> None:
    hubs = [load(80, lost=1), load(90), load(70, dead=2)]
    row = fanout.row("fanout 1000", hubs, [load(100), load(90), load(100)], "climit", "≥ 0.75")
    assert (row.value, row.ratio) == (80, 0.8)
    assert "ratios 0.80, 1.00, 0.70; lost 3" in row.note


def test_memory_per_screen_comes_with_the_five_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = ([load(90)], [load(100)])
    monkeypatch.setattr(fanout, "fanout", lambda *_all: pair)
    step = next(step for step in BENCHES["live"]() if "idle screen" in step.names)
    rows = step.measure(1, lambda _share: None)
    assert [(row.name, row.value) for row in rows] == [("fanout 5000", 90), ("idle screen", 3.0)]


def test_the_command_prints_rows_and_draws_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    step = Step(("one",), "s", "", 1.0, lambda rounds, _tell: [Row("one", rounds, "s")])
    monkeypatch.setitem(BENCHES, "live", lambda: [step])
    assert bench.run(arguments("live", "--json", "--rounds", "2", "--svg", str(tmp_path))) == 0
    assert json.loads(capsys.readouterr().out) == {"name": "one", "value": 2, "unit": "s"}
    assert "one" in (tmp_path / "bench-live.svg").read_text()
    assert bench.run(arguments("live")) == 0
    assert capsys.readouterr().out.split() == ["one", "3", "s"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("live", "--only", "nothing"), "No row"),
        (("live", "--rounds", "0"), "--rounds"),
        (("store", "--svg", __file__), "no folder"),
    ],
)
def test_a_wrong_word_is_one_sentence(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(Refused, match=says):
        bench.run(arguments(*words))


def test_the_bare_driver_writes_every_row_the_store_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "POSTS", 120)
    monkeypatch.setattr(store, "BATCH", 50)
    written: list[Any] = []
    ends: list[int] = []
    table: store.Table = ("t", ("a",), [(number,) for number in range(130)])

    def insert(_table: store.Table, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            written.extend(rows)
        else:
            ends.append(len(written))

    store.in_batches([table], insert)
    assert written == table[2]
    assert len(ends) == 3


@pytest.mark.parametrize(
    "measure", [store.sqlite, pytest.param(store.postgresql, marks=pytest.mark.postgresql)]
)
def test_both_stores_are_measured(measure: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "POSTS", 100)
    told: list[float] = []
    row = measure(1, told.append)
    assert row.value > 0
    assert row.ratio is not None
    assert 0 < row.ratio < 20
    assert told == [1.0]


async def test_a_store_that_lost_a_post_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    class Forgetful:
        async def write(self, _write: object) -> None:
            pass

        async def write_all(self, _writes: object) -> None:
            pass

        async def head(self, _wall: str) -> int:
            return 99

        async def wall(self, _wall: str) -> Wall | None:
            return None

    monkeypatch.setattr(store, "POSTS", 100)
    with pytest.raises(RuntimeError, match="99"):
        await store.through_the_store(Forgetful())  # type: ignore[arg-type]
