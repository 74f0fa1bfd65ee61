"""YouTube: searches, channels, comments and live chats, within what a day allows."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Post, Raw
from parvis.plug.door import Answer, Door, Knock
from parvis.plug.fields import rows, text
from parvis.plug.source import Page, Probe, Source
from parvis.plug.tools import Tools
from parvis.sources.youtube.api import AT_ONCE, Api
from parvis.sources.youtube.asking import Channel, read_asking
from parvis.sources.youtube.chat import LiveChat
from parvis.sources.youtube.looks import Comments, Look, Search, Shared, Uploads, home_of
from parvis.sources.youtube.place import Place, Seen
from parvis.sources.youtube.post import id_of
from parvis.sources.youtube.read import read
from parvis.sources.youtube.units import DAY_MS, Spent, Units
from parvis.sources.youtube.videos import Videos

log = logging.getLogger(__name__)

ASLEEP_S = 3600.0
"""A look that was refused is tried again this rarely: others go on."""
FIRST_WAIT_S, LONGEST_WAIT_S = 30.0, 900.0
SOONEST_S, LONGEST_S = 0.05, 4000.0
NOBODY = "00000000000"


class YouTube(Source):
    """Several looks, each at its own pace, and one allowance for all of them."""

    polls = True
    recheck_at_once = AT_ONCE

    def __init__(self, tools: Tools) -> None:
        asking = self._asking = read_asking(tools.settings)
        self._clock = tools.clock
        self._units = Units(tools.memory, tools.clock, asking.units)
        self._api = Api(tools.http, asking.server, tools.vault, self._units)
        self._videos = Videos(self._api, tools.clock)
        self._seen = Seen()
        shared = Shared(self._api, self._videos, self._seen, asking, tools.clock)
        self._uploads = [Uploads(shared, tools, channel) for channel in asking.channels]
        self._looks: list[Look] = [LiveChat(shared, each) for each in asking.chat]
        self._looks += self._uploads
        self._looks += [Comments(shared, video) for video in asking.videos]
        self._looks += [Search(shared)] if asking.tags or asking.words else []
        self._due: dict[str, int] = {}
        self._ill: dict[str, Refused | Later] = {}
        self._fails: dict[str, int] = {}

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """Pure; see `read`."""
        return read(raw)

    async def poll(self, cursor: str) -> Page:
        """Every look whose time has come. Those that fail wait, the others go on; when none is
        left, the first one's trouble is told, and nothing is asked before its time.
        """
        place = Place.read(cursor)
        self._seen.settle(cursor)
        raws: list[Raw] = []
        for look in self._looks:
            if self._due_in_s(place, look.name) <= 0:
                raws += await self._looked(look, place)
        wait_s = min(self._due_in_s(place, look.name) for look in self._looks)
        if not raws and len(self._ill) == len(self._looks):
            self._seen.settle(cursor)
            trouble = next(iter(self._ill.values()))
            if isinstance(trouble, Later):
                raise Later(str(trouble), max(wait_s, SOONEST_S))
            raise Refused(str(trouble))
        now = place.write()
        self._seen.gave(now)
        return Page(tuple(raws), now, min(max(wait_s, SOONEST_S), LONGEST_S))

    async def _looked(self, look: Look, place: Place) -> tuple[Raw, ...]:
        name, trial, noted = look.name, place.copied(), self._seen.noted()
        try:
            found = await look.look(trial)
        except (Refused, Later) as error:
            self._seen.forget(noted)  # what it took was not handed over
            wait_s = ASLEEP_S
            if isinstance(error, Later):
                fails = self._fails[name] = self._fails.get(name, 0) + 1
                grown_s = min(FIRST_WAIT_S * 2 ** min(fails - 1, 9), LONGEST_WAIT_S)
                wait_s = max(error.retry_after_s, 0 if isinstance(error, Spent) else grown_s)
            if name not in self._ill:
                log.warning("youtube.asleep", extra={"look": name, "says": str(error)})
            self._ill[name] = error
            self._put_off(place, name, wait_s)
            return ()
        if self._ill.pop(name, None) is not None:
            log.info("youtube.awake", extra={"look": name})
        self._fails.pop(name, None)
        place.marks, place.chats = trial.marks, trial.chats
        self._put_off(place, name, found.again_in_s)
        return found.raws

    def _put_off(self, place: Place, name: str, wait_s: float) -> None:
        # rounded up: a millisecond too soon is too soon
        place.due[name] = self._due[name] = self._clock() + int(wait_s * 1000) + 1

    def _due_in_s(self, place: Place, name: str) -> float:
        """From the place, which outlives us, or from what we know since."""
        wait_ms = max(place.due.get(name, 0), self._due.get(name, 0)) - self._clock()
        return wait_ms / 1000 if wait_ms < DAY_MS + 3_600_000 else 0.0

    async def probe(self) -> Probe:
        """Whether the key is good and everything that is named is there, and what is left."""
        try:
            for each in (*self._asking.channels, *self._asking.chat):
                if isinstance(each, Channel):
                    await home_of(self._api, each)
            named = (*self._asking.videos, *(e for e in self._asking.chat if isinstance(e, str)))
            ids = tuple(dict.fromkeys(named))[:AT_ONCE]
            answer = await self._videos.list(ids or (NOBODY,))
            there = {text(row, "id") for row in rows(answer, "items")}
            if missing := [id_ for id_ in ids if id_ not in there]:
                says = f"YouTube has no video {missing[0]}, or it is private; correct the settings."
                return Probe(ok=False, says=says)
        except (Refused, Later) as error:
            return Probe(ok=False, says=str(error))
        left = await self._units.says()
        return Probe(ok=True, says=f"YouTube answers; we ask for {self._asking.label}. {left}")

    async def recheck(self, posts: Sequence[Post]) -> AsyncIterator[Raw]:
        """50 videos or comments in a unit; a chat tells its deletions itself."""
        videos = [id_ for post in posts if (id_ := id_of(post.key, "video"))]
        for raw in await self._videos.told(videos, asked=videos) if videos else ():
            yield raw
        comments = [id_ for post in posts if (id_ := id_of(post.key, "comment"))]
        for at in range(0, len(comments), AT_ONCE):
            some = comments[at : at + AT_ONCE]
            params = {"part": "snippet", "id": ",".join(some), "textFormat": "plainText"}
            answer = await self._api.list("comments", params, what="comments on show")
            yield self._videos.raw({"told": answer, "asked": some})

    def doors(self) -> tuple[Door, ...]:
        """One for the hub of each channel."""
        return tuple(each.hub.door for each in self._uploads)

    async def answer(self, knock: Knock) -> Answer:
        """A hub's question or its push; when the network cannot say now, the hub comes again."""
        for each in self._uploads:
            if each.hub.door.name != knock.door:
                continue
            if answered := await each.hub.answer(knock):
                return answered
            try:
                return Answer(202, raws=await each.pushed(knock.body))
            except (Refused, Later) as error:
                return Answer(503, str(error).encode())
        return Answer(404)


def open_source(tools: Tools) -> Source:
    """The source."""
    return YouTube(tools)
