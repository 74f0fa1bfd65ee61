"""Files of the Cloud API: their id gives an address that is good for five minutes and for the token
alone.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
"""

from __future__ import annotations

from parvis.core.errors import Later, Refused
from parvis.plug.fields import Fields, decode, table, text, whole
from parvis.plug.http import Http

MAX_FILE = 20 * 1024 * 1024
SAID = (400, 401, 403, 404, 429)
_KEY, _BUSY = (190, 102, 463, 467), (4, 17, 80007, 130429, 131056)
BUSY_S = 60.0


class Cloud:
    """The Graph API at `server`, in one version of it."""

    def __init__(self, http: Http, server: str, version: str, token: str) -> None:
        self._http = http
        self._base = f"{server}/{version}"
        self._token = token

    async def file(self, id_: str) -> bytes:
        """A file's bytes. Raises `Refused` or `Later`."""
        url = text(await self._ask(id_), "url")
        if not url:
            raise Refused("WhatsApp does not say where the file is.")
        reply = await self._http.get(
            url, bearer=self._token, max_bytes=MAX_FILE, deadline_s=40.0, redirects=0
        )
        return reply.body

    async def name_of(self, number: str) -> str:
        """How the number calls itself; raises `Refused` when the token does not open it."""
        said = await self._ask(number, fields="verified_name")
        return text(said, "verified_name")

    async def _ask(self, id_: str, **params: str) -> Fields:
        reply = await self._http.get(
            f"{self._base}/{id_}",
            params=params,
            bearer=self._token,
            accept=("application/json",),
            allow=SAID,
        )
        try:
            value = decode(reply.body)
        except ValueError as error:
            raise Later("WhatsApp answered with something that cannot be read.") from error
        answer: Fields = value if isinstance(value, dict) else {}
        if reply.status == 200 and "error" not in answer:
            return answer
        raise _meant(table(answer, "error"), reply.status)


def _meant(error: Fields, status: int) -> Refused | Later:
    """https://developers.facebook.com/docs/graph-api/guides/error-handling"""
    code = whole(error, "code")
    if status == 429 or code in _BUSY or error.get("is_transient") is True:
        return Later("WhatsApp asks us to slow down.", BUSY_S)
    if status == 401 or code in _KEY:
        return Refused(
            "WhatsApp does not accept the credential token; make a lasting one for a system user,"
            " with whatsapp_business_messaging."
        )
    said = text(error, "message")[:200] or f"status {status}"
    return Refused(f"WhatsApp does not give this ({said}); check number and the token's rights.")
