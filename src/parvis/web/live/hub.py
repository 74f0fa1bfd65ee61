"""The live hub: who reads which wall, and how a reader joins without a gap and without a double."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from parvis.engine import Engine
from parvis.flow.publish import messages as messages_of
from parvis.web.admit import Turned
from parvis.web.covers import Covers
from parvis.web.live.channel import VIEWS, Channel, View
from parvis.web.live.feed import RESET, Feed, Messages, Tap
from parvis.web.live.ring import Entry

log = logging.getLogger("parvis.live")

RING_BYTES = 1024 * 1024
OWED_BYTES = 128 * 1024
STORE_FACTS = 5_000
BEAT_S = 15.0
LINGER_S = 60.0
PATIENCE_S = 30.0
RETRY_MS = (1_000, 5_000)

NO_WALL = Turned(404, "There is no such wall here; check the address.")
NO_VIEW = Turned(400, "There is no such view of a wall; leave ?view= out to see everything.")
NOT_YET = Turned(503, "The wall cannot be read right now; try again in a moment.", 2.0)


class Reader(Protocol):
    """One connection that wants to follow a wall; `begin` comes before anything else is said."""

    def begin(self, body: bytes) -> None:
        """Answer 200 and say `body`."""
        ...

    def say(self, body: bytes) -> None:
        """Say more, before it joined."""
        ...

    async def heard(self) -> None:
        """Wait until what was said has mostly left."""
        ...

    def join(self, channel: Channel) -> None:
        """Be given what the channel says from now on; nothing may be awaited after the last say."""
        ...

    def end(self) -> None:
        """End the stream after what was said."""
        ...

    def turn_away(self, why: Turned) -> None:
        """Answer with an error instead of 200."""
        ...

    def abort(self) -> None:
        """Hang up."""
        ...


class Hub:
    """All feeds of this process. `follow` one wall with a reader; `warm` one that must be quick."""

    def __init__(
        self,
        engine: Engine,
        *,
        messages: Messages = messages_of,
        views: Mapping[str, View] = VIEWS,
        ring_bytes: int = RING_BYTES,
        store_facts: int = STORE_FACTS,
        beat_s: float = BEAT_S,
        linger_s: float = LINGER_S,
        patience_s: float = PATIENCE_S,
        jitter: Callable[[int, int], int] = random.randint,
        tap: Tap | None = None,
        covers: Covers | None = None,
    ) -> None:
        self._engine = engine
        self._messages = messages
        self._views = views
        self._ring_bytes = ring_bytes
        self._store_facts = store_facts
        self._beat_s = beat_s
        self._linger_s = linger_s
        self._patience_s = patience_s
        self._jitter = jitter
        self._tap = tap
        self._covers = covers or Covers()
        self._covers.say = self._say_cover
        self._feeds: dict[str, Feed] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._beating: asyncio.TimerHandle | None = None
        self._sweeping: asyncio.TimerHandle | None = None
        self._stopped = False
        self.stopping: list[Callable[[], None]] = []
        """Called when the streams end, for streams of other kinds."""

    @property
    def readers(self) -> int:
        """Connections that follow a wall now."""
        return sum(feed.readers for feed in self._feeds.values())

    def readers_of(self, wall: str, *, but: str = "formats") -> int:
        """Connections that follow this wall's cards now; phones follow the view `but` alone."""
        feed = self._feeds.get(wall)
        if feed is None:
            return 0
        left_out = self._views.get(but)
        return sum(len(channel) for channel in feed.channels if channel.view is not left_out)

    @property
    def dropped(self) -> int:
        """Readers dropped so far for their backlog, of walls that are followed now."""
        channels = [channel for feed in self._feeds.values() for channel in feed.channels]
        return sum(channel.chunked.dropped + channel.plain.dropped for channel in channels)

    def views(self) -> frozenset[str]:
        """The names of the views."""
        return frozenset(self._views)

    def feed(self, wall: str) -> Feed:
        """The wall's feed, begun if need be; its loop is the running one."""
        feed = self._feeds.get(wall)
        if feed is None:
            feed = Feed(
                wall,
                self._engine,
                self._messages,
                self._views,
                self._ring_bytes,
                self._tap,
                self._covers,
            )
            self._feeds[wall] = feed
            self._beat_later()
        return feed

    async def warm(self, wall: str) -> bool:
        """Follow the wall also while nobody reads it; False when there is no such wall."""
        feed = self.feed(wall)
        feed.warm = True
        there = await feed.opened()
        if not there:
            await self._drop(feed)
        return there

    def follow(
        self, wall: str, view: str, after: int | None, reader: Reader
    ) -> asyncio.Task[None] | None:
        """Give `reader` what happened on the wall after `after` (None: from now on) and then what
        happens. A reader the ring can serve joins at once; another is helped by a task, which its
        owner cancels when the reader leaves.
        """
        if self._stopped:
            reader.turn_away(NOT_YET)
            return None
        if view not in self._views:
            reader.turn_away(NO_VIEW)
            return None
        feed = self.feed(wall)
        if feed.open:
            channel = feed.channel(view)
            owed = channel.owed(channel.sent if after is None else after)
            if owed is not None and sum(len(entry.body) for entry in owed) <= OWED_BYTES:
                bodies = [entry.body for entry in owed]
                reader.begin(b"".join([self._retry(), *bodies, feed.last_word()]))
                reader.join(channel)
                return None
        return self._spawn(self._catch_up(feed, view, after, reader))

    async def stop(self) -> None:
        """End every stream; whoever comes later is turned away."""
        self._stopped = True
        for also in self.stopping:
            also()
        for timer in (self._beating, self._sweeping):
            if timer is not None:
                timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        feeds, self._feeds = list(self._feeds.values()), {}
        await asyncio.gather(*(feed.close() for feed in feeds))

    async def _catch_up(self, feed: Feed, view: str, after: int | None, reader: Reader) -> None:
        feed.joining += 1
        begun = False
        try:
            async with asyncio.timeout(self._patience_s):
                there = await feed.opened()
            if not there:
                await self._drop(feed)
                reader.turn_away(NO_WALL)
                return
            reader.begin(self._retry())
            begun = True
            await self._replay(feed, view, after, reader)
        except asyncio.CancelledError:
            reader.end() if begun else reader.abort()
            raise
        except TimeoutError:
            reader.abort() if begun else reader.turn_away(NOT_YET)
        except Exception as error:
            log.warning("live.catch_up_failed", exc_info=error, extra={"wall": feed.wall})
            reader.end() if begun else reader.turn_away(NOT_YET)
        finally:
            feed.joining -= 1

    async def _replay(self, feed: Feed, view: str, after: int | None, reader: Reader) -> None:
        channel = feed.channel(view)
        at = channel.sent if after is None else after
        while True:
            channel = feed.channel(view)
            owed = channel.owed(at)
            if owed is not None:
                first, rest = split(owed)
                reader.say(b"".join([entry.body for entry in first]))
                if not rest:
                    reader.say(feed.last_word())
                    reader.join(channel)  # in the same turn of the loop as `owed`: exact
                    return
                at = first[-1].seq
            elif at > channel.sent:
                if at > await self._engine.head(feed.wall):
                    break
                async with asyncio.timeout(self._patience_s):
                    await feed.channel(view).reached(at)
                continue
            else:
                if channel.sent - at > self._store_facts:
                    break
                page, at = await feed.stored(view, at, channel.sent)
                if page is None:
                    break
                while page:
                    first, page = split(page)
                    ring = feed.channel(view).ring
                    said = [entry.body for entry in first if not ring.outdates(entry)]
                    reader.say(b"".join(said))
                    await self._heard(reader)
                continue
            await self._heard(reader)
        reader.say(RESET)
        reader.end()

    async def _heard(self, reader: Reader) -> None:
        async with asyncio.timeout(self._patience_s):
            await reader.heard()

    def _say_cover(self, wall: str) -> None:
        feed = self._feeds.get(wall)
        if feed is not None:
            feed.say_cover()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _drop(self, feed: Feed) -> None:
        if self._feeds.get(feed.wall) is feed:
            del self._feeds[feed.wall]
        await feed.close()

    def _retry(self) -> bytes:
        # Everybody coming back at the same moment is what the jitter prevents.
        return b"retry: %d\n\n" % self._jitter(*RETRY_MS)

    def _beat_later(self) -> None:
        if self._beating is None and not self._stopped:
            loop = asyncio.get_running_loop()
            self._beating = loop.call_later(self._beat_s, self._beat)
            self._sweeping = loop.call_later(self._linger_s, self._sweep, frozenset[str]())

    def _beat(self) -> None:
        for feed in self._feeds.values():
            feed.beat()
        self._beating = asyncio.get_running_loop().call_later(self._beat_s, self._beat)

    def _sweep(self, idle_before: frozenset[str]) -> None:
        """Drop the feeds that nobody has read since the last sweep."""
        idle = {w for w, feed in self._feeds.items() if not feed.readers and not feed.warm}
        for wall in idle & idle_before:
            self._spawn(self._drop(self._feeds[wall]))
        loop = asyncio.get_running_loop()
        fresh = frozenset(idle - idle_before)
        self._sweeping = loop.call_later(self._linger_s, self._sweep, fresh)


def split(owed: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The entries that may be said at once, and the rest."""
    size = 0
    for number, entry in enumerate(owed):
        size += len(entry.body)
        if size > OWED_BYTES and number:
            return owed[:number], owed[number:]
    return owed, []
