"""What we ask for, from the settings a person gave."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from parvis.core.errors import Refused
from parvis.plug.hashtags import read_hashtags

DID = re.compile(r"did:[a-z]{3,10}:[A-Za-z0-9._:%-]{1,200}")
_HANDLE = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_HOST = re.compile(r"[\w.-]{1,253}(:\d{1,5})?")


class Asking(NamedTuple):
    """The settings, checked. Addresses have no slash at their end; accounts and mentions are
    handles or DIDs.
    """

    jetstream: str
    appview: str
    tags: tuple[str, ...]
    accounts: tuple[str, ...]
    mentions: tuple[str, ...]
    replies: bool
    lookback_ms: int

    @property
    def host(self) -> str:
        """The stream's host."""
        return self.jetstream.partition("://")[2]

    @property
    def label(self) -> str:
        """What is asked for, in sentences."""
        parts = [f"#{tag}" for tag in self.tags]
        parts += [f"@{account}" for account in self.accounts]
        parts += [f"mentions of @{account}" for account in self.mentions]
        return ", ".join(parts)


def read_asking(settings: dict[str, Any]) -> Asking:
    """Raises `Refused` naming the setting."""
    tags = read_hashtags(settings["tags"], "tags")
    accounts = _accounts(settings["accounts"], "accounts")
    mentions = _accounts(settings["mentions"], "mentions")
    if not (tags or accounts or mentions):
        raise Refused(
            "The Bluesky source has neither tags nor accounts nor mentions; name one or more."
        )
    return Asking(
        _server(settings["jetstream"], "jetstream", "jetstream2.us-east.bsky.network"),
        _server(settings["appview"], "appview", "public.api.bsky.app"),
        tags,
        accounts,
        mentions,
        bool(settings["replies"]),
        int(settings["lookback_minutes"]) * 60_000,
    )


def _accounts(given: list[str], setting: str) -> tuple[str, ...]:
    found: list[str] = []
    for each in given:
        account = each.strip().removeprefix("@")
        if not DID.fullmatch(account):
            account = account.lower()
            account = account if "." in account else f"{account}.bsky.social"
            if not _HANDLE.fullmatch(account):
                raise Refused(
                    f"The setting {setting} has {each[:60]!r}; write it as ada.bsky.social."
                )
        found.append(account)
    return tuple(dict.fromkeys(found))


def _server(given: str, setting: str, example: str) -> str:
    scheme, found, host = given.strip().rstrip("/").rpartition("://")
    scheme = {"wss": "https", "ws": "http"}.get(scheme, scheme) if found else "https"
    if scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise Refused(
            f"The setting {setting} is {given[:80]!r}; write the name of a server, such as"
            f" {example}."
        )
    return f"{scheme}://{host}"
