"""Videos as they are now, with whose they are: 50 in a unit, and their channels in another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from parvis.core.ports import Clock
from parvis.core.post import Raw
from parvis.plug.fields import Fields, rows, table, text
from parvis.plug.recent import Recent
from parvis.sources.youtube.api import AT_ONCE, Api
from parvis.sources.youtube.asking import CHANNEL_ID

PARTS = "snippet,contentDetails,statistics,status,liveStreamingDetails"
FRESH_MS = 6 * 3_600_000
Wanted = Callable[[Fields], bool]


class Videos:
    """What is asked of `videos` and `channels`."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._channels: Recent[tuple[int, Fields]] = Recent(2_000)

    async def told(
        self, ids: Sequence[str], *, asked: Sequence[str] = (), wanted: Wanted = lambda _: True
    ) -> tuple[Raw, ...]:
        """What there is of these videos; of those in `asked`, what is left out is gone."""
        raws: list[Raw] = []
        for at in range(0, len(ids), AT_ONCE):
            some = ids[at : at + AT_ONCE]
            answer = await self.list(some)
            items = [row for row in rows(answer, "items") if wanted(row)]
            gone = [id_ for id_ in asked if id_ in some]
            if items or gone:
                told = {"kind": text(answer, "kind"), "items": items}
                channels = await self._who(table(row, "snippet") for row in items)
                raws.append(self.raw({"told": told, "channels": channels, "asked": gone}))
        return tuple(raws)

    async def list(self, ids: Sequence[str]) -> Fields:
        """The network's answer about up to 50 videos."""
        params = {"part": PARTS, "id": ",".join(ids), "maxResults": str(AT_ONCE)}
        return await self._api.list("videos", params, what=f"video {ids[0]}")

    def raw(self, said: dict[str, object]) -> Raw:
        """As it is handed over."""
        return Raw(msgspec.json.encode(said), received_at_ms=self._clock())

    async def _who(self, snippets: Iterable[Fields]) -> dict[str, Fields]:
        """The channels, as they were within six hours."""
        now_ms = self._clock()
        ids = {id_ for row in snippets if CHANNEL_ID.fullmatch(id_ := text(row, "channelId"))}
        found: dict[str, Fields] = {}
        for id_ in ids:
            kept = self._channels.get(id_)
            if kept is not None and 0 <= now_ms - kept[0] < FRESH_MS:
                found[id_] = kept[1]
        ask = sorted(ids - found.keys())
        for at in range(0, len(ask), AT_ONCE):
            some = ",".join(ask[at : at + AT_ONCE])
            params = {"part": "snippet,statistics", "id": some, "maxResults": str(AT_ONCE)}
            answer = await self._api.list("channels", params, what="the channels of videos")
            for row in rows(answer, "items"):
                about = {"snippet": table(row, "snippet"), "statistics": table(row, "statistics")}
                self._channels.put(text(row, "id"), (now_ms, about))
                found[text(row, "id")] = about
        return found
