"""What each bench measures, step by step; a step gives rows, and its expected seconds."""

from __future__ import annotations

from collections.abc import Callable

from parvis.run.bench import fanout, readers, road, store
from parvis.run.bench.process import Absent
from parvis.run.bench.row import Row, median
from parvis.run.bench.screen.steps import steps as wall
from parvis.run.bench.step import Step, Tell


def live() -> list[Step]:
    """Screens: fan-out, memory, resume, leaks, stopping, the road to them."""
    return [
        Step(("fanout 1000",), DELIVERIES, "climit", 60, lambda n, tell: _fanout(1000, n, tell)),
        Step(
            ("fanout 5000", "idle screen"), DELIVERIES, "climit", 120,
            lambda n, tell: _fanout(5000, n, tell),
        ),
        Step(("burst 1000",), DELIVERIES, "climit", 60, _burst),
        Step(("fanout 1000 asgi path",), DELIVERIES, "climit", 60, _asgi),
        Step(("fanout 1000 vs sse-starlette",), DELIVERIES, "sse-starlette", 60, _naive),
        Step(("resume lost", "resume doubled"), "posts", "", 20, lambda _n, _t: readers.resume()),
        Step(("leaked readers",), "readers", "", 8, lambda _n, _t: [readers.leaked()]),
        Step(("stop 1000",), "s", "", 15, lambda n, _t: [readers.stop(n)]),
        Step(
            ("road p50", "road p99", "road own hop p99"), "ms", "", 40, lambda _n, _t: road.road()
        ),
        Step(("withdraw",), "ms", "", 15, lambda _n, _t: [road.withdraw()]),
        Step(("server idle",), "MiB", "", 12, lambda _n, _t: [road.idle()]),
    ]  # fmt: skip


def ingest() -> list[Step]:
    """Posts over HTTP into the store, one by one and ten thousand at once."""
    return [
        Step(("ingest", "ingest per CPU second"), "posts/s", "", 18, lambda _n, _t: road.ingest()),
        Step(
            ("ingest backlog", "ingest backlog live p99"), "s", "", 35,
            lambda _n, _t: road.backlog(),
        ),
    ]  # fmt: skip


def store_() -> list[Step]:
    """The stores beside their bare drivers."""
    return [
        Step(
            ("store sqlite",), "posts/s", "sqlite3", 25, lambda n, tell: [store.sqlite(n, tell)]
        ),
        Step(
            ("store postgresql",), "posts/s", "asyncpg", 60,
            lambda n, tell: [store.postgresql(n, tell)],
        ),
    ]  # fmt: skip


BENCHES: dict[str, Callable[[], list[Step]]] = {
    "live": live, "ingest": ingest, "store": store_, "wall": wall,
}  # fmt: skip
DELIVERIES = "deliveries per server CPU second"


def rows_of(step: Step, rounds: int, tell: Tell) -> list[Row]:
    """The rows of a step; one that has no peer says so."""
    try:
        return step.measure(rounds, tell)
    except Absent as why:
        return [Row(name, None, step.unit, step.against, absent=str(why)) for name in step.names]


def _fanout(screens: int, rounds: int, tell: Tell) -> list[Row]:
    hubs, limits = fanout.fanout(screens, 1, rounds, tell)
    wanted = "≥ 0.75" if screens <= 1000 else "≥ 0.90"
    rows = [fanout.row(f"fanout {screens}", hubs, limits, "climit", wanted)]
    if screens > 1000:
        memory = median([load.kb_conn_idle for load in hubs])
        rows.append(Row("idle screen", memory, "KB", wanted="≤ 8", note=f"of {screens}"))
    return rows


def _burst(rounds: int, tell: Tell) -> list[Row]:
    hubs, limits = fanout.fanout(1000, 8, rounds, tell)
    return [fanout.row("burst 1000", hubs, limits, "climit", "≥ 0.90")]


def _asgi(rounds: int, tell: Tell) -> list[Row]:
    hubs, limits = fanout.fanout(1000, 1, rounds, tell, "asgi")
    return [fanout.row("fanout 1000 asgi path", hubs, limits, "climit", "")]


def _naive(rounds: int, tell: Tell) -> list[Row]:
    peers: list[fanout.Load] = []
    hubs: list[fanout.Load] = []
    for number in range(rounds):
        peers.append(fanout.load_naive(1000, 1))
        hubs.append(fanout.load_hub(1000, 1))
        tell((number + 1) / rounds)
    name = "fanout 1000 vs sse-starlette"
    return [fanout.row(name, hubs, peers, "sse-starlette", "≥ 6")]
