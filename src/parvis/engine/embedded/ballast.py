"""Room kept on the disk for what must go through when it is full: panic, withdrawals, decisions.

A file of a few MiB lies in the data folder. When a write fails for want of space it is given up,
and until it can be made again nothing new is taken in: what it freed is for what people do.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

SIZE = 8 << 20
"""Bytes: twice what the store's log grows to before it is written back."""
AGAIN_S = 5.0
FILE = "ballast"


class Ballast:
    """The file; used by the writer's thread alone once it was made."""

    def __init__(self, folder: Path, *, size: int = SIZE, again_s: float = AGAIN_S) -> None:
        self.given = False
        self._path = folder / FILE
        self._size = size
        self._again_s = again_s
        self._next = 0.0

    def make(self) -> bool:
        """Lay it down where twice its size is free; a disk that has less is not filled by us."""
        try:
            if self._path.exists() and self._path.stat().st_size == self._size:
                return True
            if shutil.disk_usage(self._path.parent).free < 2 * self._size:
                return False
            with self._path.open("wb") as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, self._size)
                else:
                    file.write(bytes(self._size))
        except OSError:
            self._path.unlink(missing_ok=True)
            return False
        return True

    def give(self) -> bool:
        """Give the room up; False when there was none to give."""
        try:
            self._path.unlink()
        except OSError:
            return False
        self.given, self._next = True, time.monotonic() + self._again_s
        return True

    def is_missed(self) -> bool:
        """Whether it was given up and there is no room yet to make it again."""
        if self.given and time.monotonic() >= self._next:
            self.given = not self.make()
            self._next = time.monotonic() + self._again_s
        return self.given
