from __future__ import annotations

import asyncio
from typing import Any

import pytest

from parvis.core.errors import Conflict
from parvis.engine import Engine, Job, Write
from parvis.engine.change import Enqueue
from parvis.plug.testkit import ManualClock
from tests.engines import Place, both, decided, fill
from tests.posts import post


async def enqueue(engine: Engine, *keys: str, **more: Any) -> None:
    await engine.write(Write(tuple(Enqueue(**{"queue": "q", "key": k, **more}) for k in keys)))


async def claim(engine: Engine, worker: str = "w", limit: int = 1) -> Job | None:
    jobs = await engine.claim("q", worker=worker, limit=limit, lease_s=30)
    return jobs[0] if jobs else None


async def sure(engine: Engine, worker: str = "w") -> Job:
    job = await claim(engine, worker)
    assert job is not None
    return job


async def test_due_jobs_come_by_priority_then_time_then_age(
    engine: Engine, clock: ManualClock
) -> None:
    now = clock.now_ms
    await engine.write(
        Write(
            (
                Enqueue("q", "later", run_at_ms=now + 1),
                Enqueue("q", "b", run_at_ms=now),
                Enqueue("q", "a", run_at_ms=now),
                Enqueue("q", "old", run_at_ms=now - 9),
                Enqueue("q", "first", b"\x00\xff", run_at_ms=now, priority=-1),
                Enqueue("other", "x"),
            )
        )
    )
    jobs = await engine.claim("q", worker="w", limit=3)
    assert [job.key for job in jobs][:2] == ["first", "old"]
    assert (jobs[0].payload, jobs[0].attempts, jobs[0].queue) == (b"\x00\xff", 1, "q")
    assert len(await engine.claim("q", worker="w", limit=9)) == 1
    clock.now_ms += 1
    assert [job.key for job in await engine.claim("q", worker="w")] == ["later"]
    assert await engine.claim("q", worker="w") == []


async def test_a_job_is_queued_with_its_data_or_not_at_all(engine: Engine) -> None:
    await fill(engine, 1)
    with pytest.raises(Conflict):
        await engine.write(both(Write((Enqueue("q", "k"),)), decided(post(1), rev=9)))
    assert await claim(engine) is None


async def test_one_job_per_key_while_it_waits(engine: Engine) -> None:
    await enqueue(engine, "k", payload=b"first")
    await enqueue(engine, "k", payload=b"second")
    await engine.write(Write((Enqueue("q", "k", b"third"), Enqueue("q", "k", b"fourth"))))
    job = await sure(engine)
    assert job.payload == b"first"
    assert await claim(engine) is None
    assert await engine.done(job)
    await enqueue(engine, "k", payload=b"fifth")
    assert (await sure(engine)).payload == b"fifth"


async def test_an_expired_lease_goes_to_another_worker(engine: Engine, clock: ManualClock) -> None:
    await enqueue(engine, "k")
    first = await sure(engine, "one")
    clock.now_ms += 29_999
    assert await claim(engine, "two") is None
    clock.now_ms += 1
    second = await sure(engine, "two")
    assert (second.id, second.attempts) == (first.id, 2)
    assert second.token != first.token
    for late in (
        engine.done(first),
        engine.renew(first),
        engine.retry(first, in_s=0, because="x"),
        engine.dead(first, "x"),
    ):
        assert await late is False
    assert await engine.done(second) is True
    assert await engine.done(second) is False


async def test_a_renewed_lease_holds(engine: Engine, clock: ManualClock) -> None:
    await enqueue(engine, "k")
    job = await sure(engine, "one")
    for _ in range(5):
        clock.now_ms += 20_000
        assert await engine.renew(job, 30)
        assert await claim(engine, "two") is None
    assert await engine.done(job)


async def test_a_retried_job_waits_then_dies(engine: Engine, clock: ManualClock) -> None:
    await enqueue(engine, "k", max_attempts=2)
    job = await sure(engine)
    assert await engine.retry(job, in_s=5, because="The source is away.")
    assert await claim(engine) is None
    clock.now_ms += 5_000
    job = await sure(engine)
    assert (job.attempts, job.because) == (2, "The source is away.")
    assert await engine.retry(job, in_s=5, because="Away again.")
    clock.now_ms += 10_000
    assert await claim(engine) is None
    [dead] = await engine.dead_jobs("q")
    assert (dead.key, dead.because, dead.attempts) == ("k", "Away again.", 2)


