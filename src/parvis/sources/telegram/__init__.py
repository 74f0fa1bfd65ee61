"""Telegram: a bot that people write to, or that sits in their group or channel."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Raw
from parvis.plug.copied import Copied, Copier
from parvis.plug.door import Answer, Door, Knock
from parvis.plug.fields import Fields, decode, ident, table, text, whole
from parvis.plug.in_time import InTime
from parvis.plug.problem import problem
from parvis.plug.receipt import JSON
from parvis.plug.source import Probe, Source
from parvis.plug.tools import Tools
from parvis.sources.telegram import read as reading
from parvis.sources.telegram.asking import check_token, read_asking
from parvis.sources.telegram.bot import Bot
from parvis.sources.telegram.message import chat_of, file_of, key_of
from parvis.sources.telegram.read import message_in
from parvis.sources.telegram.sorting import Sorting, Step, pairs
from parvis.sources.telegram.words import words_for

DOOR = Door("hook", ("POST",), 1024 * 1024, "Where Telegram calls, with the webhook setting.")
WITHIN_S = 10.0
"""So long Telegram's call waits for a picture; then it calls again."""
LOOK_AFTER_S = 600.0
"""So often it is looked whether Telegram still calls, and can."""
FORGOTTEN_MS = 6 * 24 * 3600 * 1000
"""After a week without updates Telegram numbers them anew, at random."""


class Told(NamedTuple):
    """What became of an update: what is to be kept, and what is said to its sender then."""

    raw: Raw | None = None
    words: dict[str, Any] | None = None


class Telegram(Source):
    """Asks for updates and waits for them, or is called."""

    streams = True

    def __init__(self, tools: Tools) -> None:
        self._asking = read_asking(tools.settings)
        self._clock = tools.clock
        self._public = tools.public_url + DOOR.name if tools.public_url else ""
        token = check_token(tools.vault.secret("token"))
        self._bot = Bot(tools.http, self._asking.server, token, self._public)
        self._copier = Copier(tools)
        self._sorting = Sorting(self._asking)
        self._calls: InTime[Told] = InTime(WITHIN_S)

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """Pure; see `read`."""
        return reading.read(raw)

    async def stream(self, cursor: str) -> AsyncIterator[Raw]:
        """Whatever the bot is told, from where it stopped; with `webhook` nothing comes here, and
        the door is kept known.
        """
        me = await self._bot.me()
        while self._asking.webhook:
            self._check_door()
            await self._bot.hook()
            await asyncio.sleep(LOOK_AFTER_S)
        place, _, at = cursor.partition("@")
        offset, since_ms = (int(place), int(at)) if (place + at).isdecimal() else (0, 0)
        held = ""
        while True:
            if self._clock() - since_ms > FORGOTTEN_MS:
                offset, since_ms = 0, self._clock()
            for update, goes_on in pairs(await self._bot.updates(offset), self._sorting):
                offset, since_ms = whole(update, "update_id") + 1, self._clock()
                step = self._sorting.step(update, me)
                if step is None or goes_on:
                    held = step.says if step else held
                    continue
                told = await self._told(step._replace(says=step.says or held), update)
                held = ""
                if told.raw is not None:
                    yield msgspec.structs.replace(told.raw, cursor=f"{offset}@{since_ms}")
                await self._say(told.words)

    async def probe(self) -> Probe:
        """Whether the token is good, and the bot sees what it is to look for."""
        try:
            me = await self._bot.me()
            if self._asking.webhook:
                self._check_door()
        except (Refused, Later) as error:
            return Probe(ok=False, says=str(error))
        says = f"People write to @{me.name}, on https://t.me/{me.name}."
        if self._asking.tags and not me.reads_groups:
            says += (
                " In groups it sees only what calls it by its name: turn its privacy mode off at"
                " @BotFather (/setprivacy) and add it again, for hashtags."
            )
        return Probe(ok=True, says=says)

    def doors(self) -> tuple[Door, ...]:
        """Where Telegram calls."""
        return (DOOR,)

    async def answer(self, knock: Knock) -> Answer:
        """Takes what Telegram says; what it fails to take Telegram says again."""
        if knock.door != DOOR.name or knock.method != "POST" or not self._asking.webhook:
            return problem(404, "There is nothing here; set webhook for this source to use it.")
        given = knock.headers.get("x-telegram-bot-api-secret-token", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._bot.secret.encode()):
            return problem(401, "This is not signed as Telegram does; only Telegram calls here.")
        try:
            value = decode(knock.body)
        except ValueError:
            return problem(400, "This is no JSON; send what Telegram sends.")
        update: Fields = value if isinstance(value, dict) else {}
        if not (name := ident(update, "update_id")):
            return problem(400, "This has no update_id; send what Telegram sends.")
        told = await self._calls.result(name, lambda: self._taken(update))
        body = msgspec.json.encode({"method": "sendMessage", **told.words}) if told.words else b""
        return Answer(200, body, JSON, raws=(told.raw,) if told.raw else ())

    async def close(self) -> None:
        """Give up what is being fetched."""
        await self._calls.close()

    def _check_door(self) -> None:
        if not self._public.startswith("https://"):
            raise Refused(
                "The setting webhook needs an https public_url of this parvis; set that, or leave"
                " webhook off."
            )

    async def _taken(self, update: Fields) -> Told:
        step = self._sorting.step(update, await self._bot.me())
        return await self._told(step, update) if step else Told()

    async def _told(self, step: Step, update: Fields) -> Told:
        body, kind = b"", reading.TAKEN_BACK
        if step.parts:
            body, kind = reading.seen(step.parts, await self._copied(step)), reading.SEEN
        elif step.gone:
            body = reading.taken_back(step.gone, author=step.author)
        raw = Raw(body, kind=kind, received_at_ms=self._clock()) if body else None
        return Told(raw, self._words(step, message_in(update)[0]))

    async def _copied(self, step: Step) -> list[Copied]:
        found: list[Copied] = []
        for part in step.parts:
            file = file_of(part, video=self._asking.video)
            if file is None:
                continue
            post, still = key_of(part), file.still

            async def fetch(id_: str = file.id) -> bytes:
                return await self._bot.file(id_)

            async def poster(id_: str = still) -> bytes:
                return await self._bot.file(id_)

            if file.film:
                made = await self._copier.film(
                    fetch, post, file.unique, poster=poster if still else None
                )
            else:
                made = await self._copier.picture(fetch, post, file.unique)
            if made is not None:
                found.append(made)
        return found

    def _words(self, step: Step, message: Fields) -> dict[str, Any] | None:
        chat, kind, _ = chat_of(message)
        if not (self._asking.answer and step.says and kind == "private"):
            return None
        lang = text(table(message, "from"), "language_code")
        above = {"message_id": whole(message, "message_id"), "allow_sending_without_reply": True}
        words = words_for(lang, step.says)
        return {"chat_id": int(chat), "text": words, "reply_parameters": above}

    async def _say(self, words: dict[str, Any] | None) -> None:
        """An answer that cannot be given (the sender left, or much is said) is not given."""
        try:
            if words:
                await self._bot.say(words)
        except (Refused, Later):
            return


def open_source(tools: Tools) -> Telegram:
    """Raises `Refused` for settings or a token that cannot be meant."""
    return Telegram(tools)
