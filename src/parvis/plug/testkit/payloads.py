"""Payloads to read: an extension's own fixtures, damaged copies of them, and recorded ones."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final, cast

from parvis.core.errors import Refused
from parvis.core.post import Raw
from parvis.plug.testkit.clock import NOW_MS

RECORDED = "PARVIS_RECORDED"

_TYPES = {
    ".json": "application/json",
    ".xml": "application/xml",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".html": "text/html",
    ".txt": "text/plain",
    ".ndjson": "application/x-ndjson",
}
_LEFT_OUT: Final = object()
_ODD: tuple[object, ...] = tuple(
    json.loads(
        r"""[null, "", "\u202e\u0000 x", "\ud800", "javascript:alert(1)", "http://[", -1, 1e300,
        1180591620717411303424, true, [], {}, [null], {"": [[]]}, "2026-13-45T99:99:99Z"]"""
    )
)
_NASTY = (
    b"\x00",
    b"\xff\xfe",
    b'"',
    b"\\ud800",
    b"[" * 2_000,
    b"{" * 50,
    b"-1e999",
    b"null",
    b"<![",
)


def fixture_raws(folder: Path, *, broken: bool = False) -> list[tuple[str, Raw]]:
    """The files of `fixtures/` (or `fixtures/broken/`) by name.

    In `update.edited.json` the part before the first dot is the raw's kind; `home.json` has none.
    """
    where = folder / "fixtures" / "broken" if broken else folder / "fixtures"
    if not where.is_dir():
        return []
    files = sorted(path for path in where.iterdir() if path.is_file())
    return [(path.name, raw_of(path.name, path.read_bytes())) for path in files]


def raw_of(name: str, body: bytes) -> Raw:
    """A payload as it would arrive."""
    parts = name.split(".")
    return Raw(
        body=body,
        content_type=_TYPES.get(Path(name).suffix, ""),
        url="https://network.example/",
        kind=parts[0] if len(parts) > 2 else "",
        received_at_ms=NOW_MS,
    )


def damaged(body: bytes, *, cuts: int = 60, bites: int = 120) -> Iterator[bytes]:
    """`body` cut short in many places, and with bytes changed, the same ones each time."""
    step = max(len(body) // cuts, 1)
    for end in range(0, len(body), step):
        yield body[:end]
    rng = Random(len(body))  # noqa: S311 (reproducible damage, no secret)
    for _ in range(bites if body else 0):
        at = rng.randrange(len(body))
        to = min(at + rng.choice((0, 1, 2, 20, 200)), len(body))
        if rng.random() < 0.5:
            put = rng.choice(_NASTY)
        else:
            start = rng.randrange(len(body))
            put = body[start : start + rng.randrange(40)]
        yield body[:at] + put + body[to:]


def warped(body: bytes, *, most: int = 600) -> Iterator[bytes]:
    """JSON `body` with each of its values in turn replaced by odd ones, or left out."""
    try:
        whole: object = json.loads(body)
    except (ValueError, RecursionError):
        return
    places = list(_places(whole, ()))
    changes = [(place, value) for place in places for value in (*_ODD, _LEFT_OUT)]
    if len(changes) > most:
        changes = Random(len(body)).sample(changes, most)  # noqa: S311 (reproducible damage)
    for place, value in changes:
        yield json.dumps(_changed(whole, place, value)).encode()


Place = tuple[str | int, ...]


def _places(value: object, here: Place) -> Iterator[Place]:
    yield here
    if isinstance(value, dict):
        for key, each in cast("dict[str, object]", value).items():
            yield from _places(each, (*here, key))
    elif isinstance(value, list):
        for at, each in enumerate(cast("Iterable[object]", value)):
            yield from _places(each, (*here, at))


def _changed(value: Any, place: Place, put: object) -> Any:
    if not place:
        return None if put is _LEFT_OUT else put
    first, rest = place[0], place[1:]
    copied = value.copy()
    if not rest and put is _LEFT_OUT:
        del copied[first]
    else:
        copied[first] = _changed(value[first], rest, put)
    return copied


def recorded(network: str) -> Iterator[tuple[str, bytes]]:
    """The files recorded from `network` under the folder that PARVIS_RECORDED names, by relative
    name.

    None when it is unset. Raises `Refused` when it is set and there is nothing to read.
    """
    root = os.environ.get(RECORDED, "")
    if not root:
        return
    folder = Path(root) / network
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise Refused(f"{RECORDED} names {root}, but nothing of {network} can be read there.")
    for path in files:
        yield str(path.relative_to(folder)), path.read_bytes()
