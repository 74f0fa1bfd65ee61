"""A live chat: pages of messages, and a pace that is punished when it is not kept.

https://developers.google.com/youtube/v3/live/docs/liveChatMessages (read 2026-11)
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]


class Chat:
    """`items` are all that was ever told, oldest first; a page goes on where its token says."""

    def __init__(self, id_: str, clock_ms: Callable[[], int]) -> None:
        self.id = id_
        self.items: list[Json] = []
        self.ended = ""
        self.early = 0
        """How many polls came too soon."""
        self._clock_ms = clock_ms
        self._not_before_ms = 0
        self._turns = itertools.count()

    def say(self, text: str, channel: str, about: Json, at: str) -> str:
        """Somebody writes; the message's id."""
        details = {"textMessageDetails": {"messageText": text}}
        return self._tell(
            {"type": "textMessageEvent", "authorChannelId": channel, "displayMessage": text}
            | details,
            at,
            {
                "channelId": channel,
                "channelUrl": f"http://www.youtube.com/channel/{channel}",
                "displayName": about["customUrl"],
                "profileImageUrl": about["thumbnails"]["default"]["url"],
                "isVerified": False,
                "isChatOwner": False,
                "isChatSponsor": False,
                "isChatModerator": False,
            },
        )

    def delete(self, id_: str, at: str) -> bool:
        """A message is taken out: a tombstone stands in its place, and its deletion is told."""
        for item in self.items:
            if item["id"] == id_ and item["snippet"]["type"] == "textMessageEvent":
                item["snippet"] = {
                    "type": "tombstone",
                    "liveChatId": self.id,
                    "publishedAt": item["snippet"]["publishedAt"],
                    "hasDisplayContent": False,
                }
                item.pop("authorDetails", None)
                details = {"messageDeletedDetails": {"deletedMessageId": id_}}
                self._tell({"type": "messageDeletedEvent"} | details, at)
                return True
        return False

    def ban(self, channel: str, handle: str, at: str) -> None:
        """Somebody is sent out."""
        who = {"channelId": channel, "displayName": handle}
        details = {"bannedUserDetails": who, "banType": "permanent"}
        self._tell({"type": "userBannedEvent", "userBannedDetails": details}, at)

    def end(self, at: str) -> None:
        """It is over."""
        self.ended = at
        self._tell({"type": "chatEndedEvent"}, at)

    def is_early(self) -> bool:
        """Whether this poll comes before the time that the last answer named."""
        early = self._clock_ms() < self._not_before_ms
        self.early += early
        return early

    def page(self, token: str, most: int, intervals: tuple[int, ...]) -> Json | None:
        """What came since the token; None when it is none of ours."""
        since = _index(token) if token else 0
        if since is None or since > len(self.items):
            return None
        items = self.items[since : since + most]
        interval = intervals[next(self._turns) % len(intervals)]
        self._not_before_ms = self._clock_ms() + interval
        told: Json = {
            "kind": "youtube#liveChatMessageListResponse",
            "etag": f"chat-{since}",
            "nextPageToken": _token(since + len(items)),
            "pollingIntervalMillis": interval,
            "pageInfo": {"totalResults": len(items), "resultsPerPage": len(items)},
            "items": items,
        }
        return told | ({"offlineAt": self.ended} if self.ended else {})

    def is_over(self, token: str) -> bool:
        """Whether there is nothing more to come, and all was read."""
        return bool(self.ended) and _index(token) == len(self.items)

    def _tell(self, snippet: Json, at: str, author: Json | None = None) -> str:
        id_ = f"LCC.{self.id}.{len(self.items) + 1:06d}"
        item: Json = {
            "kind": "youtube#liveChatMessage",
            "etag": f"m-{len(self.items)}",
            "id": id_,
            "snippet": {"liveChatId": self.id, "publishedAt": at, "hasDisplayContent": bool(author)}
            | snippet,
        }
        self.items.append(item | ({"authorDetails": author} if author else {}))
        return id_


def _token(at: int) -> str:
    return base64.urlsafe_b64encode(f"at {at}".encode()).decode()


def _index(token: str) -> int | None:
    try:
        said = base64.urlsafe_b64decode(token.encode()).decode()
    except ValueError:
        return None
    number = said.removeprefix("at ")
    return int(number) if said.startswith("at ") and number.isdigit() else None