async def test_a_job_that_stops_its_worker_every_time_dies(
    engine: Engine, clock: ManualClock
) -> None:
    await enqueue(engine, "poison", max_attempts=3)
    for attempt in (1, 2, 3):
        assert (await sure(engine)).attempts == attempt
        clock.now_ms += 30_000
    assert await claim(engine) is None
    [dead] = await engine.dead_jobs("q")
    assert "stopped" in dead.because


async def test_the_dead_are_listed_and_can_be_queued_again(
    engine: Engine, clock: ManualClock
) -> None:
    await enqueue(engine, "b", "a", run_at_ms=1)
    for job in await engine.claim("q", worker="w", limit=2):
        assert await engine.dead(job, "Broken.")
    assert [job.key for job in await engine.dead_jobs("q")] == ["a", "b"]
    assert await engine.dead_jobs("other") == []
    assert await claim(engine) is None
    await enqueue(engine, "a", payload=b"again")
    assert [job.key for job in await engine.dead_jobs("q")] == ["b"]
    job = await sure(engine)
    assert (job.key, job.payload, job.attempts, job.because) == ("a", b"again", 1, "")


async def test_workers_at_once_never_share_a_job(engine: Engine) -> None:
    await enqueue(engine, *(f"k{n}" for n in range(100)))
    claims = [engine.claim("q", worker=f"w{n}", limit=7) for n in range(30)]
    taken = [job.key for jobs in await asyncio.gather(*claims) for job in jobs]
    assert len(taken) == len(set(taken))
    while job := await claim(engine):
        taken.append(job.key)
    assert len(taken) == len(set(taken)) == 100


async def test_a_clock_that_steps_frees_and_loses_nothing(
    engine: Engine, clock: ManualClock
) -> None:
    await enqueue(engine, "k")
    job = await sure(engine)
    clock.now_ms -= 3_600_000
    assert await claim(engine, "two") is None
    assert await engine.renew(job, 30)
    clock.now_ms += 7_200_000
    assert (await sure(engine, "two")).attempts == 2


async def test_what_was_in_flight_is_recovered_after_a_restart(place: Place) -> None:
    engine = await place.open()
    await enqueue(engine, *(f"k{n}" for n in range(60)))
    held = await engine.claim("q", worker="old", limit=50)
    assert len(held) == 50
    await engine.close()
    again = await place.open()
    recovered = list(await again.claim("q", worker="new", limit=100))
    # a folder has one owner, so whoever opens it knows that the old workers are gone
    assert len(recovered) == (60 if place.kind == "embedded" else 10)
    place.clock.now_ms += 30_000
    recovered += await again.claim("q", worker="new", limit=100)
    assert {job.key for job in recovered} >= {job.key for job in held}
    assert not await again.done(held[0])


async def test_a_job_that_kills_the_whole_process_every_time_dies(place: Place) -> None:
    engine = await place.open()
    await enqueue(engine, "poison", max_attempts=2)
    for attempt in (1, 2):
        assert (await sure(engine)).attempts == attempt
        await engine.close()
        place.clock.now_ms += 30_000
        engine = await place.open()
    assert await claim(engine) is None
    assert [job.key for job in await engine.dead_jobs("q")] == ["poison"]


async def test_nodes_share_a_queue(nodes: Place) -> None:
    one, two = await nodes.open(), await nodes.open()
    await enqueue(one, *(f"k{n}" for n in range(60)))
    claims = [node.claim("q", worker="w", limit=3) for _ in range(10) for node in (one, two)]
    taken = [job.key for jobs in await asyncio.gather(*claims) for job in jobs]
    while job := await claim(two):
        taken.append(job.key)
    assert sorted(taken) == sorted(f"k{n}" for n in range(60))


async def test_what_was_set_before_the_clock_stepped_back_is_due(
    engine: Engine, clock: ManualClock
) -> None:
    """Where a queue says how far ahead it sets its jobs; elsewhere a job may be set for years."""
    day_ms = 24 * 3600 * 1000

    async def due(**more: Any) -> list[str]:
        jobs = await engine.claim("q", worker="w", limit=9, lease_s=30, **more)
        return [job.key for job in jobs]

    await enqueue(engine, "soon", run_at_ms=clock.now_ms + 10_000)
    clock.now_ms -= day_ms
    assert await due() == []
    await enqueue(engine, "set now", run_at_ms=clock.now_ms + 10_000)
    assert await due(ahead_s=120) == ["soon"]
    assert await due(ahead_s=120) == [], "it is leased"
    clock.now_ms -= day_ms
    assert sorted(await due(ahead_s=120)) == ["set now", "soon"], "and so is its lease"
