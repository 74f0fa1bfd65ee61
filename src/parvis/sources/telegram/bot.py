"""The Bot API: https://core.telegram.org/bots/api. Its addresses hold the token, so
none of them is kept, told or handed on.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec

from parvis.core.errors import Later, Refused
from parvis.plug.fields import Fields, decode, ident, rows, table, text, whole
from parvis.plug.http import Http, Reply

PATIENCE_S = 50
"""How long Telegram holds the line until there is something new."""
GRACE_S = 15.0
MAX_FILE = 20 * 1024 * 1024
"""The most that a bot may fetch."""
AT_ONCE = 100
UPDATES = ("message", "edited_message", "channel_post", "edited_channel_post")
SAID = (400, 401, 403, 404, 409, 429)
BUSY_S = 30.0
_OTHERS = (
    "Another program asks for this bot's messages ({said}); stop it, or give parvis a bot of its"
    " own."
)
_HOOKED = (
    "This bot has a webhook of another program; remove it there, or give parvis a bot of its own."
)


class Me(msgspec.Struct, frozen=True):
    """Who the bot is; `reads_groups`: whether it sees every message of its groups."""

    id: str
    name: str
    reads_groups: bool


class Bot:
    """One bot. `door` is the public address of its webhook, or ''."""

    def __init__(self, http: Http, server: str, token: str, door: str) -> None:
        self._http = http
        self._server = server
        self._token = token
        self._door = door
        self._me: Me | None = None
        self.patience_s = PATIENCE_S
        self.secret = hmac.new(token.encode(), b"parvis webhook", hashlib.sha256).hexdigest()
        """What Telegram says at our door, so that nobody else can speak for it."""

    async def me(self) -> Me:
        """Who it is, asked once."""
        if self._me is None:
            said = await self._call("getMe")
            if not text(said, "username"):
                raise Later("Telegram did not say who the bot is.")
            self._me = Me(
                ident(said), text(said, "username"), said.get("can_read_all_group_messages") is True
            )
        return self._me

    async def updates(self, offset: int) -> list[Fields]:
        """What is new from `offset` on (0: all that is kept), which forgets what came before it;
        waits until there is something.
        """
        asked = {
            "timeout": self.patience_s,
            "limit": AT_ONCE,
            "allowed_updates": UPDATES,
            **({"offset": offset} if offset else {}),
        }
        reply = await self._ask("getUpdates", asked, self.patience_s + GRACE_S)
        if reply.status == 409 and b"webhook" in reply.body:
            await self._unhook()
            raise Later("The bot's webhook was removed; it is asked again.", 1.0)
        return list(rows({"result": _result(reply)}, "result"))

    async def file(self, id_: str) -> bytes:
        """A file's bytes; raises `Refused` when it is too large or gone."""
        path = text(await self._call("getFile", file_id=id_), "file_path")
        if not path or path.startswith("/") or ".." in path:
            raise Refused("Telegram does not say where the file is.")
        address = f"{self._server}/file/bot{self._token}/{path}"
        return (await self._http.get(address, max_bytes=MAX_FILE, deadline_s=40.0)).body

    async def say(self, words: Mapping[str, Any]) -> None:
        """`sendMessage`."""
        await self._call("sendMessage", **words)

    async def hook(self) -> None:
        """Telegram calls our door from now on; raises `Later` where it says that it cannot."""
        info = await self._call("getWebhookInfo")
        if text(info, "url") != self._door:
            await self._call(
                "setWebhook", url=self._door, secret_token=self.secret, allowed_updates=UPDATES
            )
        elif whole(info, "pending_update_count") and (why := text(info, "last_error_message")):
            raise Later(
                f"Telegram cannot reach {self._door} ({why[:200]}); check that this address is"
                " open to the world with a valid certificate."
            )

    async def _unhook(self) -> None:
        """Our own webhook from before the setting was changed; nobody else's."""
        url = text(await self._call("getWebhookInfo"), "url")
        if url and url != self._door:
            raise Refused(_HOOKED)
        await self._call("deleteWebhook")

    async def _call(self, method: str, **fields: Any) -> Fields:
        return table({"result": _result(await self._ask(method, fields))}, "result")

    async def _ask(self, method: str, fields: Mapping[str, Any], within_s: float = 20.0) -> Reply:
        return await self._http.post(
            f"{self._server}/bot{self._token}/{method}",
            json=fields,
            deadline_s=within_s,
            accept=("application/json",),
            allow=SAID,
        )


def _result(reply: Reply) -> object:
    """What was asked for, or what the error means."""
    try:
        value = decode(reply.body)
    except ValueError as error:
        raise Later("Telegram answered with something that cannot be read.") from error
    answer: Fields = value if isinstance(value, dict) else {}
    if answer.get("ok") is True:
        return answer.get("result")
    said = text(answer, "description")[:200] or f"status {reply.status}"
    if reply.status == 429:
        wait_s = whole(table(answer, "parameters"), "retry_after")
        raise Later("Telegram asks us to slow down (429).", float(wait_s or BUSY_S))
    if reply.status == 409:
        raise Later(_OTHERS.format(said=said), BUSY_S)
    if reply.status in (401, 404):
        raise Refused(
            "Telegram does not know this bot; check the credential token, which @BotFather shows."
        )
    if reply.status in (400, 403):
        raise Refused(f"Telegram does not do this: {said}.")
    raise Later(f"Telegram has trouble answering ({said}).")
