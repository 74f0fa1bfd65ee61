"""What the simulated network knows: channels, videos, comments and chats."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from parvis.sim.crowd import Saying
from parvis.sim.hub import Hub
from parvis.sim.steer import Refusals
from parvis.sim.youtube.chat import Chat
from parvis.sim.youtube.quota import Quota

Json = dict[str, Any]


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A video. `channel` is a handle; `live` opens a chat beside it."""

    title: str
    description: str = ""
    channel: str = "@square"
    tags: tuple[str, ...] = ()
    language: str = "en"
    live: bool = False
    embeddable: bool = True
    for_adults: bool = False


class Remark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment below a video, or a message in its chat; `author` is a handle."""

    video: str
    text: str
    author: str = "@ada"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class World:
    """One network. `key` is the one that it knows."""

    clock_ms: Callable[[], int] = _now_ms
    key: str = "sim-key"
    intervals: tuple[int, ...] = (1526, 4966, 2210)
    """The `pollingIntervalMillis` of a chat, in turn."""
    quota: Quota = field(init=False)
    hub: Hub = field(default_factory=Hub)
    refusals: Refusals = field(default_factory=Refusals)
    channels: dict[str, Json] = field(default_factory=dict)
    videos: dict[str, Json] = field(default_factory=dict)
    """By id, in the order of their coming up."""
    comments: dict[str, Json] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    """Videos without comments."""
    chats: dict[str, Chat] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _last_ms: int = 0

    def __post_init__(self) -> None:
        self.quota = Quota(self.clock_ms)

    # what happens ---------------------------------------------------------------------------------
    def publish(self, draft: Draft) -> str:
        """A channel publishes; the video's id."""
        id_ = f"sim{len(self.videos) + 1:08d}"
        at, channel = self.at(), self.channel(draft.channel)
        thumbnail = {"url": f"https://i.ytimg.com/vi/{id_}/hqdefault.jpg", "width": 480}
        self.videos[id_] = {
            "snippet": {
                "publishedAt": at,
                "channelId": channel,
                "title": draft.title,
                "description": draft.description,
                "thumbnails": {"high": thumbnail | {"height": 360}},
                "channelTitle": self.channels[channel]["snippet"]["title"],
                "tags": list(draft.tags),
                "defaultAudioLanguage": draft.language,
                "liveBroadcastContent": "live" if draft.live else "none",
            },
            "contentDetails": {
                "duration": "P0D" if draft.live else "PT2M5S",
                "contentRating": {"ytRating": "ytAgeRestricted"} if draft.for_adults else {},
            },
            "statistics": {"viewCount": "12", "likeCount": "3", "commentCount": "0"},
            "status": {"privacyStatus": "public", "embeddable": draft.embeddable},
        }
        if draft.live:
            chat = f"Chat-{id_}"
            self.chats[chat] = Chat(chat, self.clock_ms)
            live = {"actualStartTime": at, "activeLiveChatId": chat}
            self.videos[id_]["liveStreamingDetails"] = live
        return id_

    def edit(self, id_: str, title: str) -> bool:
        """A video has another title."""
        if id_ in self.videos:
            self.videos[id_]["snippet"]["title"] = title
        return id_ in self.videos

    def show(self, id_: str, privacy: str) -> bool:
        """`public`, `unlisted`, `private`."""
        if id_ in self.videos:
            self.videos[id_]["status"]["privacyStatus"] = privacy
        return id_ in self.videos

    def delete(self, id_: str) -> bool:
        """A video or a comment is no more."""
        found = self.videos.pop(id_, None) or self.comments.pop(id_, None)
        return found is not None

    def comment(self, remark: Remark) -> str:
        """Somebody comments; the comment's id."""
        id_, at = f"UgxSim{len(self.comments) + 1:012d}", self.at()
        who = self.channel(remark.author)
        self.comments[id_] = {
            "authorDisplayName": self.channels[who]["snippet"]["customUrl"],
            "authorProfileImageUrl": self.channels[who]["snippet"]["thumbnails"]["default"]["url"],
            "authorChannelUrl": f"http://www.youtube.com/channel/{who}",
            "authorChannelId": {"value": who},
            "videoId": remark.video,
            "textDisplay": remark.text,
            "canRate": True,
            "viewerRating": "none",
            "likeCount": 1,
            "publishedAt": at,
            "updatedAt": at,
        }
        return id_

    def amend(self, id_: str, text: str) -> bool:
        """A comment has other words."""
        if id_ in self.comments:
            self.comments[id_] |= {"textDisplay": text, "updatedAt": self.at()}
        return id_ in self.comments

    def chat_of(self, video: str) -> Chat | None:
        """The chat beside a video."""
        return self.chats.get(f"Chat-{video}")

    def speak(self, remark: Remark) -> str:
        """Somebody writes in a chat; the message's id, '' without a chat."""
        chat, who = self.chat_of(remark.video), self.channel(remark.author)
        if chat is None:
            return ""
        return chat.say(remark.text, who, self.channels[who]["snippet"], self.at())

    def end(self, video: str) -> bool:
        """A stream is over."""
        chat = self.chat_of(video)
        if chat is None:
            return False
        chat.end(self.at())
        details = self.videos[video]["liveStreamingDetails"]
        details.pop("activeLiveChatId", None)
        details["actualEndTime"] = self.at()
        self.videos[video]["snippet"]["liveBroadcastContent"] = "none"
        return True

    def channel(self, handle: str) -> str:
        """The id of a channel, made when there is none of that handle."""
        id_ = channel_id(handle)
        if id_ not in self.channels:
            face = {"url": f"https://yt3.ggpht.com/{id_[2:10]}=s88", "width": 88, "height": 88}
            self.channels[id_] = {
                "snippet": {
                    "title": handle.removeprefix("@").title(),
                    "customUrl": handle.lower(),
                    "thumbnails": {"default": face},
                },
                "statistics": {"subscriberCount": "1230", "hiddenSubscriberCount": False},
                "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": f"UU{id_[2:]}"}},
            }
        return id_

    def at(self) -> str:
        """Now, and later than anything before."""
        self._last_ms = max(self._last_ms + 1, self.clock_ms())
        at = datetime.fromtimestamp(self._last_ms / 1000, UTC)
        return f"{at:%Y-%m-%dT%H:%M:%S}.{self._last_ms % 1000:03d}Z"

    # for the crowd --------------------------------------------------------------------------------
    def say(self, saying: Saying) -> str:
        """Somebody of the crowd writes in the newest chat."""
        video = next(reversed(self.chats)).removeprefix("Chat-")
        handle = f"@{saying.author.partition('@')[0]}"
        return self.speak(Remark(video, saying.text, handle))

    def mend(self, id_: str, saying: Saying) -> None:
        """Nobody can, in a chat."""

    def take_back(self, id_: str) -> None:
        """A message is taken out."""
        for chat in self.chats.values():
            chat.delete(id_, self.at())


def channel_id(handle: str) -> str:
    """The same for the same handle."""
    digest = hashlib.sha256(handle.lower().removeprefix("@").encode()).hexdigest()
    return f"UC{digest[:22]}"
