"""The decider: takes posts in state `new` through the checks, in batches, off the event loop.

What has just arrived goes first, so that the live path stays short while a backlog is worked off.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from parvis.core.errors import Conflict, Later, Refused
from parvis.core.ports import Clock
from parvis.core.post import Post
from parvis.core.verdict import Decision
from parvis.core.wall import Policy, SourceSpec
from parvis.engine import Engine, Known, Placement, Write
from parvis.flow.moderate import decide, judge, policy_version
from parvis.flow.staff import sources_of
from parvis.plug.check import Around, Check

log = logging.getLogger(__name__)

FRESH = 50
"""Posts of one round that have just arrived."""
BACKLOG = 50
"""Posts of one round that have waited longest: what arrives meanwhile waits for no more than these.
"""

Asked = tuple[Post, Around, bool]
Sources = Mapping[str, SourceSpec]
Stage = Callable[[Post, Placement, Decision, Sources], Awaitable[Write]]


class Decider:
    """One task per wall that has something to decide; it ends when nothing is left."""

    def __init__(
        self,
        engine: Engine,
        lanes: Mapping[str, asyncio.Lock],
        checks: Mapping[str, Check],
        show: Stage,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._lanes = lanes
        self._checks = checks
        self._show = show
        self._clock = clock
        self._fresh: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=512))
        self._woken: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        self._buggy: set[str] = set()

    def wake(self, wall: str, fresh: Iterable[str] = ()) -> None:
        """Something may have to be decided on `wall`; `fresh` are keys that came just now."""
        self._fresh[wall].extend(fresh)
        self._woken.add(wall)
        if wall not in self._tasks and not self._stopping:
            self._tasks[wall] = asyncio.create_task(self._work(wall), name=f"decide {wall}")

    async def idle(self) -> None:
        """Until nothing undecided is left."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Finish the round that is under way; the rest is still `new` in the store."""
        self._stopping = True
        await self.idle()

    async def _work(self, wall: str) -> None:
        pause_s, broken = 0.1, False
        try:
            while not self._stopping:
                try:
                    more = await self._round(wall)
                except Exception as error:  # whatever it is, the posts behind it are decided later
                    if not broken:
                        known = isinstance(error, Later | OSError)
                        log.warning(
                            "decide.broken",
                            exc_info=None if known else error,
                            extra={"wall": wall, "error": type(error).__name__},
                        )
                    broken = True
                    await asyncio.sleep(pause_s)
                    pause_s = min(pause_s * 2, 10.0)
                    continue
                if broken:
                    log.info("decide.healed", extra={"wall": wall})
                    pause_s, broken = 0.1, False
                if not more and wall not in self._woken:
                    return
        finally:
            del self._tasks[wall]
            if wall in self._woken and not self._stopping:
                self.wake(wall)

    async def _round(self, wall: str) -> bool:
        """One batch; whether there may be more."""
        self._woken.discard(wall)
        fresh = self._fresh[wall]
        keys = [fresh.pop() for _ in range(min(FRESH, len(fresh)))]
        policy = await self._policy(wall)
        if policy is None:
            return False
        waiting = list((await self._engine.known(wall, keys)).values()) if keys else []
        if len(keys) == FRESH or not keys:
            waiting += await self._engine.undecided(wall, BACKLOG)
        undecided = [
            (item.placement.order, item)
            for item in waiting
            if item.placement is not None and item.placement.state == "new"
        ]
        undecided.sort(key=lambda pair: pair[0])  # cards go up as posts came, not by their keys
        todo = {item.post.key: item for _, item in undecided}
        if not todo:
            return bool(fresh)
        asks = await self.gather(wall, list(todo.values()), policy)
        decisions = await asyncio.to_thread(self._judge_all, asks, policy)
        sources = await sources_of(self._engine, wall)
        pairs = list(zip(todo.values(), decisions, strict=True))
        async with self._lanes[wall]:
            # a post never decided on has no card to take off, so these cannot disturb one another
            await self._settle([pair for pair in pairs if _is_first(pair[0])], sources)
            for pair in pairs:
                if not _is_first(pair[0]):
                    await self._settle([pair], sources)
        return True

    async def _policy(self, wall: str) -> Policy | None:
        row = await self._engine.wall(wall)
        return row.policy if row is not None else None

    async def gather(self, wall: str, items: Sequence[Known], policy: Policy) -> list[Asked]:
        """Each post with what the checks may know of its surroundings."""
        now_ms = self._clock()
        placed = [(item.post, item.placement) for item in items if item.placement is not None]
        authors = list({placement.author for _, placement in placed if placement.author})
        prints = list({placement.fingerprint for _, placement in placed if placement.fingerprint})
        window_ms = policy.flood.within_s * 1000
        oldest = min(placement.received_at_ms for _, placement in placed) - window_ms
        theirs = await self._engine.author_posts(wall, authors, oldest) if authors else {}
        twins = await self._engine.twins(wall, prints) if prints else {}
        asks: list[Asked] = []
        for post, placement in placed:
            at_ms = placement.received_at_ms
            others = theirs.get(placement.author, ()) if placement.author else ()
            around = Around(
                now_ms=now_ms,
                policy=policy,
                author_posts_ms=tuple(
                    other_ms
                    for other_ms, key in others
                    if key != post.key and at_ms - window_ms <= other_ms <= at_ms
                ),
                twins=_before(post.key, twins.get(placement.fingerprint, ())),
            )
            asks.append((post, around, placement.by_person))
        return asks

    def _judge_all(self, asks: Sequence[Asked], policy: Policy) -> list[Decision]:
        version = policy_version(policy)
        return [
            decide(
                post,
                judge(post, around, self._checks, self._bug),
                policy,
                around.now_ms,
                by_person_before=by_person,
                version=version,
            )
            for post, around, by_person in asks
        ]

    def _bug(self, check: str, error: Exception) -> None:
        """Said once: a poster who found the fault does not write the log."""
        if check not in self._buggy:
            log.error("check.bug", exc_info=error, extra={"check": check})
        self._buggy.add(check)

    async def _settle(self, pairs: Sequence[tuple[Known, Decision]], sources: Sources) -> None:
        """Write decisions; who changed a post meanwhile wins, and it is looked at again."""
        placed = [(item.post, item.placement, said) for item, said in pairs if item.placement]
        writes = [await self._show(*each, sources) for each in placed]
        for (_, placement, _), outcome in zip(
            placed, await self._engine.write_all(writes), strict=True
        ):
            if isinstance(outcome, Conflict):
                self._woken.add(placement.wall)
            elif isinstance(outcome, Exception) and not isinstance(outcome, Refused):
                raise outcome  # one that is refused was withdrawn meanwhile, and withdrawn is final


def _is_first(item: Known) -> bool:
    return item.placement is not None and item.placement.rev == 0


def _before(key: str, twins: Sequence[str]) -> tuple[str, ...]:
    """The twins that stood there before `key`."""
    return tuple(twins[: twins.index(key)]) if key in twins else tuple(twins)
