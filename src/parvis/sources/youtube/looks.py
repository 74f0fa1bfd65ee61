"""What is looked at: a search, the uploads of a channel, the comments of a video."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

import msgspec

from parvis.core.errors import Refused
from parvis.core.ports import Clock
from parvis.core.post import Raw
from parvis.plug.digest import short_hash
from parvis.plug.fields import Fields, moment_ms, rows, table, text
from parvis.plug.hashtags import fold
from parvis.plug.text_entities import find_entities
from parvis.plug.tools import Tools
from parvis.plug.websub import WebSub
from parvis.sources.youtube.api import Api
from parvis.sources.youtube.asking import VIDEO_ID, Asking, Channel
from parvis.sources.youtube.place import Mark, Place, Seen
from parvis.sources.youtube.videos import Videos

SEARCH_S = 900.0
"""96 of the 100 searches of a day."""
UPLOADS_S = 300.0
PUSHED_S = 3600.0
"""Where a hub pushes, a look finds only what it forgot."""
COMMENTS_S = 120.0
BACK_MS = 24 * 3_600_000
"""A search finds a video hours after it came up, and a premiere has the time of its making."""
TOPIC = "https://www.youtube.com/xml/feeds/videos.xml?channel_id="
"""https://developers.google.com/youtube/v3/guides/push_notifications (read 2026-11)"""
_PUSHED = re.compile(rb"<yt:videoId>([\w-]{11})</yt:videoId>")
_DELETED = re.compile(rb"<at:deleted-entry\s[^<>]{0,200}\bref=[\"']yt:video:([\w-]{11})[\"']")


class Looked(NamedTuple):
    """What was found, and when to look again."""

    raws: tuple[Raw, ...]
    again_in_s: float


class Look(Protocol):
    """One thing that is looked at at its own pace."""

    name: str

    async def look(self, place: Place) -> Looked:
        """From `place` on, which it moves. Raises what `Api.list` raises."""
        ...


class Shared(NamedTuple):
    """What all looks have in common."""

    api: Api
    videos: Videos
    seen: Seen
    asking: Asking
    clock: Clock

    async def even_s(self, cost: int, at_least_s: float) -> float:
        """Seconds between looks of `cost` units, so that half of what is left lasts the day for all
        channels and videos.
        """
        left, until_s = await self.api.units.left()
        looks = len(self.asking.channels) + len(self.asking.videos)
        return max(at_least_s, until_s * cost * max(looks, 1) / max(left / 2, 1))

    def fresh(self, found: Sequence[tuple[int, str]], place: Place, name: str) -> list[str]:
        """Of (time, id) those that are to be taken, oldest first; `place` is moved."""
        mark = place.marks.get(name, Mark())
        since_ms = max(mark.newest_ms - BACK_MS, mark.floor_ms)
        ordered = sorted(each for each in found if each[0] >= since_ms)
        if not mark.newest_ms:
            ordered = ordered[max(len(ordered) - self.asking.limit, 0) :]
            floor_ms = ordered[0][0] if ordered else max((at for at, _ in found), default=0) + 1
            mark = Mark(0, floor_ms if found else 0)
        newest_ms = max((at for at, _ in found), default=0)
        place.marks[name] = msgspec.structs.replace(mark, newest_ms=max(mark.newest_ms, newest_ms))
        fresh = [id_ for _, id_ in ordered if id_ not in self.seen]
        for id_ in fresh:
            self.seen.note(id_)
        return fresh


