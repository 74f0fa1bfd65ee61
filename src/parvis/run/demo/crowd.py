"""The crowd of the demo: it uses the doors, pages and addresses that everybody uses."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from parvis.core.errors import Later, Refused
from parvis.plug.http import Http
from parvis.run.demo.cast import Said, picture
from parvis.run.demo.network import Network
from parvis.run.demo.programme import Turn

log = logging.getLogger("parvis.demo")

VOTERS = 180
VOTES_AT_ONCE = 3
CLAPPING = 14
EAGER = 5
MOST_WAITING = 14
SPOTLIGHT_S = 12
TIDIED = "Nobody looked at it while the demo ran."
PHONE_LANGS = ("en", "fr", "ar")
BOUNDARY = "parvis-demo-phone"
WROTE_S = 12
"""How long a visitor had the phone page open."""


class Crowd:
    """People in the room, the stages, and a crew of one at the desk."""

    def __init__(
        self, http: Http, base: str, key: str, network: Network, rng: random.Random
    ) -> None:
        self._http = http
        self._base = base
        self._key = key
        self._network = network
        self._rng = rng
        self._run = f"{time.time_ns() // 1_000_000:x}"
        self._numbers = itertools.count(1)
        self._pinned = ""
        self._acts: dict[str, Callable[[], Awaitable[None]]] = {
            "applause": self._applause,
            "announce": self._announce,
            "crew": self._clear_up,
            "phone": lambda: self._phone(network.cast.words(rng.choice(PHONE_LANGS))),
            "phone_photo": lambda: self._phone(network.cast.photo(rng.choice(PHONE_LANGS))),
            "pin": self._pin,
            "spotlight": self._spotlight,
            "vote": self._vote,
        }
        self.acts = frozenset(
            {*self._acts, "words", "photo", "edit", "delete"}
            | {"troll", "machine", "seller", "warned", "eager"}
        )

    async def play(self, turns: Iterator[Turn]) -> None:
        """Each turn in its time."""
        for turn in turns:
            await asyncio.sleep(turn.after_s)
            await self.act(turn.what)

    async def act(self, what: str) -> None:
        """One turn; what fails is said in the log and the evening goes on."""
        try:
            await self._act(what)
        except (Refused, Later) as failed:
            log.warning("demo.unheard", extra={"act": what, "because": str(failed)})

    async def _act(self, what: str) -> None:
        name, _, lang = what.partition(":")
        network = self._network
        if name in self._acts:
            await self._acts[name]()
        elif name == "words":
            network.post(network.cast.words(lang))
        elif name == "photo":
            network.post(network.cast.photo(lang))
        elif name == "edit":
            network.edit()
        elif name == "delete":
            network.delete()
        elif name in self.acts:
            network.trouble(name, EAGER if name == "eager" else 1)  # type: ignore[arg-type]
        else:
            raise ValueError(f"the demo has no act {name!r}")

    # in the room ----------------------------------------------------------------------------------
    async def _applause(self) -> None:
        """Everybody at once."""
        for _ in range(CLAPPING):
            said = self._network.cast.applause()
            if said.lang in PHONE_LANGS:
                await self._phone(said)
            else:
                self._network.post(said)
            await asyncio.sleep(self._rng.uniform(0.02, 0.2))

    async def _vote(self) -> None:
        """Some answer the poll, or think again."""
        for _ in range(self._rng.randint(1, VOTES_AT_ONCE)):
            given = {
                "answer": str(self._rng.choice((0, 0, 0, 1, 1, 1, 2, 2))),
                "who": f"{self._run}-{self._rng.randrange(VOTERS)}",
            }
            await self._http.post(f"{self._base}/p/demo/demo-poll/vote", json=given)

    async def _phone(self, said: Said) -> None:
        """Somebody in the room sends the form of the phone page."""
        now_ms = time.time_ns() // 1_000_000
        fields = {
            "lang": said.lang,
            "page": secrets.token_urlsafe(18),
            "who": secrets.token_urlsafe(18),
            "stamp": str(now_ms - WROTE_S * 1000),
            "text": said.text,
            "name": said.name,
            "consent": "1",
            "website": "",
        }
        photo = picture(said.picture) if said.picture else b""
        await self._http.post(
            f"{self._base}/in/demo-phone/post",
            body=_form(fields, photo),
            content_type=f"multipart/form-data; boundary={BOUNDARY}",
        )

    async def _announce(self) -> None:
        """A stage or the kitchen says something, by webhook."""
        said = self._network.cast.announcement()
        item = {
            "id": f"{self._run}-{next(self._numbers)}",
            "text": said.text,
            "lang": said.lang,
            "author": {"name": "Night of Lanterns", "handle": "lanternnight"},
        }
        await self._http.post(f"{self._base}/in/demo-crowd/post", json=item)

    # at the desk ----------------------------------------------------------------------------------
    async def _pin(self) -> None:
        """The latest picture is pinned in place of the one before."""
        if self._pinned:
            held, self._pinned = self._pinned, ""
            await self._ask("POST", "posts/pin", {"post": held, "on": False}, gone_too=True)
        if post := await self._latest_picture():
            await self._ask("POST", "posts/pin", {"post": post, "on": True})
            self._pinned = post

    async def _spotlight(self) -> None:
        """The latest picture has the whole screen for a moment."""
        if post := await self._latest_picture():
            asked = {"post": post, "seconds": SPOTLIGHT_S}
            await self._ask("POST", "posts/feature", asked, gone_too=True)

    async def _clear_up(self) -> None:
        """What has waited the longest is decided, so that a queue nobody looks at does not grow."""
        queue = await self._ask("GET", "queue?state=pending&limit=50")
        for item in queue["items"][MOST_WAITING:]:  # newest first
            asked = {"post": item["post"]["key"], "state": "rejected", "why": TIDIED}
            await self._ask("POST", "posts/decide", asked, gone_too=True)

    async def _latest_picture(self) -> str:
        cards = (await self._ask("GET", "snapshot"))["cards"]
        return next((str(card["post"]) for card in cards if card.get("media")), "")

    async def _ask(self, method: str, path: str, body: Any = None, gone_too: bool = False) -> Any:
        """The API, as the owner's scripts use it; `gone_too`: a post may have left meanwhile."""
        url = f"{self._base}/api/walls/demo" + (f"/{path}" if path else "")
        allow = (404, 409) if gone_too else ()
        if method == "GET":
            reply = await self._http.get(url, bearer=self._key, allow=allow)
        else:
            reply = await self._http.post(url, bearer=self._key, json=body, allow=allow)
        return reply.json()


def _form(fields: dict[str, str], photo: bytes) -> bytes:
    """As a browser writes it."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    parts = [f'{head}"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    if photo:
        named = f'{head}"photo"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        parts.append(named.encode() + photo + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
