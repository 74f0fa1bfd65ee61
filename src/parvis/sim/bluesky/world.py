"""What the simulated network knows, and what it is told to do wrong."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from parvis.sim.crowd import Saying
from parvis.sim.steer import Refusals

POST = "app.bsky.feed.post"
_TAG = re.compile(r"#[^\s#.,!?:;…]+")
_AT = re.compile(r"@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)")
_SIGNS = "234567abcdefghijklmnopqrstuvwxyz"
Json = dict[str, Any]


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody posts. `author` is a handle, `reply_to` and `quote` are addresses (`at://…`)."""

    text: str
    author: str = "ada.square.example"
    name: str = ""
    language: str = "en"
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    images: int = 0
    reply_to: str = ""
    quote: str = ""
    no_facets: bool = False


class Event(msgspec.Struct, frozen=True):
    """One thing that happened; `body` is what version 1 has under the name of the kind."""

    seq: int
    at_us: int
    did: str
    kind: str
    body: Json

    def v1(self) -> bytes:
        """As `/subscribe` says it."""
        told = {"did": self.did, "time_us": self.at_us, "kind": self.kind, self.kind: self.body}
        return msgspec.json.encode(told)

    def v2(self) -> bytes:
        """As `subscribeEvents` says it."""
        inner = self.body if self.kind == "commit" else {self.kind: self.body}
        name = f"network.bsky.jetstream.subscribeEvents#{self.kind}"
        at = datetime.fromtimestamp(self.at_us / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        head = {"$type": name, "seq": self.seq, "did": self.did, "time": at}
        return msgspec.json.encode({"$type": "message", "payload": head | inner})


@dataclass(eq=False)
class Listener:
    """One open stream; in `due`, None tears it. `tear_after`: so far into the next frame."""

    version: int
    collections: frozenset[str]
    dids: frozenset[str]
    due: asyncio.Queue[Event | bytes | None] = field(default_factory=asyncio.Queue)
    mute: bool = False
    tear_after: int | None = None

    def wants(self, event: Event) -> bool:
        """Filters of collections do not hold accounts back."""
        if self.dids and event.did not in self.dids:
            return False
        return event.kind != "commit" or event.body["collection"] in self.collections


@dataclass
class World:
    """The network's accounts and posts, what happened, and who listens."""

    clock_us: Callable[[], int] = lambda: time.time_ns() // 1000
    speaks: tuple[int, ...] = (1, 2)
    """Which versions of the stream."""
    floor: int = 0
    """Numbers below it are too old for version 2."""
    limit: int = 3000
    spent: int = 0
    profiles: dict[str, Json] = field(default_factory=dict)
    """By DID."""
    records: dict[str, Json] = field(default_factory=dict)
    """By address."""
    events: list[Event] = field(default_factory=list)
    listeners: set[Listener] = field(default_factory=set)
    refusals: Refusals = field(default_factory=Refusals)
    asked: list[str] = field(default_factory=list)
    unseen: bool = False
    """The reading side lags: it knows no post."""
    _last_us: int = 0

    # what happens ---------------------------------------------------------------------------------
    def post(self, draft: Draft) -> str:
        """Publish it; its address."""
        did = self.account(draft.author, draft.name)
        rkey = tid(self._now_us())
        uri = f"at://{did}/{POST}/{rkey}"
        record = self._record(draft)
        self.records[uri] = record
        self._commit(uri, "create", record)
        return uri

    def edit(self, uri: str, text: str) -> bool:
        """The repository holds other words now."""
        old = self.records.get(uri)
        if old is None:
            return False
        record = old | {"text": text, "facets": self._facets(text)}
        self.records[uri] = record
        self._commit(uri, "update", record)
        return True

    def delete(self, uri: str) -> bool:
        """It is taken away."""
        found = self.records.pop(uri, None) is not None
        if found:
            self._commit(uri, "delete", None)
        return found

    def leave(self, did: str, status: str = "deactivated") -> None:
        """An account is no longer active, and nothing of it is shown."""
        self.profiles.pop(did, None)
        mine = [uri for uri in self.records if uri.startswith(f"at://{did}/")]
        for uri in mine:
            del self.records[uri]
        self._tell(did, "account", {"active": False, "did": did, "status": status})

    def account(self, handle: str, name: str = "", labels: tuple[str, ...] = ()) -> str:
        """The DID of a handle, made when there is none."""
        did = did_of(handle)
        if did not in self.profiles:
            self.profiles[did] = {
                "did": did,
                "handle": handle,
                "displayName": name or handle.partition(".")[0].title(),
                "followersCount": 42,
                "labels": [{"src": did, "val": each} for each in labels],
            }
        return did

    def noise(self, number: int) -> None:
        """Something that concerns nobody: what nearly all of the stream is."""
        did = self.account(f"passer{number % 500}.noise.example")
        record = {
            "$type": POST,
            "createdAt": iso(self._now_us()),
            "text": f"Nothing that anybody waits for, number {number}.",
            "langs": ["en"],
        }
        uri = f"at://{did}/{POST}/{tid(self._now_us())}"
        self._commit(uri, "create", record)

    def shout(self, frame: bytes) -> None:
        """Bytes as they are, to every listener."""
        for listener in self.listeners:
            listener.due.put_nowait(frame)

    def cut(self, after: int | None = None) -> int:
        """Tear every stream: now, or `after` that many bytes of the next frame."""
        for listener in list(self.listeners):
            if after is None:
                listener.due.put_nowait(None)
            else:
                listener.tear_after = after
        return len(self.listeners)

    def silence(self) -> int:
        """Open streams say nothing any more."""
        for listener in self.listeners:
            listener.mute = True
        return len(self.listeners)

    # for the crowd --------------------------------------------------------------------------------
    def say(self, saying: Saying) -> str:
        """Somebody of the crowd posts."""
        handle = saying.author.replace("@", ".")
        handle = handle if "." in handle else f"{handle}.square.example"
        return self.post(Draft(saying.text, handle, saying.name, saying.language))

    def mend(self, id_: str, saying: Saying) -> None:
        """Somebody corrects it."""
        self.edit(id_, saying.text)

    def take_back(self, id_: str) -> None:
        """Somebody deletes it."""
        self.delete(id_)

    # parts ----------------------------------------------------------------------------------------
    def _now_us(self) -> int:
        self._last_us = max(self._last_us + 1, self.clock_us())
        return self._last_us

    def _commit(self, uri: str, operation: str, record: Json | None) -> None:
        did, collection, rkey = uri.removeprefix("at://").split("/")
        body: Json = {"operation": operation, "collection": collection, "rkey": rkey}
        body["rev"] = tid(self._now_us())
        if record is not None:
            body |= {"record": record, "cid": cid_of(record)}
        self._tell(did, "commit", body)

    def _tell(self, did: str, kind: str, body: Json) -> None:
        event = Event(len(self.events) + 1, self._now_us(), did, kind, body)
        self.events.append(event)
        for listener in self.listeners:
            if listener.wants(event):
                listener.due.put_nowait(event)

    def _record(self, draft: Draft) -> Json:
        record: Json = {
            "$type": POST,
            "createdAt": iso(self._now_us()),
            "text": draft.text,
            "langs": [draft.language],
        }
        if not draft.no_facets and (facets := self._facets(draft.text)):
            record["facets"] = facets
        if draft.labels:
            values = [{"val": each} for each in draft.labels]
            record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": values}
        if draft.tags:
            record["tags"] = list(draft.tags)
        if draft.reply_to:
            parent = {"uri": draft.reply_to, "cid": cid_of({"of": draft.reply_to})}
            record["reply"] = {"root": parent, "parent": parent}
        if draft.images:
            record["embed"] = {
                "$type": "app.bsky.embed.images",
                "images": [_image(number) for number in range(draft.images)],
            }
        elif draft.quote:
            quoted = {"uri": draft.quote, "cid": cid_of({"of": draft.quote})}
            record["embed"] = {"$type": "app.bsky.embed.record", "record": quoted}
        return record

    def _facets(self, text: str) -> list[Json]:
        found = [(each, "tag", {"tag": each[0][1:]}) for each in _TAG.finditer(text)]
        found += [
            (each, "mention", {"did": did_of(each[1])})
            for each in _AT.finditer(text)
            if did_of(each[1]) in self.profiles
        ]
        return [
            {
                "index": {
                    "byteStart": len(text[: each.start()].encode()),
                    "byteEnd": len(text[: each.end()].encode()),
                },
                "features": [{"$type": f"app.bsky.richtext.facet#{kind}"} | what],
            }
            for each, kind, what in found
        ]


def did_of(handle: str) -> str:
    """A name for ever, the same for the same handle."""
    return f"did:plc:{_letters(handle, 24)}"


def cid_of(record: Json) -> str:
    """The name of a content."""
    return f"bafyrei{_letters(msgspec.json.encode(record).decode(), 52)}"


def tid(at_us: int) -> str:
    """https://atproto.com/specs/tid (read 2026-11)."""
    number = at_us << 10
    return "".join(_SIGNS[number >> shift & 31] for shift in range(60, -1, -5))


def iso(at_us: int) -> str:
    """As records write times."""
    at = datetime.fromtimestamp(at_us / 1e6, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_us // 1000 % 1000:03d}Z"


def _letters(said: str, many: int) -> str:
    digest = hashlib.sha512(said.encode()).digest()
    return "".join(_SIGNS[byte & 31] for byte in digest)[:many]


def _image(number: int) -> Json:
    blob = {
        "$type": "blob",
        "ref": {"$link": f"bafkrei{_letters(str(number), 52)}"},
        "mimeType": "image/jpeg",
        "size": 100_000,
    }
    return {
        "alt": f"Picture {number}",
        "image": blob,
        "aspectRatio": {"width": 1600, "height": 900},
    }
