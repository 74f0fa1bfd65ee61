"""Play: visitors' acts on a format, reduced in batches: one write for all that came while the last
was under way.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from parvis.core.errors import Conflict, Later, Refused
from parvis.core.event import FormatChanged, Interaction
from parvis.core.ports import Clock
from parvis.core.wall import FormatSpec
from parvis.engine import Engine, Write
from parvis.engine.change import PutFormatState, Told
from parvis.plug.door import Act
from parvis.plug.format import Format

Name = tuple[str, str]
Waiting = tuple[Sequence[Act], "asyncio.Future[dict[str, Any]]"]


class Play:
    """Reduces acts; one task per format that has some waiting."""

    def __init__(self, engine: Engine, formats: Mapping[str, Format], clock: Clock) -> None:
        self._engine = engine
        self._formats = formats
        self._clock = clock
        self._waiting: dict[Name, list[Waiting]] = defaultdict(list)
        self._tasks: dict[Name, asyncio.Task[None]] = {}

    async def act(self, wall: str, format: str, acts: Sequence[Act]) -> dict[str, Any]:
        """Stored on return; the public view that includes them."""
        name = (wall, format)
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[name].append((acts, future))
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(self._work(name), name=f"play {wall}/{format}")
        return await future

    async def stop(self) -> None:
        """Finish what was accepted."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _work(self, name: Name) -> None:
        try:
            while batch := self._waiting.pop(name, None):
                if not await self._take(name, batch):
                    for each in batch:  # one of them did it: let it fail alone
                        await self._take(name, [each], last=True)
        finally:
            del self._tasks[name]

    async def _take(self, name: Name, batch: Sequence[Waiting], *, last: bool = False) -> bool:
        """Answer a batch; False when it failed and may be tried one by one."""
        try:
            view = await self._reduce(name, [act for acts, _ in batch for act in acts])
        except Exception as error:
            if len(batch) > 1 and not last and not isinstance(error, Refused | Later):
                return False
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
        else:
            for _, future in batch:
                if not future.done():
                    future.set_result(view)
        return True

    async def _reduce(self, name: Name, acts: Sequence[Act]) -> dict[str, Any]:
        wall, format_id = name
        while True:
            spec = await self._spec(wall, format_id)
            format_ = self._formats.get(spec.plugin)
            held = await self._engine.format_state(wall, format_id)
            if format_ is None or held is None:
                raise Refused(f"The format {format_id} of the wall {wall} is not ready.")
            state, rev = held
            state = format_.reduce(state, acts)
            view = format_.view(state)
            put = PutFormatState(wall, format_id, spec.plugin, state, view, rev)
            counts: dict[str, int] = defaultdict(int)
            for act in acts:
                counts[act.action] += 1
            events = [Told(wall, FormatChanged(format_id))]
            events += [
                Told(wall, Interaction(f"format:{format_id}", what, {"n": n}))
                for what, n in counts.items()
            ]
            try:
                await self._engine.write(Write((put,), tuple(events), at_ms=self._clock()))
            except Conflict:
                continue
            return view

    async def _spec(self, wall: str, format_id: str) -> FormatSpec:
        for spec in await self._engine.formats(wall):
            if spec.id == format_id and spec.enabled:
                return spec
        raise Refused(f"There is no format {format_id} on the wall {wall}.")
