"""A live chat, asked as often as the network allows and the day's units last.

https://developers.google.com/youtube/v3/live/docs/liveChatMessages/list (read 2026-11)
"""

from __future__ import annotations

import msgspec

from parvis.core.post import Raw
from parvis.plug.fields import Fields, moment_ms, rows, table, text, whole
from parvis.sources.youtube.asking import Channel, label_of
from parvis.sources.youtube.looks import Looked, Shared, home_of, newest_of
from parvis.sources.youtube.place import Chat, Place
from parvis.sources.youtube.wrong import ChatOver, Stale

COST = 5
KEEP = 20
"""One part in so many of the day's units is left for all that is not the chat."""
SOON_S, OVER_S = 120.0, 3600.0
"""How often a stream is waited for that will be, and one that was."""
LEAST_MS = 1_000
USUAL_MS = 5_000
PARTS = "id,snippet,authorDetails"


class LiveChat:
    """The chat of a video, or of whatever a channel has live now."""

    def __init__(self, shared: Shared, of: str | Channel) -> None:
        self.name = f"chat {label_of(of)}"
        self._shared = shared
        self._of = of
        self._uploads: str = ""

    async def look(self, place: Place) -> Looked:
        """The messages since the last look; the first time the newest that are kept."""
        held = place.chats.get(self.name)
        if held is None:
            found, wait_s = await self._find()
            if found is None:
                return Looked((), wait_s)
            held = place.chats[self.name] = found
        try:
            answer = await self._page(held)
        except ChatOver:
            place.chats.pop(self.name, None)
            return Looked((), SOON_S)
        except Stale:
            # what was missed is in the first page, as far as the network keeps it
            place.chats[self.name] = msgspec.structs.replace(held, token="")
            return Looked((), USUAL_MS / 1000)
        items = list(rows(answer, "items"))
        if not held.token:
            items = items[max(len(items) - self._shared.asking.limit, 0) :]
        token = text(answer, "nextPageToken")
        place.chats[self.name] = msgspec.structs.replace(held, token=token)
        raws = self._raws(answer, items, held.video)
        if "offlineAt" in answer or any(_type(row) == "chatEndedEvent" for row in items):
            place.chats.pop(self.name)
            return Looked(raws, SOON_S)
        least_ms = max(whole(answer, "pollingIntervalMillis") or USUAL_MS, LEAST_MS)
        return Looked(raws, await self._wait_s(least_ms / 1000, held.began_ms))

    async def _page(self, held: Chat) -> Fields:
        units = self._shared.api.units
        params = {"part": PARTS, "liveChatId": held.chat, "maxResults": "500"}
        params |= {"profileImageSize": "88"}
        if held.token:
            params["pageToken"] = held.token
        keep = units.a_day // KEEP
        what = f"video {held.video}"
        return await self._shared.api.list(
            "liveChat/messages", params, what=what, cost=COST, keep=keep
        )

    async def _wait_s(self, least_s: float, began_ms: int) -> float:
        """Never sooner than the network says; so that the units last the hours that were set, and
        after them the day.
        """
        units = self._shared.api.units
        left, until_s = await units.left()
        asks = max((left - units.a_day // KEEP) // (COST * len(self._shared.asking.chat)), 1)
        gone_s = (self._shared.clock() - began_ms) / 1000
        lasts_s = self._shared.asking.chat_hours * 3600 - max(gone_s, 0)
        needed_s = min(lasts_s, until_s) if lasts_s > 0 else until_s
        return max(least_s, needed_s / asks)

    def _raws(self, answer: Fields, items: list[Fields], video: str) -> tuple[Raw, ...]:
        if not items:
            return ()
        told = {"kind": text(answer, "kind"), "items": items}
        return (self._shared.videos.raw({"told": told, "video": video}),)

    async def _find(self) -> tuple[Chat | None, float]:
        """The chat that is open now, or how long to wait for one."""
        shared, ids = self._shared, [self._of] if isinstance(self._of, str) else []
        if isinstance(self._of, Channel):
            self._uploads = self._uploads or (await home_of(shared.api, self._of))[1]
            newest = await newest_of(shared.api, self._uploads, self._of)
            ids = [id_ for _, id_ in newest]
        answer = await shared.videos.list(ids) if ids else {}
        videos = rows(answer, "items")
        for video in videos:
            live = table(video, "liveStreamingDetails")
            if (chat := text(live, "activeLiveChatId")) and not text(live, "actualEndTime"):
                return Chat(text(video, "id"), chat, "", shared.clock()), 0.0
        over = bool(videos) and isinstance(self._of, str) and not _comes(videos[0])
        return None, await shared.even_s(2, OVER_S if over else SOON_S)


def _comes(video: Fields) -> bool:
    """Whether it is still to be live."""
    live = table(video, "liveStreamingDetails")
    return bool(moment_ms(live, "scheduledStartTime")) and not text(live, "actualEndTime")


def _type(message: Fields) -> str:
    return text(table(message, "snippet"), "type")
