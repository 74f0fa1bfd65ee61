"""What people write: comments below videos, and messages in live chats.

https://developers.google.com/youtube/v3/docs/comments and
https://developers.google.com/youtube/v3/live/docs/liveChatMessages (read 2026-11)
"""

from __future__ import annotations

from parvis.core.post import Arrival, Gone
from parvis.plug.fields import Fields, table, text
from parvis.plug.plain import clean
from parvis.sources.youtube.asking import CHANNEL_ID, VIDEO_ID
from parvis.sources.youtube.post import (
    ID,
    MOST_OF_TEXT,
    author_of,
    key_of,
    made,
    metrics_of,
    watch,
)

IN_CHAT = "Taken out of the chat on YouTube."
BANNED = "Its author was sent out of the chat on YouTube."
_SPOKEN = {
    "textMessageEvent": ("textMessageDetails", "messageText"),
    "superChatEvent": ("superChatDetails", "userComment"),
    "memberMilestoneChatEvent": ("memberMilestoneChatDetails", "userComment"),
}
"""Messages that somebody wrote; all others are the network's own."""


def read_thread(item: Fields, video: str, received_ms: int) -> Arrival | None:
    """The comment at the head of a thread."""
    snippet = table(item, "snippet")
    video = text(snippet, "videoId") or video
    return read_comment(table(snippet, "topLevelComment"), video, received_ms, snippet)


def read_comment(
    item: Fields, video: str, received_ms: int, thread: Fields | None = None
) -> Arrival | None:
    """None for what is none; in plain text, as we ask for it."""
    snippet, id_ = table(item, "snippet"), text(item, "id")
    said = clean((text(snippet, "textOriginal") or text(snippet, "textDisplay"))[:MOST_OF_TEXT])
    if not ID.fullmatch(id_) or not said.strip():
        return None
    video = text(snippet, "videoId") or video
    video = video if VIDEO_ID.fullmatch(video) else ""
    above = text(snippet, "parentId")
    answers = bool(ID.fullmatch(above))
    parent = key_of("comment", above) if answers else key_of("video", video) if video else ""
    replies = metrics_of(thread or {}, {"reply": "totalReplyCount"})
    name = text(snippet, "authorDisplayName")
    return made(
        key_of("comment", id_),
        said.strip(),
        "reply" if answers else "comment",
        snippet,
        received_ms,
        author=author_of(
            "channel",
            text(table(snippet, "authorChannelId"), "value"),
            name,
            name,
            text(snippet, "authorProfileImageUrl"),
        ),
        parent=parent,
        permalink=watch(video, id_),
        metrics=(*metrics_of(snippet, {"like": "likeCount"}), *replies),
    )


def read_message(item: Fields, video: str, received_ms: int) -> Arrival | None:
    """Of a live chat: a message, or what becomes of others; None for what is none."""
    snippet, id_ = table(item, "snippet"), text(item, "id")
    kind = text(snippet, "type")
    if kind == "messageDeletedEvent":
        id_ = text(table(snippet, "messageDeletedDetails"), "deletedMessageId")
    if kind in ("messageDeletedEvent", "tombstone"):
        return Gone(key_of("chat", id_), IN_CHAT) if ID.fullmatch(id_) else None
    if kind == "userBannedEvent":
        banned = table(table(snippet, "userBannedDetails"), "bannedUserDetails")
        who = text(banned, "channelId")
        # of this person's words in chats alone: who keeps a chat decides on nothing else
        return Gone(key_of("chat", who), BANNED, True) if CHANNEL_ID.fullmatch(who) else None
    details, name = _SPOKEN.get(kind, ("", ""))
    said = clean(text(table(snippet, details), name)[:MOST_OF_TEXT]).strip()
    if not said and kind == "textMessageEvent":
        said = clean(text(snippet, "displayMessage")[:MOST_OF_TEXT]).strip()
    if not said or not ID.fullmatch(id_):
        return None
    speaker = table(item, "authorDetails")
    called = text(speaker, "displayName")
    return made(
        key_of("chat", id_),
        said,
        "chat",
        snippet,
        received_ms,
        author=author_of(
            "chat",
            text(speaker, "channelId") or text(snippet, "authorChannelId"),
            called,
            called,
            text(speaker, "profileImageUrl"),
        ),
        parent=key_of("video", video) if video else "",
        permalink=watch(video),
    )


def is_silent(message: Fields) -> bool:
    """Whether it is the chat's own word, or one without words, which is no post."""
    return text(table(message, "snippet"), "type") not in ("", "textMessageEvent")
