"""The settings of one installation: defaults, then `parvis.toml` in the data folder, then the
environment, then the command line.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_type_hints
from urllib.parse import urlsplit

import msgspec

from parvis.core.errors import Refused
from parvis.plug.nearest import did_you_mean
from parvis.plug.settings import wrong_url

FILE = "parvis.toml"
PREFIX = "PARVIS_"
ENGINES = ("postgresql://", "postgres://", "postgresql+asyncpg://")
LISTS = frozenset({"hosts", "trusted_proxies", "allow_private"})


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `docs/operate/settings.md` describes, field by field."""

    data: str = "parvis-data"
    host: str = "127.0.0.1"
    port: int = 8400
    public_url: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    key: str = ""
    engine: str = ""
    allow_private: tuple[str, ...] = ()
    contact: str = ""
    log: Literal["plain", "json"] = "plain"

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data).expanduser()


NAMES = Settings.__struct_fields__
_TYPES = get_type_hints(Settings)


def load(
    given: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """The settings; `given` comes from the command line (None: not given there). Raises `Refused`
    naming the setting, its place and the mend.
    """
    env = _from_environment(os.environ if environ is None else environ)
    said = {name: value for name, value in (given or {}).items() if value is not None}
    data = str(said.get("data", env.get("data", Settings().data)))
    if not data:  # an unset variable in a script must not make a house somewhere else
        raise Refused(
            "The data folder is empty; name it with --data or PARVIS_DATA, or leave both."
        )
    merged = {**_from_file(Path(data).expanduser() / FILE), **env, **said, "data": data}
    settings = Settings(**merged)
    _check(settings)
    return settings


def _from_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path} cannot be read; make it a UTF-8 text that you may read.") from error
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{path} is not valid TOML: {error}; correct that line.") from error
    except RecursionError as error:
        raise Refused(f"{path} is nested too deeply; a setting has no tables.") from error
    if "data" in given:
        raise Refused(f"{path} lies in the data folder and cannot name it; use --data.")
    for name in given:
        if name not in NAMES:
            raise Refused(f"{path} has no setting {name!r}; {nearest(name, NAMES)}")
    return {name: _converted(name, value, str(path)) for name, value in given.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable, text in environ.items():
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX):
            continue
        if name not in NAMES:
            # Other variables of this prefix are an operator's own (secrets): only a slip is told.
            if close := difflib.get_close_matches(name, NAMES, 1, cutoff=0.8):
                meant = PREFIX + close[0].upper()
                raise Refused(f"The environment has {variable}; did you mean {meant}?")
            continue
        value: Any = text.strip()
        if name in LISTS:
            value = [part.strip() for part in text.split(",") if part.strip()]
        elif name == "port":
            value = int(value) if value.isascii() and value.isdecimal() else value
        found[name] = _converted(name, value, variable)
    return found


def _converted(name: str, value: Any, where: str) -> Any:
    try:
        return msgspec.convert(value, _TYPES[name])
    except msgspec.ValidationError as error:
        said = str(error)[:1].lower() + str(error)[1:]
        raise Refused(f"{where}: the setting {name} is wrong: {said}; correct it.") from error


def _check(settings: Settings) -> None:
    if not 0 <= settings.port <= 65535:
        raise Refused(f"The port is {settings.port}; give one from 1 to 65535, or 0 for any.")
    if not settings.host or any(sign.isspace() for sign in settings.host):
        raise Refused("The host is empty or has blanks; give an address such as 127.0.0.1.")
    if settings.public_url:
        parts = urlsplit(settings.public_url) if not wrong_url(settings.public_url) else None
        if parts is None or parts.path.strip("/") or parts.query or parts.fragment:
            raise Refused(
                f"public_url is {settings.public_url!r}; write the address that visitors open,"
                " such as https://wall.example.org, without a path."
            )
    if settings.engine and not settings.engine.startswith(ENGINES):
        raise Refused(f"engine is {settings.engine[:60]!r}; write postgresql://… or leave it out.")
    for host in settings.hosts:
        if not host or not host.isprintable() or any(sign in host for sign in "/:* "):
            raise Refused(f"hosts has {host!r}; write bare names, such as wall.example.org.")


def nearest(given: str, known: tuple[str, ...] | list[str]) -> str:
    """The end of a sentence about a name that is not known."""
    return did_you_mean(given, known, f"known are {', '.join(sorted(known))}")
