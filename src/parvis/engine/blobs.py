"""Files by content in a folder: `ab/abcdef…`, written whole or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import re
from pathlib import Path

from parvis.core.errors import Later, Refused
from parvis.engine.whole_file import write_whole

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FolderBlobs:
    """A folder of files; the same body is kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, body: bytes, mime: str) -> str:
        """Keep `body`; the folder needs no `mime`. Raises `Later` when the disk is full."""
        return await asyncio.to_thread(self._put, body)

    async def open(self, sha256: str) -> bytes:
        """The bytes; raises `Refused` when there are none."""
        path = self._path(sha256)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise Refused(f"There is no file {sha256} in the store.") from None

    async def drop(self, sha256: str) -> None:
        """Forget them."""
        await asyncio.to_thread(self._path(sha256).unlink, missing_ok=True)

    async def tidy(self, before_ms: int) -> int:
        """Remove what a crash left half-written before then; how many files."""
        return await asyncio.to_thread(self._tidy, before_ms)

    def _tidy(self, before_ms: int) -> int:
        removed = 0
        for path in self._folder.glob("??/.*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime * 1000 < before_ms:
                    path.unlink()
                    removed += 1
        return removed

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise Refused(f"{sha256[:80]!r} is not a file's sha256: 64 small hex digits.")
        return self._folder / sha256[:2] / sha256

    def _put(self, body: bytes) -> str:
        sha256 = hashlib.sha256(body).hexdigest()
        path = self._path(sha256)
        if path.exists():
            return sha256
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, body)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Later(f"The disk of {self._folder} is full: free some space.", 5.0) from error
            raise
        return sha256
