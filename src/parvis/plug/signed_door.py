"""Who may post at a door: a Standard Webhooks signature, else a token, else nobody."""

from __future__ import annotations

import hmac

from parvis.core.ports import Vault
from parvis.plug.door import Answer, Knock
from parvis.plug.problem import problem
from parvis.plug.standard_webhooks import MAX_ID, Unsigned, read_keys, verify

CLOSED = (
    "This door is closed: set the credential secret (signatures) or token (Bearer) for this source,"
    " or its setting open."
)


class SignedDoor:
    """Reads the credentials `secret` (which outranks the other) and `token`; `open` lets anybody in
    where there is neither.

    Raises `Refused` when `secret` is no `whsec_…`.
    """

    def __init__(self, vault: Vault, *, open: bool = False) -> None:
        self._keys = read_keys(vault.secret("secret")) if vault.has("secret") else ()
        self._token = vault.secret("token").encode() if vault.has("token") else b""
        self.ready = bool(self._keys or self._token or open)

    def admit(self, knock: Knock) -> str | Answer:
        """The message's id ('' where it has none), or the answer that turns the caller away."""
        if not self.ready:
            return problem(403, CLOSED)
        try:
            return self._message(knock)
        except Unsigned as error:
            return problem(401, str(error))

    def _message(self, knock: Knock) -> str:
        headers = knock.headers
        if self._keys:
            return verify(self._keys, headers, knock.body, knock.now_ms)
        if self._token:
            scheme, _, given = headers.get("authorization", "").partition(" ")
            sent = given.strip().encode("utf-8", "surrogateescape")
            if scheme.lower() != "bearer" or not hmac.compare_digest(sent, self._token):
                raise Unsigned("The header authorization must be Bearer and the token.")
        return headers.get("webhook-id", "")[:MAX_ID]
