"""WhatsApp: what people send to a number of the Cloud API."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Author, Gone, Post, Provenance, Raw, Unreadable
from parvis.plug.copied import Copied, Copier, copied_media
from parvis.plug.digest import short_hash
from parvis.plug.door import Answer, Door, Knock
from parvis.plug.fields import Fields, decode, table
from parvis.plug.in_time import InTime
from parvis.plug.meta_door import MetaDoor
from parvis.plug.offsets import marked
from parvis.plug.plain import direction
from parvis.plug.problem import problem
from parvis.plug.recent import Recent
from parvis.plug.source import Probe, Source
from parvis.plug.text_entities import find_entities
from parvis.plug.tools import Tools
from parvis.sources.whatsapp.cloud import Cloud
from parvis.sources.whatsapp.message import NETWORK, Said, messages_in

SEEN = "seen"
"""`Raw.kind` of our own: a call, and the files of its posts on the shelf."""
WITHIN_S = 8.0
"""So long Meta's call waits for a picture; then it calls again, for a week."""
REMEMBERED = 10_000
TAKEN_BACK = "Its author took it back."
_VERSION = re.compile(r"v\d{1,3}\.\d{1,2}")
_NUMBER = re.compile(r"\d{5,25}|")


class Seen(NamedTuple):
    """What we know of a call: its posts' files, and which of its messages were overtaken."""

    copied: Mapping[str, object]
    old: Sequence[object] = ()


class WhatsApp(Source):
    """Waits to be called."""

    def __init__(self, tools: Tools) -> None:
        given = tools.settings
        self._number = str(given["number"]).strip()
        version = str(given["version"]).strip()
        if not _NUMBER.fullmatch(self._number):
            raise Refused(
                "The setting number of the WhatsApp source is no number's id; copy the Phone number"
                " ID of the app's page, some 15 digits, not the phone number itself."
            )
        if not _VERSION.fullmatch(version):
            raise Refused(f"The setting version is {version[:40]!r}; write it as v23.0.")
        self._video = bool(given["video"])
        self._clock = tools.clock
        self._door = MetaDoor(tools.vault)
        self._key = tools.vault.secret("app_secret")
        server = str(given["server"]).strip().rstrip("/")
        self._cloud = Cloud(tools.http, server, version, tools.vault.secret("token"))
        self._copier = Copier(tools)
        self._calls: InTime[Raw | None] = InTime(WITHIN_S)
        self._latest: Recent[int] = Recent(REMEMBERED)
        self._copies: Recent[tuple[Copied, ...]] = Recent(REMEMBERED)

    def doors(self) -> tuple[Door, ...]:
        """Where Meta calls."""
        return (self._door.door,)

    async def answer(self, knock: Knock) -> Answer:
        """Takes what is signed; 200 says that it is kept, anything else that it be sent again."""
        if (said := self._door.answer(knock)) is not None:
            return said
        try:
            value = decode(knock.body)
        except ValueError:
            return problem(400, "This is no JSON; send what Meta sends.")
        call: Fields = value if isinstance(value, dict) else {}
        name = short_hash(knock.body.decode("utf-8", "replace"), size=16)
        raw = await self._calls.result(name, lambda: self._seen(call, knock.now_ms))
        return Answer(200, raws=(raw,) if raw is not None else ())

    async def probe(self) -> Probe:
        """Whether the token opens the number."""
        if not self._number:
            return Probe(ok=True, says="Waits to be called by WhatsApp.")
        try:
            name = await self._cloud.name_of(self._number)
        except (Refused, Later) as error:
            return Probe(ok=False, says=str(error))
        return Probe(ok=True, says=f"Waits for messages to {name or 'the number'}.")

    async def close(self) -> None:
        """Give up what is being fetched."""
        await self._calls.close()

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """Pure. What a call says, oldest first; statuses and what is no post are nothing."""
        try:
            value = decode(raw.body)
        except ValueError as error:
            yield Unreadable(raw.kind or "call", str(error))
            return
        if not isinstance(value, dict):
            yield Unreadable(raw.kind or "call", "it is no object")
            return
        fields: Fields = value
        call, seen = fields, Seen({})
        if raw.kind == SEEN:
            call = table(fields, "call")
            old = fields.get("old")
            seen = Seen(table(fields, "copied"), old if isinstance(old, list) else [])
        for said in messages_in(call, self._key, self._number):
            arrival = self._arrival(said, seen, raw)
            if arrival is not None:
                yield arrival

    def _arrival(self, said: Said, seen: Seen, raw: Raw) -> Arrival | None:
        if _mark(said) in seen.old:
            return None
        if said.gone:
            key = said.author if said.everything else said.key
            return Gone(key, TAKEN_BACK, author=said.everything)
        listed = seen.copied.get(said.key)
        media = tuple(copied_media(listed if isinstance(listed, list) else ()))
        words = marked(said.text, ()).text
        if not words and not media:
            return None
        received_ms = max(raw.received_at_ms, 0)
        return Post(
            key=said.key,
            network=NETWORK,
            text=words,
            created_at_ms=said.at_ms or received_ms,
            version=f"edited-{said.at_ms}" if said.edited else "1",
            kind="submission",
            entities=find_entities(words),
            dir=direction(words),
            media=media,
            author=Author(key=said.author, handle=said.name, name=said.name),
            provenance=Provenance(raw_sha256=hashlib.sha256(raw.body).hexdigest()),
            received_at_ms=received_ms,
        )

    async def _seen(self, call: Fields, now_ms: int) -> Raw | None:
        """The call with its files copied; None where it says nothing that is new to us."""
        found = messages_in(call, self._key, self._number)
        old = [_mark(said) for said in found if not self._is_latest(said)]
        if len(old) == len(found):
            return None
        news = [said for said in found if not said.gone and _mark(said) not in old]
        copied = {said.key: await self._copied(said) for said in news}
        body = msgspec.json.encode({"call": call, "copied": copied, "old": old})
        return Raw(body, kind=SEEN, received_at_ms=now_ms)

    def _is_latest(self, said: Said) -> bool:
        """False for what was overtaken: calls come in any order, and more than once."""
        # they count seconds: an edit is later than what it edits, a deletion later than both
        at = said.at_ms + said.edited + 2 * said.gone
        if at < (self._latest.get(said.key) or 0):
            return False
        if not said.everything:
            self._latest.put(said.key, at)
        return True

    async def _copied(self, said: Said) -> Sequence[Copied]:
        """An edit of a caption comes without the file: it keeps the one from before."""
        made = None
        if said.file and not (said.film and not self._video):

            async def fetch() -> bytes:
                return await self._cloud.file(said.file)

            copy = self._copier.film if said.film else self._copier.picture
            made = await copy(fetch, said.key, said.file)
        if made is None:
            return (self._copies.get(said.key) or ()) if said.edited else ()
        self._copies.put(said.key, (made,))
        return (made,)


def _mark(said: Said) -> str:
    return f"{said.key} {said.at_ms} {said.edited + 2 * said.gone}"


def open_source(tools: Tools) -> WhatsApp:
    """Raises `Refused` for a setting that cannot be meant, or a missing credential."""
    return WhatsApp(tools)
