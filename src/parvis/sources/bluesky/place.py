"""Where in the stream we are: a number of one host's (version 2), and a time that all know."""

from __future__ import annotations

import re
from typing import NamedTuple

_CURSOR = re.compile(r"([\w.:-]{1,260}) (\d{1,15}) (\d{1,17})")
BACK_US = 5_000_000
"""How far another host, or version 1, is asked to go back: their clocks are not the same."""


class Place(NamedTuple):
    """`seq` is 0 where the host gives no numbers."""

    host: str = ""
    seq: int = 0
    at_us: int = 0

    @classmethod
    def read(cls, cursor: str) -> Place:
        """From the text that `write` gave; nowhere for any other."""
        found = _CURSOR.fullmatch(cursor)
        return cls(found[1], int(found[2]), int(found[3])) if found else cls()

    def write(self) -> str:
        """As text."""
        return f"{self.host} {self.seq} {self.at_us}" if self.at_us else ""

    def cursor_for(self, host: str, version: int) -> int:
        """What to ask a host for, to miss nothing; 0: from now on. What comes twice is known by its
        key.
        """
        if version == 2 and self.seq and host == self.host:
            return self.seq
        return max(self.at_us - BACK_US, 0)

    def moved(self, host: str, seq: int, at_us: int) -> Place:
        """After a frame."""
        return Place(host, seq or (self.seq if host == self.host else 0), at_us or self.at_us)
