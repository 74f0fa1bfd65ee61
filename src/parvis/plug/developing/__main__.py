"""One process of the darkroom: reads a job, answers it, until its input ends.

A job is `>c16sI` (p picture, v film; a mark; length) and the bytes; an answer `>cII` (k kept,
n not; lengths) with JSON and bytes.
"""

from __future__ import annotations

import json
import os
import struct
import sys

from parvis.plug.developing import film, still
from parvis.plug.developing.confine import confine

JOB = struct.Struct(">c16sI")
ANSWER = struct.Struct(">cII")


def take(length: int) -> bytes | None:
    """That many bytes of the input; None once it ended."""
    parts: list[bytes] = []
    while length:
        part = os.read(0, min(length, 1 << 20))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def give(kind: bytes, told: dict[str, object], body: bytes = b"") -> None:
    """Send an answer whole."""
    said = json.dumps(told).encode()
    rest = memoryview(ANSWER.pack(kind, len(said), len(body)) + said + body)
    while rest:
        rest = rest[os.write(1, rest) :]


def main() -> None:
    """Confined first; then job by job."""
    still.warm_up()
    sys.setrecursionlimit(200)
    give(b"k", {"filtered": confine()})
    while (head := take(JOB.size)) is not None:
        kind, mark, length = JOB.unpack(head)
        body = take(length)
        if body is None:
            return
        try:
            told, made = (film if kind == b"v" else still).develop(body, mark)
        except still.Unfit as unfit:
            give(b"n", {"code": str(unfit)})
        else:
            give(b"k", told, made)


if __name__ == "__main__":
    main()
