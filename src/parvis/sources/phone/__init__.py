"""The phone page's own source: what people in the room write and photograph, with their consent."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from parvis.core.post import Arrival, Raw, Unreadable
from parvis.plug.darkroom import Unfit
from parvis.plug.door import Answer, Door, Invitation, Knock, Once
from parvis.plug.receipt_word import key_of, post_id
from parvis.plug.source import Source
from parvis.plug.tools import Tools
from parvis.sources.phone.form import (
    MAX_BYTES,
    MAX_FILM,
    Filled,
    Terms,
    Turned,
    consent_of,
    own_words,
    read_form,
)
from parvis.sources.phone.sent import Agreed, Sent, Shown, post_of
from parvis.sources.phone.speech import WORDS, language_of, say

JSON = "application/json"
DOOR = Door("post", ("POST",), MAX_BYTES, "Takes the phone page's form.", people=True)
_SENT = msgspec.json.Decoder(Sent)


def open_source(tools: Tools) -> Source:
    """The source."""
    return Phone(tools)


class Phone(Source):
    """Waits to be called by the phone page."""

    def __init__(self, tools: Tools) -> None:
        given = tools.settings
        self._tools = tools
        self._terms = Terms(int(given["signs"]), int(given["pictures"]), bool(given["video"]))
        self._age = int(given["age"])
        self._own = own_words(given.get("consent") or {})

    def doors(self) -> tuple[Door, ...]:
        """Where the form goes."""
        return (DOOR,)

    def invitation(self, lang: str) -> Invitation:
        """What may be sent."""
        return Invitation(
            door=DOOR.name,
            consent=consent_of(self._own, self._age, lang),
            signs=self._terms.signs,
            pictures=self._terms.pictures,
            film_bytes=MAX_FILM if self._terms.video else 0,
            max_bytes=MAX_BYTES,
            too_long=WORDS[language_of(lang)].says["signs"],
        )

    async def answer(self, knock: Knock) -> Answer:
        """Takes a form that is whole; the answer, or the page it leads to, is the receipt."""
        if knock.door != DOOR.name or knock.method != "POST":
            return Answer(404, b"There is nothing at this address.")
        asked = knock.headers.get("accept-language", "")[:2]
        try:
            kind = knock.headers.get("content-type", "")
            filled = read_form(kind, knock.body, self._terms, knock.now_ms, asked)
            raw = await self._raw(filled, knock.now_ms)
        except Turned as turned:
            return Answer(turned.status, str(turned).encode())
        path = f"/r/{filled.word}"
        once = Once(key_of(post_id(filled.word)), filled.mark, say(filled.lang, "other"))
        if "text/html" in knock.headers.get("accept", ""):
            seen = (("location", f"{path}?lang={quote(filled.lang)}&sent=1"),)
            return Answer(303, headers=seen, raws=(raw,), once=once)
        return Answer(201, msgspec.json.encode({"receipt": path}), JSON, raws=(raw,), once=once)

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """The one post of a form."""
        try:
            sent = _SENT.decode(raw.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield Unreadable("$", "It is not what the phone page's door writes.")
            return
        yield post_of(sent, raw)

    async def _raw(self, filled: Filled, now_ms: int) -> Raw:
        """With every file decoded and on the shelf; raises `Turned`."""
        consent = consent_of(self._own, self._age, filled.lang)
        if filled.shown not in ("", consent.mark):
            raise Turned(filled.lang, "old")  # nobody agrees to words that they did not see
        id_ = post_id(filled.word)
        try:
            media = await self._media(filled, key_of(id_))
        except Unfit as unfit:
            raise Turned(filled.lang, unfit.code) from None
        agreed = Agreed(
            version=consent.version,
            lang=consent.lang,  # type: ignore[arg-type]
            text=f"{consent.text} {consent.age}".strip(),
            at_ms=now_ms,
        )
        sent = Sent(
            id=id_,
            text=filled.text,
            agreed=agreed,
            written_ms=filled.written_ms,
            name=filled.name[:200],
            lang=consent.lang,  # type: ignore[arg-type]
            who=post_id(filled.who) if filled.who else None,
            media=media,
            mark=filled.mark,
        )
        return Raw(msgspec.json.encode(sent), content_type=JSON, received_at_ms=now_ms)

    async def _media(self, filled: Filled, key: str) -> tuple[Shown, ...]:
        dark, shelf = self._tools.darkroom, self._tools.shelf
        made = [await dark.picture(each, f"{key} {at}") for at, each in enumerate(filled.pictures)]
        film = await dark.film(filled.film, f"{key} film") if filled.film else None
        poster = await dark.picture(filled.poster, f"{key} poster") if filled.poster else None
        shown = [
            Shown("image", await shelf.keep(each.body, each.mime, key), each.mime, each.w, each.h)
            for each in made
        ]
        if film is not None:
            still = await shelf.keep(poster.body, poster.mime, key) if poster is not None else None
            kept = await shelf.keep(film.body, film.mime, key)
            shown.append(
                Shown("video", kept, film.mime, film.w, film.h, film.duration_s, poster=still)
            )
        return tuple(shown)
