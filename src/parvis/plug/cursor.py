"""Where to go on from."""

from __future__ import annotations

import re

import msgspec

from parvis.sources.mastodon.asking import Target
from parvis.sources.mastodon.fields import newer


class Cursor(msgspec.Struct):
    """The newest id seen of each target; unreadable text is an empty cursor."""

    ids: dict[str, str]

    @classmethod
    def read(cls, given: str) -> Cursor:
        """From the text that `write` gave."""
        try:
            ids = msgspec.json.decode(given, type=dict[str, str])
        except msgspec.DecodeError:
            ids = {}
        return cls({name: id_ for name, id_ in ids.items() if re.fullmatch(r"[\w-]{1,64}", id_)})

    def write(self) -> str:
        """As text, the same for the same ids."""
        return msgspec.json.encode(self.ids, order="sorted").decode()

    def move(self, target: Target, id_: str) -> None:
        """Never backwards."""
        if id_ and newer(id_, self.ids.get(target.name, "")):
            self.ids[target.name] = id_
