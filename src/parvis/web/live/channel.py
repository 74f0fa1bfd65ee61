"""The readers of one wall who see it the same way, and what they were told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from parvis.core.wire import Card, Face, Format, Hide, Message, Picked, Show
from parvis.web.live.fanout import Fanout
from parvis.web.live.ring import Entry, Ring

BEAT = b": \n\n"
END = b"0\r\n\r\n"

View = Callable[[Message], Message | None]
"""A message as these readers may see it, or None."""


def everything(message: Message) -> Message | None:
    """All messages, as they are."""
    return message


def cards_only(message: Message) -> Message | None:
    """Without interactive formats."""
    return None if isinstance(message, Format) else message


def formats_only(message: Message) -> Message | None:
    """Only the interactive formats and the wall itself."""
    return message if isinstance(message, Format | Face) else None


VIEWS: dict[str, View] = {"all": everything, "cards": cards_only, "formats": formats_only}


def subject_of(message: Message) -> str:
    """What the message is about: a later one about the same thing outdates it."""
    if isinstance(message, Show):
        return _post(message.card)
    if isinstance(message, Hide):
        return "post " + message.post
    if isinstance(message, Format):
        return "format " + message.face.format
    if isinstance(message, Picked):
        return "picks"
    return "wall"


def _post(card: Card) -> str:
    return "post " + card.post


def chunk(body: bytes) -> bytes:
    """One HTTP/1.1 chunk."""
    return b"%x\r\n%b\r\n" % (len(body), body)


class Channel:
    """One ring, and its readers in two groups: HTTP/1.1 in chunks, and plain (HTTP/1.0, ASGI).

    `head` is the newest sequence told to the channel, `sent` the newest whose messages are on their
    way to the readers: a reader that joins is owed what lies between its own position and `sent`,
    and gets the rest with everybody.
    """

    def __init__(self, view: View, floor: int, limit: int, loop: asyncio.AbstractEventLoop) -> None:
        self.view = view
        self.ring = Ring(floor, limit)
        self.head = self.sent = floor
        self.chunked = Fanout(loop)
        self.plain = Fanout(loop)
        self._loop = loop
        self._pending: list[Entry] = []
        self._busy = 0
        self._called = False
        self._ahead: list[tuple[int, asyncio.Future[None]]] = []

    def __len__(self) -> int:
        return len(self.chunked) + len(self.plain)

    def take(self, entries: Sequence[Entry], head: int) -> None:
        """New messages, in order; all that arrive in one turn of the loop leave in one write."""
        self.head = head
        for entry in entries:
            self.ring.add(entry)
        self._pending.extend(entries)
        self._call()

    def say(self, body: bytes) -> None:
        """What has no place in the order: said once, behind what is under way, to who reads now."""
        if body:
            self._pending.append(Entry(self.head, "", body))
            self._call()

    def beat(self) -> None:
        """Show that the line lives, unless something is under way that shows it."""
        if not self._busy and not self._pending:
            self._send(BEAT)

    def owed(self, after: int) -> list[Entry] | None:
        """What a reader at `after` is owed now; None where the ring does not reach."""
        if after == self.sent:
            return []
        if after < self.ring.floor or after > self.sent:
            return None
        return self.ring.between(after, self.sent)

    async def reached(self, seq: int) -> None:
        """Wait until everything up to `seq` is on its way."""
        if seq > self.sent:
            future: asyncio.Future[None] = self._loop.create_future()
            self._ahead.append((seq, future))
            await future

    def end(self, last: bytes = b"") -> None:
        """End every stream, with `last` as its last words."""
        self._pending.clear()
        self.chunked.end(chunk(last) + END if last else END)
        self.plain.end(last)
        ahead, self._ahead = self._ahead, []
        for _seq, future in ahead:
            if not future.done():
                future.set_result(None)  # whoever waited looks again

    def _call(self) -> None:
        if not self._called and not self._busy:
            self._called = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._called = False
        bodies = [entry.body for entry in self._pending if entry.body]
        self._pending.clear()
        self.sent = self.head
        if bodies:
            self._send(b"".join(bodies))
        if self._ahead:
            self._wake()

    def _send(self, body: bytes) -> None:
        groups = [group for group in (self.chunked, self.plain) if len(group)]
        self._busy = len(groups)
        for group in groups:
            group.send(chunk(body) if group is self.chunked else body, self._landed)

    def _landed(self) -> None:
        self._busy -= 1
        if not self._busy and (self._pending or self.head != self.sent):
            self._call()

    def _wake(self) -> None:
        still: list[tuple[int, asyncio.Future[None]]] = []
        for seq, future in self._ahead:
            if seq > self.sent:
                still.append((seq, future))
            elif not future.done():
                future.set_result(None)
        self._ahead = still
