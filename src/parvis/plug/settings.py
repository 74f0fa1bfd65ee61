"""The settings that a person gave, held against what the manifest declares; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from parvis.core.errors import Refused
from parvis.plug.declared import Manifest, Setting
from parvis.plug.nearest import did_you_mean

MAX_TEXT = 10_000
MAX_URL = 2_048
MAX_ITEMS = 1_000
_EMPTY: dict[str, Any] = {"str": "", "url": "", "choice": "", "int": 0, "float": 0.0, "bool": False}


def check_settings(manifest: Manifest, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` filled with the defaults, every declared setting present; raises `Refused` naming the
    setting.

    A setting without a default that is not given is '', 0, 0.0, False, [] or {} by its type.
    """
    known = [setting.name for setting in manifest.settings]
    for name in given:
        if name not in known:
            end = f"it knows {', '.join(known)}" if known else "it has none"
            raise Refused(
                f"{manifest.id} has no setting {name!r}; {did_you_mean(name, known, end)}"
            )
    filled: dict[str, Any] = {}
    for setting in manifest.settings:
        if setting.name in given:
            value = given[setting.name]
            if why := wrong(setting, value):
                raise Refused(f"{manifest.id}: the setting {setting.name} {why}; correct it.")
            filled[setting.name] = _settled(setting, value)
        elif setting.required:
            raise Refused(
                f"{manifest.id} needs the setting {setting.name}"
                f" ({setting.help.en.strip().rstrip('.')}); add it."
            )
        else:
            filled[setting.name] = _settled(setting, setting.default)
    return filled


def wrong(setting: Setting, value: object) -> str:
    """What is wrong with `value`, as the end of a sentence, or ''."""
    kind = setting.type
    if kind == "bool":
        return "" if isinstance(value, bool) else "must be true or false"
    if kind in ("int", "float"):
        return _wrong_number(setting, value)
    if kind == "list":
        return _wrong_list(setting, value)
    if kind == "table":
        return "" if isinstance(value, dict) else "must be a table of keys and values"
    if not isinstance(value, str):
        return "must be a text in quotes"
    if kind == "choice":
        return "" if value in setting.choices else f"must be one of {', '.join(setting.choices)}"
    if setting.required and not value.strip():
        return "is empty"
    if kind == "url":
        return wrong_url(value) if value else ""
    return _wrong_text(setting, value)


def wrong_url(value: str) -> str:
    """What is wrong with `value` as a web address, as the end of a sentence, or ''."""
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "is not a web address"
    if parts.scheme not in ("http", "https") or not host:
        return "must be a web address that starts with https:// or http://"
    if parts.username is not None or parts.password is not None:
        return "must not carry a name or password; use a credential"
    if len(value) > MAX_URL or any(ord(sign) <= 32 or ord(sign) == 127 for sign in value):
        return "is too long for a web address or has blanks in it"
    return ""


def hosts_of(manifest: Manifest, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The hosts that the extension may reach with these settings; `{setting}` is replaced by the
    hosts it names.
    """
    hosts: list[str] = []
    for host in manifest.hosts:
        if not host.startswith("{"):
            hosts.append(host)
            continue
        value = settings.get(host[1:-1], "")
        texts = cast("list[object]", value) if isinstance(value, list) else [value]
        hosts += [found for text in texts if (found := host_in(str(text)))]
    return tuple(dict.fromkeys(hosts))


def says_where(manifest: Manifest, setting: Setting) -> bool:
    """Whether the setting may hold an address that the credentials are sent to: one that the hosts
    name, and any text where the hosts are open.
    """
    is_open = any(host.startswith("*") for host in manifest.hosts)
    text = setting.type in ("str", "url", "table")
    return (is_open and text) or f"{{{setting.name}}}" in manifest.hosts


def host_in(text: str) -> str:
    """The host of an address or of a bare `host[:port]`, lower case, or ''."""
    text = text.strip()
    try:
        return (urlsplit(text if "//" in text else f"//{text}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _wrong_number(setting: Setting, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "must be a number"
    if setting.type == "int" and not isinstance(value, int):
        return "must be a whole number"
    if not math.isfinite(value):
        return "must be a finite number"
    return _wrong_amount(setting, value, "be", "")


def _wrong_list(setting: Setting, value: object) -> str:
    if not isinstance(value, list | tuple):
        return "must be a list"
    items = list(cast("Iterable[object]", value))
    for item in items:
        if not isinstance(item, str):
            return "must be a list of texts"
        if len(item) > MAX_TEXT:
            return f"has an item of more than {MAX_TEXT} characters"
    if setting.required and not items:
        return "is empty"
    if len(items) > MAX_ITEMS:
        return f"has more than {MAX_ITEMS} items"
    return _wrong_amount(setting, len(items), "have", " items") if items or setting.required else ""


def _wrong_text(setting: Setting, value: str) -> str:
    if "\x00" in value or any(0xD800 <= ord(sign) <= 0xDFFF for sign in value):
        return "has characters that are no text"
    if len(value) > MAX_TEXT:
        return f"has more than {MAX_TEXT} characters"
    return _wrong_amount(setting, len(value), "have", " characters") if value else ""


def _wrong_amount(setting: Setting, amount: float, verb: str, unit: str) -> str:
    if setting.min is not None and amount < setting.min:
        return f"must {verb} at least {setting.min:g}{unit}"
    if setting.max is not None and amount > setting.max:
        return f"must {verb} at most {setting.max:g}{unit}"
    return ""


def _settled(setting: Setting, value: object) -> Any:
    if value is None:
        fresh: dict[str, Any] = {"list": [], "table": {}}
        return _EMPTY.get(setting.type, fresh.get(setting.type))
    if setting.type == "list":
        return list(cast("Iterable[str]", value))
    if setting.type == "table":
        return dict(cast("Mapping[str, Any]", value))
    if setting.type == "float":
        return float(cast("float", value))
    return value
