"""Where to go on: how far each list was read, and where each chat stands."""

from __future__ import annotations

import msgspec

from parvis.plug.recent import Recent

KEPT = 5_000


class Mark(msgspec.Struct, frozen=True):
    """The newest that was taken, and the oldest of the first look: what is older is not for us."""

    newest_ms: int = 0
    floor_ms: int = 0


class Chat(msgspec.Struct, frozen=True):
    """A chat that is read: of which video, from which page on, and since when."""

    video: str
    chat: str
    token: str = ""
    began_ms: int = 0


class Place(msgspec.Struct):
    """By the name of each look; `due` is when it may be looked again (ms)."""

    marks: dict[str, Mark] = {}
    chats: dict[str, Chat] = {}
    due: dict[str, int] = {}

    @classmethod
    def read(cls, given: str) -> Place:
        """From the text that `write` gave; an empty place for any other."""
        try:
            return msgspec.json.decode(given, type=cls) if given else cls()
        except msgspec.DecodeError:
            return cls()

    def copied(self) -> Place:
        """Another that may be moved without this one."""
        return Place(dict(self.marks), dict(self.chats), dict(self.due))

    def write(self) -> str:
        """As text."""
        return msgspec.json.encode(self, order="sorted").decode()


class Seen:
    """What was handed over, so that it is not asked after again. It counts only when it was stored:
    when the next look comes with the place that was given with it.
    """

    def __init__(self) -> None:
        self._seen: Recent[None] = Recent(KEPT)
        self._noted: list[str] = []
        self._given: list[str] = []
        self._cursor: str | None = None

    def __contains__(self, id_: str) -> bool:
        return id_ in self._seen or id_ in self._noted

    def note(self, id_: str) -> None:
        """It is about to be handed over."""
        self._noted.append(id_)

    def noted(self) -> int:
        """How many were noted since the last hand-over."""
        return len(self._noted)

    def forget(self, since: int) -> None:
        """All that was noted after the first `since`."""
        del self._noted[since:]

    def gave(self, cursor: str) -> None:
        """All that was noted was handed over with this place."""
        self._given, self._noted, self._cursor = self._noted, [], cursor

    def settle(self, cursor: str) -> None:
        """The next look begins at this place."""
        if cursor == self._cursor:
            for id_ in self._given:
                self._seen.put(id_, None)
        self._given, self._noted, self._cursor = [], [], None
