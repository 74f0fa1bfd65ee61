"""Which updates concern the wall, and what each of them asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from parvis.plug.fields import Fields, table
from parvis.plug.recent import Recent
from parvis.sources.telegram.asking import Asking
from parvis.sources.telegram.bot import Me
from parvis.sources.telegram.message import (
    album_of,
    author_key,
    chat_of,
    command_of,
    is_others,
    key_of,
    mentions,
    number,
    tags_of,
    words_of,
)
from parvis.sources.telegram.read import message_in

ALBUMS, TAKEN = 500, 10_000


class Step(NamedTuple):
    """What an update asks for: a post of these messages, or (`gone`) that something is taken back.
    `says` names the words for its sender, '' where there is nothing to say.
    """

    parts: tuple[Fields, ...] = ()
    gone: str = ""
    author: bool = False
    says: str = ""


class Sorting:
    """Remembers which albums and messages were taken lately, in this process."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._albums: Recent[dict[str, Fields]] = Recent(ALBUMS)
        self._taken: Recent[None] = Recent(TAKEN)

    def step(self, update: Fields, me: Me) -> Step | None:
        """None for what does not concern us."""
        message, edited = message_in(update)
        key = key_of(message)
        _, kind, _ = chat_of(message)
        if not key or not self._is_place(message) or is_others(message):
            return None
        command = command_of(message, me.name)
        if command == "delete":
            return self._taken_back(message, key, edited=edited)
        if command:
            return Step(says="welcome") if command in ("start", "help") else None
        album = album_of(message)
        known = self._albums.get(key) if album else None
        if known is None and key not in self._taken and not self._is_meant(message, kind, me):
            if album:
                self._albums.put(f"{key} waiting", {**self._waiting(key), **_named(message)})
            return None
        self._taken.put(key, None)
        if not album:
            return Step((message,), says="" if edited else "taken")
        parts = {**self._waiting(key), **(known or {}), **_named(message)}
        self._albums.put(key, parts)
        said = "" if edited or known else "taken"
        return Step(tuple(parts[id_] for id_ in sorted(parts, key=int)), says=said)

    def album(self, update: Fields) -> str:
        """The album that it belongs to, or ''."""
        message, _ = message_in(update)
        return key_of(message) if album_of(message) else ""

    def _waiting(self, key: str) -> dict[str, Fields]:
        """Those of an album that came before the one that has the words."""
        return self._albums.get(f"{key} waiting") or {}

    def _is_place(self, message: Fields) -> bool:
        id_, kind, name = chat_of(message)
        if kind == "private":
            return self._asking.private
        chats = self._asking.chats
        return not chats or id_ in chats or name.lower() in chats

    def _is_meant(self, message: Fields, kind: str, me: Me) -> bool:
        """A channel speaks for itself; in a group only what calls the bot or carries a hashtag."""
        if kind in ("private", "channel"):
            return True
        if self._asking.mentions and mentions(message, me.name, me.id):
            return True
        return not self._asking.tags.isdisjoint(tags_of(words_of(message)))

    def _taken_back(self, message: Fields, key: str, *, edited: bool) -> Step | None:
        if edited:  # a message that was changed into the command
            return Step(gone=key, says="gone")
        who, above = number(table(message, "from")), table(message, "reply_to_message")
        if not who:
            return None
        if not above:
            return Step(gone=author_key(who), author=True, says="all_gone")
        theirs = number(table(above, "from")) == who
        whole = {"chat": table(message, "chat"), **above}
        return Step(gone=key_of(whole), says="gone") if theirs and key_of(whole) else None


def _named(message: Fields) -> dict[str, Fields]:
    return {number(message, "message_id"): message}


def pairs(updates: Sequence[Fields], sorting: Sorting) -> list[tuple[Fields, bool]]:
    """Each update, and whether the next one belongs to the same album, so that the album comes
    once.
    """
    albums = [sorting.album(update) for update in updates]
    return [
        (update, bool(album) and album == after)
        for update, album, after in zip(updates, albums, [*albums[1:], ""], strict=False)
    ]
