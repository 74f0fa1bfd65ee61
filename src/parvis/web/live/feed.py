"""One wall's feed: follows the engine, encodes each message once, keeps the channels."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

import msgspec

from parvis.core.event import Fact
from parvis.core.wire import Face, Hide, Message, Reset
from parvis.engine import Engine
from parvis.web.covers import Covers
from parvis.web.live.channel import Channel, View, subject_of
from parvis.web.live.ring import Entry

log = logging.getLogger("parvis.live")

PAGE_FACTS = 500
PAGES = 8
BACK_OFF_S = (0.2, 1.0, 5.0)
RESET = b'data: {"type":"reset"}\n\n'

Messages = Callable[[Engine, str, Sequence[Fact]], Awaitable[list[tuple[int, Message]]]]
"""Facts of a wall as messages, in order, each with its sequence."""

Page = tuple[list[tuple[int, Message]], int]
"""Messages, and the sequence that they reach."""

Tap = Callable[[str, int, Sequence[tuple[int, Message]], int], None]
"""Hears what a wall's feed says: of the wall, after which sequence, the messages, up to which."""

_encode = msgspec.json.Encoder().encode


def event_of(seq: int, message: Message) -> bytes:
    """The message as a server-sent event."""
    return b"id: %d\ndata: %b\n\n" % (seq, _encode(message))


