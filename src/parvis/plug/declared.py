"""What an extension declares: the nouns of `plugin.toml`."""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

from parvis.core.post import DisplayPolicy

Kind = Literal["source", "check", "format", "layout", "bridge"]
SettingType = Literal["str", "int", "float", "bool", "list", "choice", "url", "table"]

KINDS: tuple[Kind, ...] = get_args(Kind)
PYTHON_API = 1


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in the languages parvis speaks."""

    en: str
    fr: str


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One setting. `min` and `max` bound a number, the length of a text, or the items of a list (of
    texts). `apart`: no two of a plugin may both leave it out, for they would be taken for one.
    """

    name: str
    type: SettingType
    help: Words
    required: bool = False
    default: Any = None
    min: float | None = None
    max: float | None = None
    choices: tuple[str, ...] = ()
    apart: bool = False


class Credential(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One secret that the extension reads from its vault by `name`."""

    name: str
    help: Words
    required: bool = False


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most `requests` in any `window_s` seconds at one host, for all that use this extension."""

    requests: int
    window_s: float


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `plugin.toml` says.

    `hosts`: where the extension may connect: a host name, `*.example.com` (every name under it),
    `{setting}` (the host of that setting) or `*` (any public host). `data`: categories of personal
    data, for the processing register. `polls`, `streams`: how a source gets its posts; neither for
    one that only has doors.
    """

    python_api: int
    id: str
    kind: Kind
    version: str
    name: Words
    about: Words
    settings: tuple[Setting, ...] = ()
    credentials: tuple[Credential, ...] = ()
    hosts: tuple[str, ...] = ()
    budget: Budget | None = None
    policy: DisplayPolicy = DisplayPolicy()
    data: tuple[str, ...] = ()
    polls: bool = False
    streams: bool = False

    def setting(self, name: str) -> Setting | None:
        """The setting of that name."""
        return next((each for each in self.settings if each.name == name), None)
