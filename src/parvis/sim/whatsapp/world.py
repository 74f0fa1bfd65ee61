"""What people send to one simulated number, as the Cloud API tells it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from parvis.sim.calling import Caller
from parvis.sim.crowd import PEOPLE, Saying
from parvis.sim.steer import Refusals

SECRET = "simulated-whatsapp"  # noqa: S105 - opens nothing
NUMBER, SHOWN = "200000000000042", "15550000042"
LIVES_S = 300
"""So long the address of a file is good."""


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    """A message; `photo` and `film` are names in `files`, `reply_to` a message's id, `more` fields
    as they are.
    """

    text: str = ""
    author: str = "ada"
    name: str = "Ada Marsh"
    photo: str = ""
    film: str = ""
    reply_to: str = ""
    more: dict[str, Any] = {}


class World:
    """One number of one app, whose calls go `to` a door."""

    def __init__(
        self,
        to: str = "",
        *,
        secret: str = SECRET,
        again_s: float = 1.0,
        now_s: Callable[[], int] = lambda: int(time.time()),
    ) -> None:
        self.secret = secret
        self.now_s = now_s
        self.calls = Caller(to, self.headers, again_s)
        self.messages: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.refusals = Refusals()
        self._names: dict[str, str] = {}
        self._ids = 0

    def headers(self, body: bytes, tries: int) -> Mapping[str, str]:
        """The signature, with the app's secret."""
        made = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={made}", "User-Agent": "facebookexternalua"}

    def post(self, draft: Draft) -> str:
        """Somebody sends; the message's id, in which their number stands as it does there."""
        number = number_of(draft.author)
        self._names[number] = draft.name
        message: dict[str, Any] = {
            "from": number,
            "id": self._id(number),
            "timestamp": str(self.now_s()),
        }
        message |= _content(draft)
        if draft.reply_to:
            above = self.messages.get(draft.reply_to, {})
            context = {"from": above.get("from", SHOWN), "id": draft.reply_to}
            message = {"context": context, **message}
        message |= draft.more
        self.messages[str(message["id"])] = message
        self.tell(message)
        return str(message["id"])

    def edit(self, id_: str, text: str) -> bool:
        """They correct it: of a caption the file is not told again."""
        if (message := self.messages.get(id_)) is None:
            return False
        kind = message["type"]
        inner = {"body": text} if kind == "text" else {"caption": text}
        self._about(message, "edit", {"message": {"type": kind, kind: inner}})
        return True

    def revoke(self, id_: str) -> bool:
        """They delete it."""
        if (message := self.messages.get(id_)) is None:
            return False
        self._about(message, "revoke", {})
        return True

    def tell(self, *messages: Mapping[str, Any], **more: Any) -> None:
        """One call with all of them."""
        numbers = dict.fromkeys(str(each.get("from", "")) for each in messages)
        contacts = [
            {"profile": {"name": self._names.get(number, "")}, "wa_id": number}
            for number in numbers
        ]
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": SHOWN, "phone_number_id": NUMBER},
            **({"contacts": contacts, "messages": messages} if messages else {}),
            **more,
        }
        changes = [{"value": value, "field": "messages"}]
        entry = [{"id": "100000000000042", "changes": changes}]
        self.calls.put(msgspec.json.encode({"object": "whatsapp_business_account", "entry": entry}))

    def delivered(self, id_: str) -> None:
        """A receipt of what the business sent."""
        status = {"id": id_, "status": "delivered", "timestamp": str(self.now_s())}
        self.tell(statuses=[status])

    def say(self, saying: Saying) -> str:
        """Somebody of the crowd sends."""
        return self.post(Draft(saying.text, saying.author.partition("@")[0], saying.name))

    def mend(self, id_: str, saying: Saying) -> None:
        """They correct it."""
        self.edit(id_, saying.text)

    def take_back(self, id_: str) -> None:
        """They delete it."""
        self.revoke(id_)

    def _about(self, message: Mapping[str, Any], kind: str, more: Mapping[str, Any]) -> None:
        number = message["from"]
        self.tell(
            {
                "from": number,
                "id": self._id(number),
                "timestamp": str(self.now_s()),
                "type": kind,
                kind: {"original_message_id": message["id"], **more},
            }
        )

    def _id(self, number: str) -> str:
        self._ids += 1
        inner = b"\x1d\x04\x0b" + number.encode() + f"\x15\x02\x12\x18{self._ids:016X}".encode()
        return f"wamid.{base64.b64encode(inner).decode()}"


def number_of(author: str) -> str:
    """The number of somebody who does not exist."""
    known = [name for name, _ in PEOPLE]
    at = known.index(author) if author in known else sum(author.encode())
    return f"1555{100_000 + at:07d}"


def _content(draft: Draft) -> dict[str, Any]:
    for kind, file, mime in (("image", draft.photo, "jpeg"), ("video", draft.film, "mp4")):
        if file:
            caption = {"caption": draft.text} if draft.text else {}
            return {"type": kind, kind: {**caption, "mime_type": f"{kind}/{mime}", "id": file}}
    return {"type": "text", "text": {"body": draft.text}}
