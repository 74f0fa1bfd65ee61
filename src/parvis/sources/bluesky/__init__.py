"""Bluesky: the whole network's stream, of which nearly nothing concerns us."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import NamedTuple

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Post, Raw
from parvis.plug.fields import Fields, decode
from parvis.plug.handful import handfuls
from parvis.plug.hashtags import fold
from parvis.plug.recent import Recent
from parvis.plug.source import Probe, Source
from parvis.plug.tools import Tools
from parvis.sources.bluesky import read as reading
from parvis.sources.bluesky.appview import AT_ONCE, AppView
from parvis.sources.bluesky.asking import read_asking
from parvis.sources.bluesky.jetstream import Jetstream
from parvis.sources.bluesky.place import Place
from parvis.sources.bluesky.record import kind_of, mentioned, read_text, tags_of
from parvis.sources.bluesky.sieve import Sieve

TRIES = 3
YOUNG_MS = 60_000
"""The reading side lags behind the stream: what it leaves out so soon is not gone."""
NOTE_EVERY_MS = 15_000
"""So often the place in the stream is kept though nothing was for us."""


class Heard(NamedTuple):
    """A frame that concerns us: `said` is what it holds, None where only its place does; `did` who
    is to be introduced.
    """

    frame: bytes
    said: Fields | None = None
    did: str = ""
    profile: Fields | None = None


class Bluesky(Source):
    """Hashtags, accounts and mentions."""

    streams = True
    recheck_at_once = AT_ONCE

    def __init__(self, tools: Tools) -> None:
        self._asking = read_asking(tools.settings)
        self._clock = tools.clock
        self._appview = AppView(tools.http, self._asking.appview, tools.clock)
        self._jetstream = Jetstream(tools.http, self._asking.jetstream)
        self._tags = frozenset(map(fold, self._asking.tags))
        self._authors: frozenset[str] = frozenset()
        self._mentioned: frozenset[str] = frozenset()
        self._sieve = Sieve(self._asking.tags, ())
        self._strangers: Recent[int] = Recent(1_000)
        self._resolved = not (self._asking.accounts or self._asking.mentions)

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """Pure; see `reading`."""
        return reading.read(raw)

    async def stream(self, cursor: str) -> AsyncIterator[Raw]:
        """What was missed first: the server keeps a day and a half."""
        await self._resolve()
        place = Place.read(cursor)
        if not place.at_us:
            place = Place(at_us=(self._clock() - self._asking.lookback_ms) * 1000)
        # whoever asks for accounts alone need not be sent the whole network
        dids = sorted(self._authors) if not (self._tags or self._mentioned) else ()
        async with (
            self._jetstream.open(place, dids) as frames,
            contextlib.aclosing(handfuls(self._sifted(frames), AT_ONCE)) as hands,
        ):
            async for heard in hands:
                for each in await self._introduced(heard):
                    place = place.moved(self._jetstream.host, *reading.place_in(each.frame))
                    yield self._raw(each, place, gap_fill=bool(cursor))

    async def _sifted(self, frames: AsyncIterator[bytes]) -> AsyncIterator[Heard]:
        """What concerns us; and now and then a frame that does not, to know how far we are."""
        noted_ms = self._clock()
        whole = not (self._tags or self._mentioned)
        async for frame in frames:
            heard = self._heard(frame) if whole or self._sieve.lets(frame) else None
            now_ms = self._clock()
            if heard is None and 0 <= now_ms - noted_ms < NOTE_EVERY_MS:
                continue
            noted_ms = now_ms
            yield heard or Heard(frame)

    def _heard(self, frame: bytes) -> Heard | None:
        try:
            said = decode(frame)
        except ValueError:
            return None  # as likely somebody else's post as one for us
        if not isinstance(said, dict):
            return None
        if did := reading.left(said):
            self._appview.forget(did)
            return Heard(frame, said) if self._sieve.knows(did) else None
        commit = reading.commit_of(said)
        if commit is None or commit.collection != reading.POST:
            return None
        if commit.operation == "delete":
            return Heard(frame, said) if self._sieve.knows(commit.did) else None
        if not self._wants(commit.did, commit.record):
            return None
        self._sieve.note(commit.did)
        return Heard(frame, said, commit.did)

    async def _introduced(self, heard: Sequence[Heard]) -> list[Heard]:
        """Each with who wrote it. Of somebody whom the network does not know nothing is shown; an
        account of this second is asked after a few times more.
        """
        ask = [each.did for each in heard if each.did]
        profiles = await self._appview.profiles(ask) if ask else {}
        for did in dict.fromkeys(ask):
            if did not in profiles:
                tries = (self._strangers.get(did) or 0) + 1
                self._strangers.put(did, tries)
                if tries < TRIES:
                    raise Later(f"{self._appview.host} does not know a new author yet.", 2.0)
        return [
            each._replace(profile=profiles.get(each.did), said=None if not known else each.said)
            for each in heard
            for known in (not each.did or each.did in profiles,)
        ]

    def _raw(self, heard: Heard, place: Place, *, gap_fill: bool) -> Raw:
        body, kind = heard.frame, ""
        if heard.said is None:
            body, kind = b"", reading.PLACE
        elif heard.did:
            body = msgspec.json.encode({"frame": heard.said, "profile": heard.profile})
            kind = reading.SEEN
        now_ms = self._clock()
        return Raw(body, place.write(), kind=kind, received_at_ms=now_ms, gap_fill=gap_fill)

    def _wants(self, did: str, record: Fields) -> bool:
        if not self._asking.replies and kind_of(record)[0] == "reply":
            return False
        if did in self._authors or not self._mentioned.isdisjoint(mentioned(record)):
            return True
        return not self._tags.isdisjoint(tags_of(record, read_text(record)))

    async def _resolve(self) -> None:
        """Handles are names that may change; DIDs do not."""
        if self._resolved:
            return
        ask = self._appview.did_of
        self._authors = frozenset([await ask(each) for each in self._asking.accounts])
        self._mentioned = frozenset([await ask(each) for each in self._asking.mentions])
        self._sieve = Sieve(self._asking.tags, (*self._authors, *self._mentioned))
        self._resolved = True

    async def probe(self) -> Probe:
        """Whether both servers answer, and all accounts are there."""
        try:
            await self._resolve()
            async with self._jetstream.open(Place(), sorted(self._authors)):
                pass
        except (Refused, Later) as error:
            return Probe(ok=False, says=str(error))
        host, version = self._asking.host, self._jetstream.version
        says = f"{host} streams all of Bluesky to us (version {version}); we keep"
        return Probe(ok=True, says=f"{says} {self._asking.label}.", since_ms=self._clock())

    async def recheck(self, posts: Sequence[Post]) -> AsyncIterator[Raw]:
        """25 a request; what the answer leaves out is gone."""
        keys = [(post, uri) for post in posts if (uri := reading.uri_of(post.key))]
        for at in range(0, len(keys), AT_ONCE):
            asked = keys[at : at + AT_ONCE]
            body, missing = await self._appview.posts([uri for _, uri in asked])
            now_ms = self._clock()
            old = {uri for post, uri in asked if now_ms - post.received_at_ms > YOUNG_MS}
            for post, _ in asked:
                self._sieve.note(reading.did_of(post.key))
            yield Raw(body, kind=reading.POSTS, received_at_ms=now_ms, gap_fill=True)
            if gone := [uri for uri in missing if uri in old]:
                left_out = msgspec.json.encode(gone)
                yield Raw(left_out, kind=reading.GONE, received_at_ms=now_ms)


def open_source(tools: Tools) -> Bluesky:
    """Raises `Refused` for settings that cannot be meant."""
    return Bluesky(tools)
