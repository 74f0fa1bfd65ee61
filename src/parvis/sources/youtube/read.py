"""What the network says, as posts. Pure.

What is asked together travels together: `{"told": answer, "channels": {id: channel}, "asked": [id],
"video": id}`; a bare answer is read too.
"""

from __future__ import annotations

from collections.abc import Iterator

from parvis.core.post import Arrival, Gone, Raw, Unreadable
from parvis.plug.fields import Fields, decode, moment_ms, rows, table, text
from parvis.plug.moment import YEAR_2100_MS
from parvis.sources.youtube.asking import VIDEO_ID
from parvis.sources.youtube.post import ID, key_of
from parvis.sources.youtube.video import read_video
from parvis.sources.youtube.words import is_silent, read_comment, read_message, read_thread

NOT_SHOWN = "YouTube no longer shows it: it was deleted there, or made private."
_KINDS = ("video", "commentThread", "comment", "liveChatMessage")


def read(raw: Raw) -> Iterator[Arrival]:
    """Oldest first; a bad item costs itself alone."""
    try:
        value = decode(raw.body)
    except ValueError as error:
        yield Unreadable("answer", str(error))
        return
    said: Fields = value if isinstance(value, dict) else {}
    told = table(said, "told") if "told" in said else said
    kind = text(told, "kind").partition("#")[2].removesuffix("ListResponse")
    if kind not in _KINDS:
        yield Unreadable("answer", "it is of no kind that has posts")
        return
    items = list(enumerate(rows(told, "items")))
    if kind != "liveChatMessage":  # a chat has its own order
        items.sort(key=lambda item: _published_ms(item[1], kind))
    for place, item in items:
        arrival = _one(kind, item, said, max(0, min(raw.received_at_ms, YEAR_2100_MS)))
        if arrival is not None:
            yield arrival
        elif kind != "liveChatMessage" or not is_silent(item):
            yield Unreadable(f"items[{place}]", "it has no id or no words")
    yield from _left_out(kind, told, said)


def _one(kind: str, item: Fields, said: Fields, received_ms: int) -> Arrival | None:
    if kind == "video":
        return read_video(item, table(said, "channels"), received_ms)
    video = text(said, "video")
    video = video if VIDEO_ID.fullmatch(video) else ""
    if kind == "commentThread":
        return read_thread(item, video, received_ms)
    if kind == "comment":
        return read_comment(item, video, received_ms)
    return read_message(item, video, received_ms)


def _left_out(kind: str, told: Fields, said: Fields) -> Iterator[Arrival]:
    """What was asked after and is not in the answer; only of an answer that has its list."""
    asked = said.get("asked")
    if kind not in ("video", "comment") or not isinstance(asked, list):
        return
    if not isinstance(told.get("items"), list):
        return
    found = {text(row, "id") for row in rows(told, "items")}
    for id_ in asked:
        if isinstance(id_, str) and ID.fullmatch(id_) and id_ not in found:
            yield Gone(key_of(kind, id_), NOT_SHOWN)


def _published_ms(item: Fields, kind: str) -> int:
    snippet = table(item, "snippet")
    if kind == "commentThread":
        snippet = table(table(snippet, "topLevelComment"), "snippet")
    return moment_ms(snippet, "publishedAt")
