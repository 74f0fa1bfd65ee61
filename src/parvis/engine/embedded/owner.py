"""A data folder has one owner: a locked file that holds the owner's process id."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from parvis.core.errors import Refused

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        # far behind the text, since a locked stretch cannot be read on Windows
        os.lseek(handle, 1 << 20, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Owner:
    """Holds the folder from construction to `release`; the system releases it when we are killed.

    Raises `Refused` naming the owner when there is one.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "owner.lock"
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(self._handle)
        except OSError:
            os.close(self._handle)
            raise Refused(
                f"{folder} is already used by parvis (process {owner_of(folder) or 'unknown'}). "
                "Stop it, or give another folder with --data."
            ) from None
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.ftruncate(self._handle, 0)
        os.write(self._handle, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let the folder go."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def owner_of(folder: Path) -> int:
    """The process id written in the lock; 0 when there is none."""
    try:
        return int((folder / "owner.lock").read_text("ascii").strip() or 0)
    except (OSError, ValueError):
        return 0
