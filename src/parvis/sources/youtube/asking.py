"""What we ask for, from the settings a person gave."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from parvis.core.errors import Refused
from parvis.plug.hashtags import read_hashtags
from parvis.plug.plain import one_line

VIDEO_ID = re.compile(r"[\w-]{11}", re.ASCII)
CHANNEL_ID = re.compile(r"UC[\w-]{22}", re.ASCII)
_HANDLE = re.compile(r"[\w.·-]{3,30}")
_HOSTS = re.compile(r"([a-z]+\.)?(youtube\.com|youtube-nocookie\.com)|youtu\.be")
T = TypeVar("T")


class Channel(NamedTuple):
    """A channel as it was named: `by` is the parameter of `channels.list` that finds it."""

    by: Literal["id", "forHandle", "forUsername"]
    name: str

    @property
    def label(self) -> str:
        """In sentences."""
        return f"@{self.name}" if self.by == "forHandle" else self.name


class Asking(NamedTuple):
    """The settings, checked. `chat` has ids of videos, and channels whose live stream is meant."""

    tags: tuple[str, ...]
    words: tuple[str, ...]
    channels: tuple[Channel, ...]
    videos: tuple[str, ...]
    chat: tuple[str | Channel, ...]
    limit: int
    units: int
    chat_hours: float
    server: str
    hub: str

    @property
    def label(self) -> str:
        """What is asked for, in sentences."""
        parts = [f"#{tag}" for tag in self.tags]
        parts += [f"“{words}”" for words in self.words]
        parts += [channel.label for channel in self.channels]
        parts += [f"comments of {video}" for video in self.videos]
        parts += [f"the chat of {label_of(each)}" for each in self.chat]
        return ", ".join(parts)


def label_of(what: str | Channel) -> str:
    """A video or a channel, in sentences."""
    return what if isinstance(what, str) else what.label


def read_asking(settings: dict[str, Any]) -> Asking:
    """Raises `Refused` naming the setting."""
    asking = Asking(
        read_hashtags(settings["tags"], "tags"),
        tuple(dict.fromkeys(_words(each) for each in settings["words"])),
        _each(settings["channels"], _channel, "channels", "@name, its id, or its address"),
        _each(settings["videos"], _video, "videos", "the address of a video, or its id"),
        _each(settings["chat"], _of_chat, "chat", "the address of a live video, or @name"),
        int(settings["limit"]),
        int(settings["units"]),
        float(settings["chat_hours"]),
        str(settings["server"]).rstrip("/"),
        str(settings["hub"]),
    )
    if not (asking.tags or asking.words or asking.channels or asking.videos or asking.chat):
        raise Refused(
            "The YouTube source has neither tags nor words, channels, videos or chat; name one or"
            " more."
        )
    return asking


def _words(given: str) -> str:
    words = one_line(given.replace('"', " ").replace("|", " "), 100)
    if len(words) < 2:
        raise Refused(f"The setting words has {given[:60]!r}; write two letters or more.")
    return words


def _each(
    given: Iterable[str], read: Callable[[str], T | None], setting: str, how: str
) -> tuple[T, ...]:
    found: dict[T, None] = {}
    for each in given:
        one = read(each.strip())
        if one is None:
            raise Refused(f"The setting {setting} has {each[:80]!r}; write {how}.")
        found[one] = None
    return tuple(found)


def _of_chat(given: str) -> str | Channel | None:
    if CHANNEL_ID.fullmatch(given) or given.startswith("@"):
        return _channel(given)
    return _video(given) or _channel(given)


def _video(given: str) -> str | None:
    if VIDEO_ID.fullmatch(given):
        return given
    host, parts, query = _address(given)
    if not host:
        return None
    if host == "youtu.be":
        found = parts[0] if parts else ""
    elif parts[:1] == ["watch"]:
        found = (parse_qs(query).get("v") or [""])[0]
    else:
        found = parts[1] if len(parts) > 1 and parts[0] in ("live", "shorts", "embed", "v") else ""
    return found if VIDEO_ID.fullmatch(found) else None


def _channel(given: str) -> Channel | None:
    if CHANNEL_ID.fullmatch(given):
        return Channel("id", given)
    host, parts, _ = _address(given)
    if not host:
        name = given.removeprefix("@")
        return Channel("forHandle", name) if _HANDLE.fullmatch(name) else None
    if parts[:1] == ["channel"] and len(parts) > 1:
        return Channel("id", parts[1]) if CHANNEL_ID.fullmatch(parts[1]) else None
    if parts[:1] == ["user"] and len(parts) > 1 and _HANDLE.fullmatch(parts[1]):
        return Channel("forUsername", parts[1])
    name = parts[0].removeprefix("@") if parts and parts[0].startswith("@") else ""
    return Channel("forHandle", name) if _HANDLE.fullmatch(name) else None


def _address(given: str) -> tuple[str, list[str], str]:
    """Host, path and query of an address at YouTube; '' for the host of anything else."""
    if "/" not in given:
        return "", [], ""
    try:
        split = urlsplit(given if "://" in given else f"https://{given}")
        host = (split.hostname or "").removeprefix("www.")
    except ValueError:
        return "", [], ""
    if split.scheme not in ("http", "https") or not _HOSTS.fullmatch(host):
        return "", [], ""
    return host, [unquote(part) for part in split.path.split("/") if part], split.query
