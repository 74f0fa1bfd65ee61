"""The built front end: read once, named by content, compressed once."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from parvis.web.problem import problem

KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".json": "application/json",
}
PACKED = {".js", ".css", ".svg", ".json"}
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent; `stamp` tells whether the disk has a newer one."""

    body: bytes
    packed: bytes | None
    mark: str
    kind: str
    stamp: tuple[int, int]


class Static:
    """Serves files below one folder; nothing else on the disk can be named."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, File] = {}

    def address(self, path: str) -> str:
        """Where a page finds the file; with its content in the address, so that it may be kept for
        ever.
        """
        file = self.file(path)
        return f"/static/{path}?v={file.mark}" if file is not None else f"/static/{path}"

    def mark(self, path: str) -> str:
        """The file's version; '' when there is no such file."""
        file = self.file(path)
        return file.mark if file is not None else ""

    def has(self, path: str) -> bool:
        """Whether the front end has this file."""
        return self.file(path) is not None

    def file(self, path: str) -> File | None:
        """The file, or None."""
        place = self._folder / path
        if not all(_SEGMENT.fullmatch(part) for part in path.split("/")):
            return None
        kind = KINDS.get(place.suffix)
        try:
            facts = place.stat()
            stamp = (facts.st_mtime_ns, facts.st_size)
            held = self._held.get(path)
            if held is not None and held.stamp == stamp:
                return held
            if kind is None or not place.is_file() or place.is_symlink():
                return None
            body = place.read_bytes()
        except OSError:
            return None
        packed = gzip.compress(body, 9, mtime=0) if place.suffix in PACKED else None
        file = File(body, packed, hashlib.sha256(body).hexdigest()[:16], kind, stamp)
        self._held[path] = file
        return file

    async def answer(self, request: Request) -> Response:
        """GET /static/{path}."""
        file = self.file(request.path_params["path"])
        if file is None:
            return problem(404, "There is no such file.")
        kept = request.query_params.get("v") == file.mark
        headers = {
            "etag": f'"{file.mark}"',
            "cache-control": "public, max-age=31536000, immutable"
            if kept
            else "public, max-age=60",
            "vary": "accept-encoding",
            "cross-origin-resource-policy": "same-origin",
        }
        if same(request, file.mark):
            return Response(None, 304, headers)
        if file.packed is not None and takes_gzip(request):
            return Response(
                file.packed, 200, {**headers, "content-encoding": "gzip"}, media_type=file.kind
            )
        return Response(file.body, 200, headers, media_type=file.kind)


def same(request: Request, mark: str) -> bool:
    """Whether the browser has exactly this already."""
    given = request.headers.get("if-none-match", "")
    return any(tag.strip().removeprefix("W/") == f'"{mark}"' for tag in given.split(","))


def takes_gzip(request: Request) -> bool:
    """Whether the browser reads gzip."""
    for item in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, quality = item.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
