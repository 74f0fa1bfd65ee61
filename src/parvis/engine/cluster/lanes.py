"""Writers: one lane per wall, so that a wall whose head another node holds delays no other.

Within a lane, batches form by themselves: what arrives while one commits makes the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncEngine

from parvis.core.errors import Conflict, Later
from parvis.core.ports import Clock
from parvis.engine.batch import wall_of
from parvis.engine.bell import Bell
from parvis.engine.change import Write
from parvis.engine.cluster.database import transact
from parvis.engine.cluster.wake import Wake
from parvis.engine.commit import Outcome, commit, runs, told_walls

log = logging.getLogger(__name__)

BATCH = 50

Asked = tuple[list[Write], "asyncio.Future[list[Outcome]]"]
"""Writes of one lane, at most a batch, and where their outcomes are awaited."""


def lane_of(write: Write) -> str:
    """The first wall that the write touches, in order of ids."""
    walls = {told.wall for told in write.events}
    walls.update(wall for change in write.changes if (wall := wall_of(change)))
    return min(walls, default="")


class Lanes:
    """Queues per wall, each served by a task while there is something in it."""

    def __init__(self, engine: AsyncEngine, clock: Clock, bell: Bell, wake: Wake) -> None:
        self._engine = engine
        self._clock = clock
        self._bell = bell
        self._wake = wake
        self._queues: dict[str, deque[Asked]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._broken = False

    async def write_all(self, writes: Sequence[Write]) -> list[Outcome]:
        """Committed on return, each wall's in order; one outcome each."""
        by_lane: dict[str, list[int]] = {}
        for place, write in enumerate(writes):
            by_lane.setdefault(lane_of(write), []).append(place)
        asked = [
            (places[at : at + BATCH], self._ask(lane, [writes[p] for p in places[at : at + BATCH]]))
            for lane, places in by_lane.items()
            for at in range(0, len(places), BATCH)
        ]
        outcomes: dict[int, Outcome] = {}
        for places, future in asked:
            outcomes.update(zip(places, await future, strict=True))
        return [outcomes[place] for place in range(len(writes))]

    def _ask(self, lane: str, writes: list[Write]) -> asyncio.Future[list[Outcome]]:
        future: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        queue = self._queues.get(lane)
        if queue is None:
            queue = self._queues[lane] = deque()
            task = asyncio.create_task(self._serve(lane, queue), name=f"lane {lane}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        queue.append((writes, future))
        return future

    async def finish(self) -> None:
        """Wait until everything that was asked is answered."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, lane: str, queue: deque[Asked]) -> None:
        while queue:
            batch = [queue.popleft()]
            size = len(batch[0][0])
            while queue and size + len(queue[0][0]) <= BATCH:
                batch.append(queue.popleft())
                size += len(batch[-1][0])
            outcomes: list[Outcome] = []
            for run in runs([write for writes, _ in batch for write in writes]):
                outcomes += await self._commit(run)
            self._answer(batch, outcomes)
        del self._queues[lane]

    async def _commit(self, writes: Sequence[Write]) -> list[Outcome]:
        try:
            outcomes = await transact(self._engine, commit, writes, self._clock())
        except Later as later:
            # an expectation of a write that is alone is Later too, and says nothing of the server
            if not isinstance(later, Conflict):
                self._breaks()
            return [later] * len(writes)
        except Exception as error:
            if len(writes) == 1:
                return [error]
            # one of them did it: let it fail alone
            return [(await self._commit([write]))[0] for write in writes]
        self._healed()
        return outcomes

    def _answer(self, batch: Sequence[Asked], outcomes: Sequence[Outcome]) -> None:
        rest = iter(outcomes)
        for writes, future in batch:
            theirs = list(islice(rest, len(writes)))
            if not future.done():
                future.set_result(theirs)
        told = told_walls(outcomes)
        self._bell.ring(told)
        self._wake.tell(told)

    def _breaks(self) -> None:
        if not self._broken:
            log.error("store.broken")
        self._broken = True

    def _healed(self) -> None:
        if self._broken:
            log.info("store.healed")
        self._broken = False
