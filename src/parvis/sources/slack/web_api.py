"""Slack's Web API: who somebody is, what a channel is called, the workspace's own emoji, files.

https://docs.slack.dev/apis/web-api
"""

from __future__ import annotations

from collections.abc import Mapping

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.plug.fields import Fields, decode, table, text
from parvis.plug.http import Http
from parvis.plug.recent import Recent

FRESH_MS = 60 * 60_000
KEPT = 5_000
MAX_FILE = 20 * 1024 * 1024
_KEY = ("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive")
_BUSY = ("ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout")


class WebApi:
    """One workspace's, with what it said within the last hour."""

    def __init__(self, http: Http, server: str, token: str, clock: Clock) -> None:
        self._http = http
        self._server = server
        self._token = token
        self._clock = clock
        self._kept: Recent[tuple[int, Fields]] = Recent(KEPT)

    async def workspace(self) -> str:
        """Its name; raises `Refused` when the token is not good."""
        return text(await self._ask("auth.test"), "team")

    async def user(self, id_: str) -> Fields:
        """Who it is: `name`, `avatar`, `bot`; nothing else of the profile goes further."""
        said = table(await self._fresh("users.info", user=id_), "user")
        profile = table(said, "profile")
        name = text(profile, "display_name") or text(profile, "real_name") or text(said, "name")
        return {
            "name": name[:300],
            "avatar": text(profile, "image_192"),
            "bot": said.get("is_bot") is True,
        }

    async def channel(self, id_: str) -> str:
        """The name of a channel, without #."""
        said = table(await self._fresh("conversations.info", channel=id_), "channel")
        return text(said, "name")

    async def emoji(self) -> Mapping[str, str]:
        """The addresses of the workspace's own emoji; none where the app may not see them."""
        try:
            listed = table(await self._fresh("emoji.list"), "emoji")
        except Refused:
            return {}
        found: dict[str, str] = {}
        for name, value in listed.items():
            if isinstance(value, str):  # an alias names another one
                url = listed.get(value.removeprefix("alias:")) if "alias:" in value else value
                found[name] = url if isinstance(url, str) else ""
        return found

    async def file(self, url: str) -> bytes:
        """A file's bytes. Raises `Refused` where a sign-in page comes in its place."""
        reply = await self._http.get(
            url, bearer=self._token, max_bytes=MAX_FILE, deadline_s=40.0, redirects=0
        )
        if reply.content_type == "text/html":
            raise Refused("Slack does not open files to this app; give it the scope files:read.")
        return reply.body

    async def _fresh(self, method: str, **asked: str) -> Fields:
        name, now_ms = f"{method} {' '.join(asked.values())}", self._clock()
        kept = self._kept.get(name)
        if kept is None or not 0 <= now_ms - kept[0] < FRESH_MS:
            kept = (now_ms, await self._ask(method, **asked))
            self._kept.put(name, kept)
        return kept[1]

    async def _ask(self, method: str, **asked: str) -> Fields:
        reply = await self._http.post(
            f"{self._server}/{method}",
            form=asked,
            bearer=self._token,
            accept=("application/json",),
        )
        try:
            value = decode(reply.body)
        except ValueError as error:
            raise Later("Slack answered with something that cannot be read.") from error
        answer: Fields = value if isinstance(value, dict) else {}
        if answer.get("ok") is True:
            return answer
        why = text(answer, "error")[:100] or "no reason"
        if why in _BUSY:
            raise Later(f"Slack has trouble answering ({why}).", 5.0)
        if why in _KEY:
            raise Refused(
                "Slack does not accept the credential token; copy the Bot User OAuth Token (xoxb-…)"
                " of the app's page."
            )
        if why == "missing_scope":
            needed = text(answer, "needed")[:100] or "another scope"
            raise Refused(f"The app lacks the scope {needed}; add it and install the app again.")
        raise Refused(f"Slack does not answer {method} ({why}); check the app and its channels.")
