"""`plugin.toml`: what an extension says of itself, read without importing any of its code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import cast

import msgspec

from parvis.core.errors import Refused
from parvis.core.post import DisplayPolicy
from parvis.plug.declared import (
    KINDS,
    PYTHON_API,
    Budget,
    Credential,
    Kind,
    Manifest,
    Setting,
    SettingType,
    Words,
)
from parvis.plug.faulty import read_fault
from parvis.plug.nearest import did_you_mean
from parvis.plug.settings import check_settings, hosts_of, says_where, wrong

__all__ = [
    "KINDS",
    "PYTHON_API",
    "Budget",
    "Credential",
    "Kind",
    "Manifest",
    "Setting",
    "SettingType",
    "Words",
    "check_settings",
    "hosts_of",
    "parse_manifest",
    "read_manifest",
    "says_where",
]

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\S{0,20}")
_HOST = re.compile(r"\*|(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def read_manifest(path: Path) -> Manifest:
    """The manifest in the file `path`; raises `Refused` naming file, key and mend."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            f"{path} cannot be read ({_plain(error)}); write it as UTF-8 text."
        ) from error
    return parse_manifest(text, str(path))


def parse_manifest(text: str, where: str = "plugin.toml") -> Manifest:
    """The manifest in `text`; raises `Refused` naming `where`, key and mend."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{where} is not valid TOML: {error}; correct that line.") from error
    api = given.get("python_api")
    if api != PYTHON_API:
        raise Refused(
            f"{where}: python_api is {api!r}; this parvis speaks {PYTHON_API}, write that."
        )
    _check_policy(given.get("policy"), where)
    try:
        manifest = msgspec.convert(given, Manifest)
    except msgspec.ValidationError as error:
        raise Refused(f"{where}: {_said_plainly(str(error))}") from error
    _check_names(manifest, where)
    for setting in manifest.settings:
        _check_setting(setting, where)
    _check_hosts(manifest, where)
    if manifest.budget and not (manifest.budget.requests > 0 and manifest.budget.window_s > 0):
        raise Refused(f"{where}: budget: requests and window_s must be above 0; correct them.")
    if manifest.kind != "source" and (manifest.polls or manifest.streams):
        raise Refused(f"{where}: polls and streams belong to a source; remove them.")
    return manifest


def _check_policy(policy: object, where: str) -> None:
    # DisplayPolicy is a struct of core that ignores what it does not know: here that would hide a
    # slip.
    if not isinstance(policy, dict):
        return
    known = DisplayPolicy.__struct_fields__
    for key in cast("dict[str, object]", policy):
        if key not in known:
            raise Refused(
                f"{where}: policy.{key} is unknown; {did_you_mean(key, known, 'remove it')}"
            )


def _check_names(manifest: Manifest, where: str) -> None:
    if not _ID.fullmatch(manifest.id):
        raise Refused(
            f"{where}: id is {manifest.id!r};"
            " use lower-case letters, digits and _, starting with a letter."
        )
    if not _VERSION.fullmatch(manifest.version):
        raise Refused(
            f"{where}: version is {manifest.version!r}; write three numbers, such as 1.0.0."
        )
    for key, words in (("name", manifest.name), ("about", manifest.about)):
        if not words.en.strip() or not words.fr.strip():
            raise Refused(f"{where}: {key} is empty; say it in en and in fr.")
    for key, names in (
        ("settings", [each.name for each in manifest.settings]),
        ("credentials", [each.name for each in manifest.credentials]),
    ):
        for index, name in enumerate(names):
            if not _ID.fullmatch(name):
                raise Refused(
                    f"{where}: {key} has the name {name!r}; use lower-case letters, digits and _."
                )
            if name in names[:index]:
                raise Refused(f"{where}: {key} has the name {name!r} twice; remove one.")


def _check_setting(setting: Setting, where: str) -> None:
    place = f"{where}: setting {setting.name}"
    if setting.type == "choice" and not setting.choices:
        raise Refused(f"{place} is a choice without choices; list them.")
    if setting.choices and setting.type != "choice":
        raise Refused(f'{place} has choices but is no choice; write type = "choice".')
    if setting.min is not None and setting.max is not None and setting.min > setting.max:
        raise Refused(f"{place} has min above max; swap them.")
    if setting.required and setting.default is not None:
        raise Refused(f"{place} is required and has a default; keep one of the two.")
    if not setting.help.en.strip() or not setting.help.fr.strip():
        raise Refused(f"{place} has no help; say in en and in fr what it does.")
    if setting.default is not None and (why := wrong(setting, setting.default)):
        raise Refused(f"{place} has a default that {why}; correct it.")


def _check_hosts(manifest: Manifest, where: str) -> None:
    for host in manifest.hosts:
        if host.startswith("{") and host.endswith("}"):
            setting = manifest.setting(host[1:-1])
            if setting is None or setting.type not in ("str", "url", "list", "choice"):
                raise Refused(
                    f"{where}: hosts names {host}, but no setting holds that address; add it."
                )
        elif not _HOST.fullmatch(host):
            raise Refused(
                f"{where}: hosts has {host!r}; write a bare host name, *.name, {{setting}} or *."
            )


def _said_plainly(error: str) -> str:
    fault = read_fault(error)
    if fault.kind == "missing":
        return f"{fault.place} is missing; add it."
    if fault.kind == "unknown":
        at, _, name = fault.place.rpartition(".")
        end = did_you_mean(name, _fields_at(at), "remove it")
        return f"{fault.place} is unknown; {end}"
    return f"{fault.place}: {fault.says}; correct it." if fault.place else f"{error}; correct it."


def _fields_at(at: str) -> tuple[str, ...]:
    if at.startswith("settings"):
        return (Words if at.endswith(".help") else Setting).__struct_fields__
    if at.startswith("credentials"):
        return (Words if at.endswith(".help") else Credential).__struct_fields__
    if at == "budget":
        return Budget.__struct_fields__
    if at in ("name", "about"):
        return Words.__struct_fields__
    return Manifest.__struct_fields__


def _plain(error: Exception) -> str:
    return getattr(error, "strerror", None) or "it is not UTF-8"
