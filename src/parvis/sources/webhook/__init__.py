"""Webhook in: any system that can sign a POST puts posts on a wall."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Iterator
from http import HTTPStatus

import msgspec

from parvis.core.errors import Refused
from parvis.core.post import Arrival, Author, Gone, Media, Post, Raw, Unreadable
from parvis.plug.address import safe_href
from parvis.plug.door import Answer, Door, Knock
from parvis.plug.plain import clean, direction, one_line
from parvis.plug.source import Probe, Source
from parvis.plug.standard_webhooks import Unsigned, read_keys, verify
from parvis.plug.text_entities import find_entities
from parvis.plug.tools import Tools
from parvis.sources.webhook.item import MAX_ITEMS, Bad, Item, read_item, schema, split

_NAME = re.compile("[A-Za-z0-9._-]+")
MAX_BYTES = 1024 * 1024
REMEMBERED = 10_000
JSON = "application/json"
CLOSED = (
    "This door is closed: set the credential secret (signatures) or token (Bearer) for this source,"
    " or its setting open."
)


class Taken(msgspec.Struct, frozen=True):
    """An item that was accepted, by its place in the list."""

    item: int
    id: str


class Left(msgspec.Struct, frozen=True):
    """An item that was refused, by its place in the list, and why."""

    item: int
    because: str


class Receipt(msgspec.Struct, frozen=True):
    """The answer to a body that could be read; its posts are stored when it leaves."""

    accepted: tuple[Taken, ...]
    refused: tuple[Left, ...] = ()


def open_source(tools: Tools) -> Source:
    """The source; raises `Refused` when the credential `secret` is no `whsec_…`."""
    return Webhook(tools)


class Webhook(Source):
    """Waits to be called at its door `post`."""

    def __init__(self, tools: Tools) -> None:
        vault = tools.vault
        self._name = str(tools.settings["name"])
        if not _NAME.fullmatch(self._name):
            raise Refused(
                f"webhook: the setting name is {self._name!r}; use letters, digits, dots and -."
            )
        self._open = bool(tools.settings["open"])
        self._keys = read_keys(vault.secret("secret")) if vault.has("secret") else ()
        self._token = vault.secret("token").encode() if vault.has("token") else b""
        self._latest: OrderedDict[str, str] = OrderedDict()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._schema = msgspec.json.format(msgspec.json.encode(schema()), indent=2)

    def doors(self) -> tuple[Door, ...]:
        """Where to send, and what."""
        return (
            Door("post", ("POST",), MAX_BYTES, "Takes one item or a list of up to 100."),
            Door("schema.json", ("GET",), 1024, "The JSON Schema of what may be sent."),
        )

    async def probe(self) -> Probe:
        """Whether somebody may call."""
        ready = bool(self._keys or self._token or self._open)
        return Probe(ok=ready, says="Waits to be called." if ready else CLOSED)

    async def answer(self, knock: Knock) -> Answer:
        """Takes what is signed and sound; a bad item in a list costs that item alone."""
        if knock.door == "schema.json" and knock.method == "GET":
            return Answer(body=self._schema, content_type="application/schema+json")
        if knock.door != "post" or knock.method != "POST":
            return _problem(404, "There is nothing at this address; send a POST to the door post.")
        if not (self._keys or self._token or self._open):
            return _problem(403, CLOSED)
        try:
            webhook_id = self._admit(knock)
        except Unsigned as error:
            return _problem(401, str(error))
        return self._take(knock, webhook_id)

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """The items, in the order in which they were sent."""
        try:
            items = split(raw.body)
        except Bad as error:
            yield Unreadable("$", str(error))
            return
        listed = items is not None
        for number, body in enumerate(items if items is not None else (raw.body,)):
            try:
                yield self._arrival(read_item(body), raw)
            except Bad as error:
                yield Unreadable(f"$[{number}]" if listed else "$", str(error))

    def _admit(self, knock: Knock) -> str:
        headers = knock.headers
        if self._keys:
            return verify(self._keys, headers, knock.body, knock.now_ms)
        if self._token:
            scheme, _, given = headers.get("authorization", "").partition(" ")
            sent = given.strip().encode("utf-8", "surrogateescape")
            if scheme.lower() != "bearer" or not hmac.compare_digest(sent, self._token):
                raise Unsigned("The header authorization must be Bearer and the token.")
        return headers.get("webhook-id", "")[:200]

    def _take(self, knock: Knock, webhook_id: str) -> Answer:
        try:
            items = split(knock.body)
            if items is None:
                item = read_item(knock.body)
                raws = (_raw(knock, knock.body),) if self._is_news(item, webhook_id) else ()
                self._note(webhook_id)
                return _receipt(200, (Taken(0, item.id),), (), raws)
        except Bad as error:
            bad_json = "not valid JSON" in str(error)
            return _problem(400 if bad_json else 422, str(error))
        if not items:
            return _problem(422, "The list is empty; send at least one item.")
        if len(items) > MAX_ITEMS:
            return _problem(413, f"The list has {len(items)} items; send at most {MAX_ITEMS}.")
        return self._take_list(knock, webhook_id, items)

    def _take_list(self, knock: Knock, webhook_id: str, items: list[msgspec.Raw]) -> Answer:
        taken: list[Taken] = []
        left: list[Left] = []
        news: list[msgspec.Raw] = []
        for number, body in enumerate(items):
            try:
                item = read_item(body)
            except Bad as error:
                left.append(Left(number, str(error)))
                continue
            taken.append(Taken(number, item.id))
            if self._is_news(item, webhook_id):
                news.append(body)
        self._note(webhook_id)
        joined = b"[" + b",".join(bytes(each) for each in news) + b"]"
        raws = (_raw(knock, joined),) if news else ()
        status = 422 if not taken else 207 if left else 200
        return _receipt(status, tuple(taken), tuple(left), raws)

    def _is_news(self, item: Item, webhook_id: str) -> bool:
        """False for an item of a message sent again, where a later message has changed it since.

        Everything else sent again goes through: the first time may not have been stored, and the
        road knows a post that it has.
        """
        if not webhook_id:
            self._latest.pop(item.id, None)
            return True
        if webhook_id in self._seen and self._latest.get(item.id, webhook_id) != webhook_id:
            return False
        self._latest[item.id] = webhook_id
        self._latest.move_to_end(item.id)
        if len(self._latest) > REMEMBERED:
            self._latest.popitem(last=False)
        return True

    def _note(self, webhook_id: str) -> None:
        if webhook_id:
            self._seen[webhook_id] = None
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)

    def _arrival(self, item: Item, raw: Raw) -> Arrival:
        key = f"webhook:{self._name}:{item.id}"
        if item.delete:
            return Gone(key, "deleted by the sender")
        text = clean(item.text)
        return Post(
            key=key,
            network="webhook",
            text=text,
            created_at_ms=_at_ms(item) or raw.received_at_ms,
            version=hashlib.blake2b(msgspec.json.encode(item), digest_size=8).hexdigest(),
            kind=item.kind,
            entities=find_entities(text),
            lang=item.lang.strip(),
            dir=direction(text),
            media=tuple(
                Media(type=each.type, url=url, alt=clean(each.alt), w=each.w, h=each.h)
                for each in item.media
                if (url := safe_href(each.url))
            ),
            author=self._author(item),
            permalink=safe_href(item.link) if item.link else "",
            received_at_ms=raw.received_at_ms,
            extra={clean(name): clean(value) for name, value in item.extra.items()},
        )

    def _author(self, item: Item) -> Author | None:
        author = item.author
        if author is None:
            return None
        name = one_line(author.name)
        handle = one_line(author.handle) or name
        known = "".join(handle.removeprefix("@").lower().split()) or "unnamed"
        return Author(
            key=f"webhook:{self._name}:@{known}",
            handle=handle,
            name=name,
            url=safe_href(author.url) if author.url else "",
            avatar=safe_href(author.avatar) if author.avatar else "",
        )


def _at_ms(item: Item) -> int:
    if item.created_at is None:
        return 0
    return min(max(round(item.created_at.timestamp() * 1000), 0), 4_102_444_800_000)


def _raw(knock: Knock, body: bytes) -> Raw:
    return Raw(body=body, content_type=JSON, received_at_ms=knock.now_ms)


def _receipt(
    status: int, taken: tuple[Taken, ...], left: tuple[Left, ...], raws: tuple[Raw, ...]
) -> Answer:
    body = msgspec.json.encode(Receipt(taken, left))
    return Answer(status, body, JSON, (("cache-control", "no-store"),), raws)


def _problem(status: int, detail: str) -> Answer:
    said = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return Answer(status, msgspec.json.encode(said), "application/problem+json")
