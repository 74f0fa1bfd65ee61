"""What we ask a server for, from the settings a person gave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from parvis.core.errors import Refused
from parvis.plug.hashtags import passes, read_hashtags
from parvis.sources.mastodon.account import FLAGS

_ACCOUNT = re.compile(r"[\w.-]{1,100}(@[\w.-]{1,253}(:\d{1,5})?)?")


MENTIONS = "mentions"


class Target(NamedTuple):
    """One list of the server that we follow; `name` is `tag:…`, `account:…` or `mentions`."""

    name: str

    @property
    def mentions(self) -> bool:
        """Whether it is what mentions the account of the token."""
        return self.name == MENTIONS

    @property
    def label(self) -> str:
        """What it is called in sentences."""
        return (self.tag and f"#{self.tag}") or self.account or "mentions of the token's account"

    @property
    def tag(self) -> str:
        """The hashtag, or ''."""
        return self.name.removeprefix("tag:") if self.name.startswith("tag:") else ""

    @property
    def account(self) -> str:
        """The account, or ''."""
        return self.name.removeprefix("account:") if self.name.startswith("account:") else ""


class Asking(NamedTuple):
    """The settings, checked. `base` is the server's address without a slash at its end."""

    base: str
    host: str
    targets: tuple[Target, ...]
    all: tuple[str, ...]
    none: tuple[str, ...]
    limit: int
    honour: tuple[str, ...]

    @property
    def mentions(self) -> bool:
        """Whether the mentions of the token's account are asked for."""
        return any(target.mentions for target in self.targets)

    @property
    def streamed(self) -> tuple[Target, ...]:
        """The targets that have a stream: an account has none of its own."""
        return tuple(target for target in self.targets if not target.account)

    @property
    def settings_page(self) -> str:
        """Where a person makes a token."""
        return f"{self.base}/settings/applications"

    def path(self, tag: str) -> str:
        """The REST timeline of a tag."""
        return f"{self.base}/api/v1/timelines/tag/{quote(tag, safe='')}"

    def filters(self) -> list[tuple[str, str]]:
        """Parameters of the REST timeline."""
        return [("all[]", tag) for tag in self.all] + [("none[]", tag) for tag in self.none]

    def wants(self, tags: Sequence[str]) -> bool:
        """Whether a post with these tags passes the filters (streams know none)."""
        return passes(tags, self.all, self.none)


def read_asking(settings: dict[str, Any]) -> Asking:
    """Raises `Refused` naming the setting."""
    base, host = read_server(settings["server"])
    tags = read_hashtags(settings["tags"], "tags")
    accounts = [account.strip().removeprefix("@") for account in settings["accounts"]]
    for account in accounts:
        if not _ACCOUNT.fullmatch(account):
            raise Refused(
                f"The setting accounts has {account[:60]!r}; write it as name@server.example."
            )
    if not (tags or accounts or settings["mentions"]):
        raise Refused(
            f"The Mastodon source of {host} has neither tags nor accounts nor mentions;"
            " name one or more."
        )
    for flag in settings["honour"]:
        if flag not in FLAGS:
            raise Refused(f"The setting honour has {flag[:40]!r}; choose from {', '.join(FLAGS)}.")
    names = [f"tag:{tag}" for tag in tags] + [f"account:{account}" for account in accounts]
    names += [MENTIONS] if settings["mentions"] else []
    return Asking(
        base,
        host,
        tuple(map(Target, dict.fromkeys(names))),
        read_hashtags(settings["all"], "all"),
        read_hashtags(settings["none"], "none"),
        int(settings["limit"]),
        tuple(settings["honour"]),
    )


def read_server(given: str) -> tuple[str, str]:
    """Address and host of `mastodon.social` or `https://mastodon.social/…`; raises `Refused`."""
    text = given.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    fits = re.fullmatch(r"[\w.:-]{1,253}", host) and parts.scheme in ("http", "https")
    if not fits or parts.username is not None:
        raise Refused(
            f"The setting server is {given[:80]!r}; write the name of a Mastodon server,"
            " such as mastodon.social."
        )
    shown = f"[{host}]" if ":" in host else host
    shown = f"{shown}:{port}" if port else shown
    return f"{parts.scheme}://{shown}", f"{host}:{port}" if port else host
