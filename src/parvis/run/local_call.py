"""Speaks to the process that owns a data folder, through the socket in it."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import msgspec

from parvis.core.errors import Later, Refused
from parvis.web.live.server import SOCKET_NAME, socket_address

DEADLINE_S = 60.0


class Reply(msgspec.Struct, frozen=True):
    """What the process answered."""

    status: int
    body: bytes

    def value(self) -> Any:
        """The JSON in it; raises `Refused` with the sentence of a problem."""
        found = json.loads(self.body) if self.body else {}
        if self.status >= 400:
            raise Refused(str(found.get("detail") or f"parvis answered {self.status}."))
        return found


def is_served(folder: Path) -> bool:
    """Whether a process answers at the socket of this folder."""
    connection = _connect(folder)
    if connection is None:
        return False
    connection.close()
    return True


def call(
    folder: Path, method: str, path: str, body: bytes = b"", content_type: str = "application/json"
) -> Reply | None:
    """The answer, or None when no process serves the folder. Raises `Later` when it hangs up."""
    connection = _connect(folder)
    if connection is None:
        return None
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
        f"content-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    try:
        with connection:
            connection.sendall(head.encode() + body)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
    except OSError as error:
        raise Later(f"The process that owns {folder} did not answer; try again.") from error
    return _parse(b"".join(parts), folder)


def _connect(folder: Path) -> socket.socket | None:
    path = folder / SOCKET_NAME
    if not hasattr(socket, "AF_UNIX") or not path.is_socket():
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(DEADLINE_S)
    try:
        with socket_address(path) as address:
            connection.connect(address)
    except OSError:
        connection.close()
        return None
    return connection


def _parse(answer: bytes, folder: Path) -> Reply:
    head, blank, body = answer.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    if not blank or len(words) < 2 or not words[1].isdigit():
        raise Later(f"The process that owns {folder} hung up; try again.")
    if b"\r\ntransfer-encoding: chunked" in head.lower():
        body = _joined(body)
    return Reply(int(words[1]), body)


def _joined(body: bytes) -> bytes:
    parts = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size.split(b";")[0] or b"0", 16)
        parts.append(rest[:length])
        body = rest[length + 2 :] if length else b""
    return b"".join(parts)
