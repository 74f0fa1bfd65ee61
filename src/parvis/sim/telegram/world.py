"""What happened on the simulated Telegram: updates of one bot, files, and what the bot said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec

from parvis.sim.crowd import PEOPLE, Saying
from parvis.sim.steer import Refusals

TOKEN = "4242424242:SimulatedTokenSimulatedTokenSimul"  # noqa: S105 - opens nothing
NAME = "parvis_sim_bot"
GROUP, CHANNEL = -1001000000001, -1001000000002
_CHATS: dict[str, dict[str, Any]] = {
    "group": {"id": GROUP, "type": "supergroup", "title": "The square", "username": "the_square"},
    "channel": {"id": CHANNEL, "type": "channel", "title": "Notices", "username": "notices"},
}


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    """A message: `chat` is `private`, `group` or `channel`; `photo` a name in `files`, `album`
    what joins it with others, `reply_to` a message's id, `more` fields as they are.
    """

    text: str = ""
    chat: str = "private"
    author: str = "ada"
    name: str = "Ada Marsh"
    language: str = "en"
    photo: str = ""
    film: str = ""
    album: str = ""
    reply_to: int = 0
    more: dict[str, Any] = {}


class World:
    """One bot. `now_s`: the clock; `files`: bytes by the file's id."""

    def __init__(
        self, token: str = TOKEN, now_s: Callable[[], int] = lambda: int(time.time())
    ) -> None:
        self.token = token
        self.now_s = now_s
        self.updates: list[dict[str, Any]] = []
        self.messages: dict[int, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.said: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.offsets: list[int] = []
        self.refusals = Refusals()
        self.retry_after = 0
        self.reads_groups = False
        self.hook = ""
        self.secret = ""
        self.error = ""
        self.news = asyncio.Condition()
        self.poller: asyncio.Task[Any] | None = None
        self._update, self._message = 7_000, 0

    def post(self, draft: Draft) -> int:
        """Somebody writes; the message's id."""
        self._message += 1
        message: dict[str, Any] = {"message_id": self._message, "date": self.now_s()}
        who = _person(draft)
        if draft.chat == "private":
            message["chat"] = {**who, "type": "private"}
        else:
            message["chat"] = _CHATS[draft.chat]
        if draft.chat == "channel":
            message["sender_chat"] = _CHATS["channel"]
        else:
            message["from"] = {**who, "is_bot": False, "language_code": draft.language}
        if draft.album:
            message["media_group_id"] = draft.album
        if draft.reply_to:
            above = self.messages[draft.reply_to]
            message["reply_to_message"] = {k: above[k] for k in above if k != "reply_to_message"}
        _put_media(message, draft)
        _put_words(message, draft.text)
        message |= draft.more
        self.messages[self._message] = message
        self._tell("channel_post" if draft.chat == "channel" else "message", message)
        return self._message

    def edit(self, id_: int, text: str) -> bool:
        """They correct it."""
        message = self.messages.get(id_)
        if message is None:
            return False
        for field in ("text", "entities", "caption", "caption_entities"):
            message.pop(field, None)
        message["edit_date"] = max(self.now_s(), message.get("edit_date", 0) + 1)
        _put_words(message, text)
        channel = message["chat"]["type"] == "channel"
        self._tell("edited_channel_post" if channel else "edited_message", message)
        return True

    def say(self, saying: Saying) -> str:
        """Somebody of the crowd writes in the group, and calls the bot."""
        author = saying.author.partition("@")[0]
        words = f"{saying.text} @{NAME}"
        return str(self.post(Draft(words, "group", author, saying.name, saying.language)))

    def mend(self, id_: str, saying: Saying) -> None:
        """They correct it."""
        self.edit(int(id_), f"{saying.text} @{NAME}")

    def take_back(self, id_: str) -> None:
        """They ask the bot to forget it: of a deletion it is not told."""
        who = self.messages[int(id_)]["from"]
        self.post(Draft("/delete", "group", who["username"], who["first_name"], reply_to=int(id_)))

    def shout(self, update: dict[str, Any]) -> None:
        """An update as it is."""
        self._update += 1
        self.updates.append({"update_id": self._update, **update})
        self._wake()

    def _tell(self, kind: str, message: dict[str, Any]) -> None:
        self.shout({kind: dict(message)})

    def _wake(self) -> None:
        async def wake() -> None:
            async with self.news:
                self.news.notify_all()

        try:
            self._waking = asyncio.get_running_loop().create_task(wake())
        except RuntimeError:
            return  # nobody can be waiting where no loop runs


def _person(draft: Draft) -> dict[str, Any]:
    known = [author for author, _ in PEOPLE]
    at = known.index(draft.author) if draft.author in known else sum(draft.author.encode())
    return {"id": 500_000 + at, "first_name": draft.name, "username": draft.author}


def _put_media(message: dict[str, Any], draft: Draft) -> None:
    if draft.photo:
        message["photo"] = [
            {"file_id": f"small-{draft.photo}", "file_unique_id": "s", "width": 90, "height": 60},
            {
                "file_id": draft.photo,
                "file_unique_id": f"u{draft.photo}",
                "width": 1280,
                "height": 853,
            },
        ]
    if draft.film:
        message["video"] = {
            "file_id": draft.film,
            "file_unique_id": f"u{draft.film}",
            "width": 640,
            "height": 360,
            "duration": 3,
            "mime_type": "video/mp4",
        }


def _put_words(message: dict[str, Any], text: str) -> None:
    """With the entities that Telegram finds itself, in units of UTF-16."""
    if not text:
        return
    caption = "photo" in message or "video" in message
    message["caption" if caption else "text"] = text
    entities: list[dict[str, Any]] = []
    at = 0
    for word in text.split(" "):
        kind = {"#": "hashtag", "@": "mention"}.get(word[:1], "")
        if word.startswith("/") and at == 0:
            kind = "bot_command"
        elif word.startswith(("http://", "https://")):
            kind = "url"
        size = len(word.encode("utf-16-le")) // 2
        if kind and size > 1:
            entities.append({"type": kind, "offset": at, "length": size})
        at += size + 1
    if entities:
        message["caption_entities" if caption else "entities"] = entities
