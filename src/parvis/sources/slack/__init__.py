"""Slack: what is said in the channels that were named."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Raw
from parvis.plug.copied import Copied, Copier
from parvis.plug.door import Answer, Door, Knock
from parvis.plug.fields import Fields, decode, text
from parvis.plug.in_time import InTime
from parvis.plug.problem import problem
from parvis.plug.recent import Recent
from parvis.plug.source import Probe, Source
from parvis.plug.tools import Tools
from parvis.sources.slack import read as reading
from parvis.sources.slack.mrkdwn import users_in
from parvis.sources.slack.read import Event, address_of, event_in, files_of
from parvis.sources.slack.signed import is_signed
from parvis.sources.slack.web_api import WebApi

DOOR = Door("hook", ("POST",), 1024 * 1024, "Where Slack calls.")
WITHIN_S = 2.2
"""Slack waits three seconds, then calls again: at once, in a minute, and in five."""
REMEMBERED = 10_000
_ID = re.compile(r"[CG][A-Z0-9]{6,24}")
_NAME = re.compile(r"[^\s#@<>]{1,80}")
_CODES = re.compile(r":([a-z0-9_+'-]{1,100}):")


class Slack(Source):
    """Waits to be called."""

    def __init__(self, tools: Tools) -> None:
        given = tools.settings
        self._channels = frozenset(_channel(each) for each in given["channels"])
        if not self._channels:
            raise Refused("The Slack source has no channels; name one or more, such as #wall.")
        self._named = any(not _ID.fullmatch(each) for each in self._channels)
        self._threads, self._video = bool(given["threads"]), bool(given["video"])
        self._secret = tools.vault.secret("signing_secret")
        self._clock = tools.clock
        server = str(given["server"]).strip().rstrip("/")
        self._api = WebApi(tools.http, server, tools.vault.secret("token"), tools.clock)
        self._copier = Copier(tools)
        self._calls: InTime[Raw | None] = InTime(WITHIN_S)
        self._latest: Recent[float] = Recent(REMEMBERED)

    def doors(self) -> tuple[Door, ...]:
        """Where Slack calls."""
        return (DOOR,)

    async def answer(self, knock: Knock) -> Answer:
        """Takes what is signed, or says within three seconds that it be sent again."""
        if knock.door != DOOR.name or knock.method != "POST":
            return problem(404, "There is nothing at this address.")
        if not is_signed(knock.headers, knock.body, self._secret, knock.now_ms):
            return problem(
                401, "No signature fits; check the credential signing_secret, and the clock."
            )
        try:
            value = decode(knock.body)
        except ValueError:
            return problem(400, "This is no JSON; send what Slack sends.")
        call: Fields = value if isinstance(value, dict) else {}
        if text(call, "type") == "url_verification":
            return Answer(200, text(call, "challenge")[:1000].encode("utf-8", "replace"))
        event, name = event_in(call), text(call, "event_id")[:100]
        if event is None or not name:
            return Answer(200)
        raw = await self._calls.result(name, lambda: self._seen(event, call))
        return Answer(200, raws=(raw,) if raw is not None else ())

    async def probe(self) -> Probe:
        """Whether the token is good."""
        try:
            name = await self._api.workspace()
        except (Refused, Later) as error:
            return Probe(ok=False, says=str(error))
        return Probe(ok=True, says=f"Waits to be called by {name or 'Slack'}.")

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """Pure; see `read`."""
        return reading.read(raw)

    async def close(self) -> None:
        """Give up what is being fetched."""
        await self._calls.close()

    async def _seen(self, event: Event, call: Fields) -> Raw | None:
        """The event and all that it needs; None where it does not concern us, or was overtaken."""
        if event.reply_to and not (self._threads or event.broadcast):
            return None
        if not await self._is_ours(event.channel):
            return None
        if event.at < (self._latest.get(event.key) or 0.0):
            return None
        self._latest.put(event.key, event.at)
        seen: dict[str, object] = {"call": call}
        if event.message:
            user = text(event.message, "user")
            people = sorted({user, *users_in(event.message)})[:50]
            users = {each: await self._api.user(each) for each in people}
            if users[user].get("bot") is True:
                return None
            seen |= {"users": users, "emoji": await self._emoji(event.message)}
            seen["copied"] = [made async for made in self._copied(event)]
        body = msgspec.json.encode(seen)
        return Raw(body, kind=reading.SEEN, received_at_ms=self._clock())

    async def _is_ours(self, channel: str) -> bool:
        if channel in self._channels:
            return True
        return self._named and (await self._api.channel(channel)).lower() in self._channels

    async def _emoji(self, message: Fields) -> Mapping[str, str]:
        """Of the workspace's own emoji those that it has; asked for where it has any code."""
        codes = set(_CODES.findall(text(message, "text")))
        own = await self._api.emoji() if codes else {}
        return {name: own[name] for name in sorted(codes) if name in own}

    async def _copied(self, event: Event) -> AsyncIterator[Copied]:
        for file in files_of(event.message):
            name, alt = text(file, "id")[:100], text(file, "alt_txt")

            async def fetch(url: str = address_of(file)) -> bytes:
                return await self._api.file(url)

            film = text(file, "mimetype").startswith("video/")
            if film and not self._video:
                continue
            copy = self._copier.film if film else self._copier.picture
            made: Copied | None = await copy(fetch, event.key, name, alt=alt)
            if made is not None:
                yield made


def _channel(given: str) -> str:
    channel = given.strip()
    if _ID.fullmatch(channel):
        return channel
    channel = channel.removeprefix("#").lower()
    if not _NAME.fullmatch(channel):
        raise Refused(
            f"The setting channels has {given[:60]!r}; write a channel's name, such as #wall, or"
            " its ID, such as C0123456789."
        )
    return channel


def open_source(tools: Tools) -> Slack:
    """Raises `Refused` for settings that cannot be meant, or a missing credential."""
    return Slack(tools)