class Search:
    """Hashtags and words, all in one search: `|` stands for or."""

    name = "search"

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        asking = shared.asking
        self._tags = frozenset(map(fold, asking.tags))
        self._words = tuple(map(fold, asking.words))
        parts = [f"#{tag}" for tag in asking.tags]
        parts += [f'"{each}"' if " " in each else each for each in asking.words]
        self._query = "|".join(parts)

    async def look(self, place: Place) -> Looked:
        """One search, and the videos that it names as they are."""
        shared = self._shared
        params = {
            "part": "snippet",
            "type": "video",
            "order": "date",
            "q": self._query,
            "maxResults": "50",
        }
        mark = place.marks.get(self.name, Mark())
        if since_ms := max(mark.newest_ms - BACK_MS, mark.floor_ms):
            since = datetime.fromtimestamp(since_ms // 1000, UTC)
            params["publishedAfter"] = f"{since:%Y-%m-%dT%H:%M:%SZ}"
        answer = await shared.api.list("search", params, what=self._query)
        found = [
            (moment_ms(table(row, "snippet"), "publishedAt"), id_)
            for row in rows(answer, "items")
            if VIDEO_ID.fullmatch(id_ := text(table(row, "id"), "videoId"))
        ]
        fresh = shared.fresh(found, place, self.name)
        raws = await shared.videos.told(fresh, wanted=self.wants)
        return Looked(raws, await shared.api.units.search_every_s(SEARCH_S))

    def wants(self, video: Fields) -> bool:
        """A search also finds what merely resembles: the tag or the words must be there."""
        snippet = table(video, "snippet")
        words = f"{text(snippet, 'title')}\n{text(snippet, 'description')}"
        keywords: Any = snippet.get("tags")
        named = [str(each) for each in keywords] if isinstance(keywords, list) else []
        tags = {fold(each.text).lstrip("#") for each in find_entities(words) if each.type == "tag"}
        tags |= {fold(each.removeprefix("#")) for each in named}
        if self._tags & tags:
            return True
        folded = fold(" ".join("\n".join((words, *named)).split()))
        return any(each in folded for each in self._words)


class Uploads:
    """What a channel has published: pushed where a hub reaches us, looked up besides."""

    def __init__(self, shared: Shared, tools: Tools, channel: Channel) -> None:
        self.name = f"uploads {channel.name}"
        self._shared = shared
        self._channel = channel
        self._home: tuple[str, str] | None = None
        self.hub = WebSub(tools, f"push-{short_hash(channel.label)}", max_bytes=256 * 1024)

    async def home(self) -> tuple[str, str]:
        """The channel's id and the list of its uploads. Raises `Refused` when nobody has it."""
        if self._home is None:
            self._home = await home_of(self._shared.api, self._channel)
        return self._home

    async def look(self, place: Place) -> Looked:
        """The newest 50 of the list."""
        shared = self._shared
        id_, uploads = await self.home()
        await self.hub.follow(shared.asking.hub, TOPIC + id_)
        fresh = shared.fresh(await newest_of(shared.api, uploads, self._channel), place, self.name)
        raws = await shared.videos.told(fresh)
        pace_s = PUSHED_S if await self.hub.live() else UPLOADS_S
        return Looked(raws, await shared.even_s(2, pace_s))

    async def pushed(self, body: bytes) -> tuple[Raw, ...]:
        """What a hub pushed: it names videos, and the network says what they are."""
        gone = tuple(dict.fromkeys(each.decode() for each in _DELETED.findall(body)))
        named = tuple(dict.fromkeys(each.decode() for each in _PUSHED.findall(body)))
        return await self._shared.videos.told((*named, *gone)[:50], asked=gone)


class Comments:
    """The comments under a video, the newest first."""

    def __init__(self, shared: Shared, video: str) -> None:
        self.name = f"comments {video}"
        self._shared = shared
        self._video = video

    async def look(self, place: Place) -> Looked:
        """The newest 100."""
        shared = self._shared
        params = {
            "part": "snippet",
            "videoId": self._video,
            "order": "time",
            "maxResults": "100",
            "textFormat": "plainText",
        }
        answer = await shared.api.list("commentThreads", params, what=f"video {self._video}")
        items = {f"{text(row, 'id')} {_stamp(row)}": row for row in rows(answer, "items")}
        found = [(_published_ms(row), name) for name, row in items.items()]
        fresh = shared.fresh(found, place, self.name)
        raws: tuple[Raw, ...] = ()
        if fresh:
            told = {"kind": text(answer, "kind"), "items": [items[name] for name in fresh]}
            raws = (shared.videos.raw({"told": told, "video": self._video}),)
        return Looked(raws, await shared.even_s(1, COMMENTS_S))


async def home_of(api: Api, channel: Channel) -> tuple[str, str]:
    """Id and list of uploads of a channel; raises `Refused` when there is none of that name."""
    params = {"part": "contentDetails", channel.by: channel.name, "maxResults": "1"}
    answer = await api.list("channels", params, what=channel.label)
    for row in rows(answer, "items"):
        lists = table(table(row, "contentDetails"), "relatedPlaylists")
        if text(row, "id") and text(lists, "uploads"):
            return text(row, "id"), text(lists, "uploads")
    raise Refused(f"YouTube knows no channel {channel.label}; check how it is spelt.")


async def newest_of(api: Api, uploads: str, channel: Channel) -> list[tuple[int, str]]:
    """When the newest 50 of a channel came up, and their ids."""
    params = {"part": "snippet,contentDetails", "playlistId": uploads, "maxResults": "50"}
    answer = await api.list("playlistItems", params, what=channel.label)
    found: list[tuple[int, str]] = []
    for row in rows(answer, "items"):
        snippet, details = table(row, "snippet"), table(row, "contentDetails")
        id_ = text(details, "videoId") or text(table(snippet, "resourceId"), "videoId")
        at_ms = moment_ms(details, "videoPublishedAt") or moment_ms(snippet, "publishedAt")
        if VIDEO_ID.fullmatch(id_):
            found.append((at_ms, id_))
    return found


def _comment(thread: Fields) -> Fields:
    return table(table(table(thread, "snippet"), "topLevelComment"), "snippet")


def _stamp(thread: Fields) -> str:
    return text(_comment(thread), "updatedAt")


def _published_ms(thread: Fields) -> int:
    return moment_ms(_comment(thread), "publishedAt")
