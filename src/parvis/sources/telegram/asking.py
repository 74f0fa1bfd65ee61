"""What we ask for, from the settings a person gave."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from parvis.core.errors import Refused
from parvis.plug.hashtags import fold, read_hashtags

TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,80}")
_CHAT = re.compile(r"-?\d{1,20}|[A-Za-z][A-Za-z0-9_]{3,40}")


class Asking(NamedTuple):
    """The settings, checked. `chats` are ids or names in lower case, without @; none: wherever the
    bot is. `tags` are folded.
    """

    server: str
    private: bool
    chats: frozenset[str]
    tags: frozenset[str]
    mentions: bool
    video: bool
    answer: bool
    webhook: bool


def read_asking(settings: dict[str, Any]) -> Asking:
    """Raises `Refused` naming the setting."""
    return Asking(
        server=str(settings["server"]).strip().rstrip("/"),
        private=bool(settings["private"]),
        chats=frozenset(_chat(each) for each in settings["chats"]),
        tags=frozenset(map(fold, read_hashtags(settings["tags"], "tags"))),
        mentions=bool(settings["mentions"]),
        video=bool(settings["video"]),
        answer=bool(settings["answer"]),
        webhook=bool(settings["webhook"]),
    )


def check_token(token: str) -> str:
    """The token; raises `Refused` for what cannot be one."""
    if not TOKEN.fullmatch(token):
        raise Refused(
            "The credential token of the Telegram source is no bot token; copy the line that"
            " @BotFather gave, such as 123456:ABC…"
        )
    return token


def _chat(given: str) -> str:
    chat = given.strip().removeprefix("https://t.me/").removeprefix("@")
    if not _CHAT.fullmatch(chat):
        raise Refused(
            f"The setting chats has {given[:60]!r}; write a group's or channel's @name, or its"
            " number, such as -1001234567890."
        )
    return chat.lower()