class Feed:
    """Follows one wall. `head` is the newest sequence that the channels were told."""

    def __init__(
        self,
        wall: str,
        engine: Engine,
        messages: Messages,
        views: Mapping[str, View],
        ring_bytes: int,
        tap: Tap | None = None,
        covers: Covers | None = None,
    ) -> None:
        self.wall = wall
        self.head = 0
        self.warm = False
        self.joining = 0
        self._engine = engine
        self._messages = messages
        self._views = views
        self._ring_bytes = ring_bytes
        self._tap = tap
        self._covers = covers or Covers()
        self._loop = asyncio.get_running_loop()
        self._channels: dict[str, Channel] = {}
        self._opened: asyncio.Future[bool] = self._loop.create_future()
        self._pages: dict[int, asyncio.Task[Page]] = {}
        self._reads: set[asyncio.Task[Page]] = set()
        self._reading = asyncio.Semaphore(2)
        self._broken = False
        self._task = self._loop.create_task(self._run(), name=f"live {wall}")

    @property
    def open(self) -> bool:
        """Whether the feed stands."""
        return self._opened.done() and not self._opened.cancelled() and self._opened.result()

    @property
    def readers(self) -> int:
        """How many readers the wall has now, those who are still catching up included."""
        return self.joining + sum(len(channel) for channel in self._channels.values())

    @property
    def channels(self) -> Sequence[Channel]:
        """All channels."""
        return tuple(self._channels.values())

    async def opened(self) -> bool:
        """Wait until the feed stands; False when there is no such wall."""
        return await asyncio.shield(self._opened)

    def channel(self, view: str) -> Channel:
        """The channel of a view; a new one knows nothing from before now."""
        channel = self._channels.get(view)
        if channel is None:
            channel = Channel(self._views[view], self.head, self._ring_bytes, self._loop)
            self._channels[view] = channel
        return channel

    def tell(self, told: Sequence[tuple[int, Message]], head: int) -> None:
        """Hand messages to every channel. A reset among them ends every stream."""
        after, self.head = self.head, head
        self._pages.clear()
        if self._tap is not None:
            self._tap(self.wall, after, told, head)
        self._covers.follow(self.wall, told, head)
        told = self._covers.laid(self.wall, told)
        if any(isinstance(message, Reset) for _seq, message in told):
            self.start_over(head)
            return
        bodies: dict[int, bytes] = {}
        for channel in self._channels.values():
            channel.take(entries_of(channel.view, told, bodies), head)

    def say_cover(self) -> None:
        """Tell every reader what panic was pressed to, before the store says it."""
        self._pages.clear()
        body = self.last_word()
        for channel in self._channels.values():
            channel.say(body)

    def last_word(self) -> bytes:
        """What a reader is told last before it joins."""
        face = self._covers.last_word(self.wall)
        return b"data: %b\n\n" % _encode(face) if face is not None else b""

    def beat(self) -> None:
        """Show every reader that the line lives."""
        self._pages.clear()
        for channel in self._channels.values():
            channel.beat()

    def start_over(self, head: int) -> None:
        """Nobody can be replayed from before `head`: tell every reader to load the snapshot."""
        self.head = head
        for view, channel in list(self._channels.items()):
            channel.end(RESET)
            del self._channels[view]

    async def stored(self, view: str, after: int, until: int) -> tuple[list[Entry] | None, int]:
        """The next page after `after` as the store has it, and the position it reaches (`until`
        where the store has nothing more); None where the journal no longer says what happened.

        Readers who come back together share the reading, until something new is told.
        """
        page = self._pages.get(after)
        if page is None:
            page = self._pages[after] = self._loop.create_task(self._read(after, until))
            self._reads.add(page)
            page.add_done_callback(partial(self._was_read, after))
        told, reached = await asyncio.shield(page)
        if any(isinstance(message, Reset) for _seq, message in told):
            return None, reached
        return entries_of(self._views[view], told, {}), reached

    def _was_read(self, after: int, page: asyncio.Task[Page]) -> None:
        self._reads.discard(page)
        # Each reader that waited hears of an error; those who come later try again.
        failed = page.cancelled() or page.exception() is not None
        if self._pages.get(after) is page and (failed or len(self._pages) > PAGES):
            del self._pages[after]

    async def _read(self, after: int, until: int) -> Page:
        async with self._reading:
            facts = await self._engine.facts_after(self.wall, after, PAGE_FACTS)
            told = await self._messages(self._engine, self.wall, facts) if facts else []
        told = self._covers.laid(self.wall, told)
        return told, facts[-1].seq if facts else until

    async def close(self) -> None:
        """Stop following and end every stream."""
        for channel in self._channels.values():
            channel.end()
        tasks = [self._task, *self._reads]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not self._opened.done():
            self._opened.set_result(False)

    async def _run(self) -> None:
        attempt = 0
        while True:
            try:
                if not await self._begin():
                    return
                async for facts in self._engine.follow(self.wall, self.head):
                    if facts:
                        told = await self._messages(self._engine, self.wall, facts)
                        self.tell(told, facts[-1].seq)
                    attempt = self._heal()
            except Exception as error:
                if not self._broken:
                    log.warning("live.broken", exc_info=error, extra={"wall": self.wall})
                self._broken = True
            await asyncio.sleep(BACK_OFF_S[min(attempt, len(BACK_OFF_S) - 1)])
            attempt += 1

    async def _begin(self) -> bool:
        """Find where the feed stands; False when the wall does not exist."""
        head = await self._engine.head(self.wall)
        if not self._opened.done():
            there = await self._engine.wall(self.wall) is not None
            self.head = head
            self._opened.set_result(there)
            return there
        if head < self.head:
            log.warning("live.rewound", extra={"wall": self.wall})
            self.tell([(head, Reset())], head)
        return True

    def _heal(self) -> int:
        if self._broken:
            log.info("live.healed", extra={"wall": self.wall})
        self._broken = False
        return 0


def entries_of(
    view: View, told: Sequence[tuple[int, Message]], bodies: dict[int, bytes]
) -> list[Entry]:
    """Ring entries of messages seen through a view; `bodies` keeps what was encoded before."""
    entries: list[Entry] = []
    for seq, message in told:
        seen = view(message)
        if seen is None:
            continue
        body = bodies.get(seq) if seen is message else event_of(seq, seen)
        if body is None:
            body = bodies[seq] = event_of(seq, message)
        entries.append(Entry(seq, subject_of(seen), body, isinstance(seen, Hide | Face)))
    return entries
