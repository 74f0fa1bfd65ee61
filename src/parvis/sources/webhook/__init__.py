"""Webhook in: any system that can sign a POST puts posts on a wall."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from parvis.core.errors import Refused
from parvis.core.post import Arrival, Raw
from parvis.plug.batch import Bad, Body, each_arrival, joined, sort_items
from parvis.plug.door import Answer, Door, Knock
from parvis.plug.item import Item, read_item, schema
from parvis.plug.item_post import arrival_of, key_of
from parvis.plug.problem import problem
from parvis.plug.receipt import JSON, receipt
from parvis.plug.resent import Resent
from parvis.plug.signed_door import CLOSED, SignedDoor
from parvis.plug.source import Probe, Source
from parvis.plug.tools import Tools

_NAME = re.compile("[A-Za-z0-9._-]+")
MAX_BYTES = 1024 * 1024


def open_source(tools: Tools) -> Source:
    """The source; raises `Refused` when the credential `secret` is no `whsec_…`."""
    return Webhook(tools)


class Webhook(Source):
    """Waits to be called at its door `post`."""

    def __init__(self, tools: Tools) -> None:
        self._name = str(tools.settings["name"])
        if not _NAME.fullmatch(self._name):
            raise Refused(
                f"webhook: the setting name is {self._name!r}; use letters, digits, dots and -."
            )
        self._door = SignedDoor(tools.vault, open=bool(tools.settings["open"]))
        self._resent = Resent()
        self._schema = msgspec.json.format(msgspec.json.encode(schema()), indent=2)

    def doors(self) -> tuple[Door, ...]:
        """Where to send, and what."""
        return (
            Door("post", ("POST",), MAX_BYTES, "Takes one item or a list of up to 100."),
            Door("schema.json", ("GET",), 1024, "The JSON Schema of what may be sent."),
        )

    async def probe(self) -> Probe:
        """Whether somebody may call."""
        ready = self._door.ready
        return Probe(ok=ready, says="Waits to be called." if ready else CLOSED)

    async def answer(self, knock: Knock) -> Answer:
        """Takes what is signed and sound; a bad item in a list costs that item alone."""
        if knock.door == "schema.json" and knock.method == "GET":
            return Answer(body=self._schema, content_type="application/schema+json")
        if knock.door != "post" or knock.method != "POST":
            return problem(404, "There is nothing at this address; send a POST to the door post.")
        message = self._door.admit(knock)
        if isinstance(message, Answer):
            return message
        try:
            batch = sort_items(knock.body, read_item, key_of=self._key_of)
        except Bad as error:
            return problem(error.status, str(error))
        news = [each.body for each in batch.good if self._resent.is_news(each.item.id, message)]
        self._resent.note(message)
        return receipt(batch.receipt, self._raws(knock, news))

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """The items, in the order in which they were sent."""
        return each_arrival(
            raw, lambda body: arrival_of(read_item(body), raw, "webhook", self._name)
        )

    def _key_of(self, item: Item) -> str:
        return key_of(item, "webhook", self._name)

    def _raws(self, knock: Knock, news: list[Body]) -> tuple[Raw, ...]:
        if not news:
            return ()
        return (Raw(body=joined(news), content_type=JSON, received_at_ms=knock.now_ms),)
