"""Where to go on from, for networks whose ids grow: snowflakes, counters, ULIDs."""

from __future__ import annotations

import re

import msgspec

_ID = re.compile(r"[\w-]{1,64}")


class Cursor(msgspec.Struct):
    """The newest id seen of each list that a source follows, by the list's name; unreadable text is
    an empty cursor.
    """

    ids: dict[str, str]

    @classmethod
    def read(cls, given: str) -> Cursor:
        """From the text that `write` gave."""
        try:
            ids = msgspec.json.decode(given, type=dict[str, str])
        except msgspec.DecodeError:
            ids = {}
        return cls({name: id_ for name, id_ in ids.items() if _ID.fullmatch(id_)})

    def write(self) -> str:
        """As text, the same for the same ids."""
        return msgspec.json.encode(self.ids, order="sorted").decode()

    def newest(self, name: str) -> str:
        """The newest id seen of a list, or ''."""
        return self.ids.get(name, "")

    def move(self, name: str, id_: str) -> None:
        """Never backwards."""
        if id_ and newer(id_, self.newest(name)):
            self.ids[name] = id_


def age(id_: str) -> tuple[int, str]:
    """Sorts ids by when they were given: they grow in length, then in order."""
    return len(id_), id_


def newer(one: str, other: str) -> bool:
    """Whether the id `one` was given after `other`."""
    return age(one) > age(other)
