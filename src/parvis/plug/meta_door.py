"""The door at which Meta's webhooks call (WhatsApp, Instagram, Facebook, Threads): first they ask
whether we are meant, then every call is signed.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

from __future__ import annotations

import hmac

from parvis.core.ports import Vault
from parvis.plug.door import Answer, Door, Knock
from parvis.plug.hub_signature import is_signed
from parvis.plug.problem import problem

MAX_BYTES = 3 * 1024 * 1024
"""Meta says that its calls have up to 3 MB."""
MAX_CHALLENGE = 4096


class MetaDoor:
    """Reads the credentials `app_secret` and `verify_token`; `Refused` where one is missing."""

    def __init__(self, vault: Vault, name: str = "hook") -> None:
        self._secret = vault.secret("app_secret")
        self._word = vault.secret("verify_token").encode()
        self.door = Door(name, ("GET", "POST"), MAX_BYTES, "Where Meta's webhooks call.")

    def answer(self, knock: Knock) -> Answer | None:
        """None for a call that is to be read; else what is said to it: Meta's question, or somebody
        who is not Meta.
        """
        if knock.door != self.door.name or knock.method not in self.door.methods:
            return problem(404, "There is nothing at this address.")
        if knock.method == "GET":
            return self._asked(knock)
        header = "x-hub-signature-256"
        if not is_signed(
            knock.headers, knock.body, self._secret, header=header, methods=("sha256",)
        ):
            return problem(
                401, "No signature fits; check that the credential app_secret is the app's own."
            )
        return None

    def _asked(self, knock: Knock) -> Answer:
        """`hub.challenge`, where the word is the one that was set there."""
        challenge = knock.query.get("hub.challenge", "")
        word = knock.query.get("hub.verify_token", "").encode("utf-8", "replace")
        meant = hmac.compare_digest(word, self._word)
        if knock.query.get("hub.mode") != "subscribe" or not meant:
            return problem(
                403, "The verify token is another one; set the same in the app and in parvis."
            )
        if not challenge or len(challenge) > MAX_CHALLENGE:
            return problem(400, "There is no challenge to answer.")
        return Answer(200, challenge.encode("utf-8", "replace"))
