"""WebSub, the subscriber's half (W3C Recommendation of 2018-01-23): ask a hub, prove that we did,
renew in time, believe only what is signed.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets

import msgspec

from parvis.core.errors import Later, Refused
from parvis.plug.door import Answer, Door, Knock
from parvis.plug.hub_signature import is_signed
from parvis.plug.tools import Tools

log = logging.getLogger(__name__)

MAX_BYTES = 4 * 1024 * 1024
LEASE_S = 7 * 24 * 3600
LONGEST_LEASE_S = 30 * 24 * 3600
ASK_AGAIN_MS = 3600 * 1000
"""After a hub refused, did not answer or never came to verify."""
_LINK = re.compile(r"<([^<>]{1,2000})>([^<>]{0,500})")
_REL = re.compile(r';\s*rel\s*=\s*"?([^";]{1,100})', re.IGNORECASE)


class Subscription(msgspec.Struct, frozen=True):
    """What was asked of which hub, kept in the memory. `until_ms` 0: not verified yet. `word` is
    in the callback, so that nobody but the hub can confirm, prolong or deny.
    """

    hub: str
    topic: str
    secret: str
    asked_ms: int
    until_ms: int = 0
    renew_ms: int = 0
    word: str = ""


class WebSub:
    """The subscription of one source to one topic, with the door `name` where the hub calls; a
    source with several topics has one of each name.
    """

    def __init__(self, tools: Tools, name: str = "push", max_bytes: int = MAX_BYTES) -> None:
        self._tools = tools
        self._of = "" if name == "push" else f" {name}"
        self.door = Door(
            name, ("GET", "POST"), max_bytes, "WebSub: a hub verifies and pushes here."
        )

    async def live(self) -> bool:
        """Whether a hub pushes to us now."""
        held = await self._held()
        return held is not None and held.until_ms > self._tools.clock()

    async def follow(self, hub: str, topic: str) -> None:
        """Subscribes to what a publisher names now ('' for no hub), and remembers it."""
        await self._tools.memory.remember(f"hub{self._of}", f"{hub} {topic}")
        await self._subscribe(hub, topic)

    async def keep_up(self) -> None:
        """Subscribes again before the lease ends, where there was nothing new to read of a hub."""
        hub, _, topic = (await self._tools.memory.recall(f"hub{self._of}") or "").partition(" ")
        await self._subscribe(hub, topic)

    async def _subscribe(self, hub: str, topic: str) -> None:
        """Never raises: without a hub, a source is as good as it polls."""
        if not hub or not self._tools.public_url:
            return
        now_ms = self._tools.clock()
        held = await self._held()
        same = held is not None and (held.hub, held.topic) == (hub, topic)
        if held is not None and same:
            waits = now_ms < held.asked_ms + ASK_AGAIN_MS
            fresh = held.until_ms > now_ms and now_ms < held.renew_ms
            if fresh or waits:
                return
        asked = (
            msgspec.structs.replace(held, asked_ms=now_ms)
            if held is not None and same
            else Subscription(hub, topic, secrets.token_hex(32), now_ms, word=secrets.token_hex(16))
        )
        await self._keep(asked)  # before asking: a hub may verify before it answers
        form = {
            "hub.mode": "subscribe",
            "hub.topic": topic,
            "hub.callback": _callback(self._tools.public_url + self.door.name, asked.word),
            "hub.secret": asked.secret,
            "hub.lease_seconds": str(LEASE_S),
        }
        try:
            await self._tools.http.post(hub, form=form, max_bytes=64 * 1024)
        except (Refused, Later) as error:
            log.info("websub.hub_unwilling", extra={"hub": hub, "says": str(error)})

    async def answer(self, knock: Knock) -> Answer | None:
        """The answer to a hub; None for a push that is to be read, answered with 202 when it is."""
        if knock.door != self.door.name or knock.method not in self.door.methods:
            return Answer(404, b"There is nothing at this address.")
        return await (self._verify(knock) if knock.method == "GET" else self._refusal(knock))

    async def _verify(self, knock: Knock) -> Answer:
        """Answers the hub's question whether we asked."""
        held = await self._held()
        query = knock.query
        mode, topic = query.get("hub.mode", ""), query.get("hub.topic", "")
        meant = held is not None and hmac.compare_digest(
            query.get("word", "").encode(), held.word.encode()
        )
        if held is None or not meant or topic != held.topic:
            return Answer(404, b"Nothing was asked of a hub for this topic.")
        if mode == "denied":
            await self._keep(msgspec.structs.replace(held, until_ms=0, renew_ms=0))
            log.info("websub.hub_denied", extra={"hub": held.hub})
            return Answer(200)
        challenge = query.get("hub.challenge", "")
        if mode != "subscribe" or not challenge or len(challenge) > 4096:
            return Answer(404, b"Only a subscription was asked of the hub.")
        said = query.get("hub.lease_seconds", "")
        lease_s = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else LEASE_S
        lease_s = min(lease_s, LONGEST_LEASE_S)
        verified = msgspec.structs.replace(
            held,
            until_ms=knock.now_ms + lease_s * 1000,
            renew_ms=knock.now_ms + lease_s * 800,  # with a fifth of it left
        )
        await self._keep(verified)
        return Answer(200, challenge.encode(), "text/plain; charset=utf-8")

    async def _refusal(self, knock: Knock) -> Answer | None:
        """None when the push is signed with the secret of a subscription that still holds."""
        held = await self._held()
        if held is None or held.until_ms <= knock.now_ms:
            return Answer(410, b"There is no subscription; nothing more is wanted.")
        if not is_signed(knock.headers, knock.body, held.secret):
            return Answer(403, b"The header x-hub-signature does not fit; sign with hub.secret.")
        return None

    async def _held(self) -> Subscription | None:
        kept = await self._tools.memory.recall(f"websub{self._of}")
        try:
            return msgspec.json.decode(kept, type=Subscription) if kept else None
        except msgspec.DecodeError:
            return None

    async def _keep(self, subscription: Subscription) -> None:
        body = msgspec.json.encode(subscription).decode()
        await self._tools.memory.remember(f"websub{self._of}", body)


def _callback(door: str, word: str) -> str:
    return f"{door}?word={word}" if word else door


def linked(header: str, rel: str) -> str:
    """The target of the first link of that relation in a `Link` header, or ''."""
    for found in _LINK.finditer(header[:8192]):
        said = _REL.search(found[2])
        if said is not None and rel in said[1].lower().split():
            return found[1].strip()
    return ""
