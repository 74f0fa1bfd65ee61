"""The settings of one installation: defaults, then `parvis.toml` in the data folder, then the
environment, then the command line.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec

from parvis.core.errors import Refused
from parvis.plug.egress import literal
from parvis.plug.nearest import did_you_mean
from parvis.plug.settings import wrong_url

FILE = "parvis.toml"
PREFIX = "PARVIS_"
ENGINES = ("postgresql://", "postgres://", "postgresql+asyncpg://")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
NOT_PUBLIC = frozenset(
    ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "private", "corp",
     "test", "invalid", "onion")
)  # fmt: skip
LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"
LISTS = frozenset({"hosts", "trusted_proxies", "allow_private"})
NUMBERS = frozenset({"port", "tls_challenge_port", "max_walls"})
FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `docs/operate/settings.md` describes, field by field."""

    data: str = "parvis-data"
    host: str = "127.0.0.1"
    port: int = 8400
    public_url: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    tls: Literal["", "automatic"] = ""
    tls_accept_terms: bool = False
    tls_email: str = ""
    tls_directory: str = LETS_ENCRYPT
    tls_challenge_port: int = 80
    hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    key: str = ""
    seal: str = ""
    engine: str = ""
    allow_private: tuple[str, ...] = ()
    contact: str = ""
    max_walls: int = 100
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
        elif name == "tls_accept_terms":
            value = FLAGS.get(value.lower(), value)
        elif name in NUMBERS:
            value = int(value) if value.isascii() and value.isdecimal() else value
        found[name] = _converted(name, value, variable)
    return found


def _converted(name: str, value: Any, where: str) -> Any:
    try:
        return msgspec.convert(value, _TYPES[name])
    except msgspec.ValidationError as error:
        words = get_args(_TYPES[name]) if get_origin(_TYPES[name]) is Literal else ()
        if isinstance(value, str) and words:
            hint = nearest(value, [word for word in words if word])
            raise Refused(f"{where}: the setting {name} is {value[:40]!r}; {hint}") from error
        said = str(error)[:1].lower() + str(error)[1:]
        raise Refused(f"{where}: the setting {name} is wrong: {said}; correct it.") from error


def _check(settings: Settings) -> None:
    if not 0 <= settings.port <= 65535:
        raise Refused(f"The port is {settings.port}; give one from 1 to 65535, or 0 for any.")
    if settings.max_walls < 1:
        raise Refused(
            f"max_walls is {settings.max_walls}; give 1 or more, or leave it out for 100."
        )
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
    if settings.tls:
        check_automatic(settings)
    for host in settings.hosts:
        if not host or not host.isprintable() or any(sign in host for sign in "/:* "):
            raise Refused(f"hosts has {host!r}; write bare names, such as wall.example.org.")


def check_automatic(settings: Settings) -> None:
    """Raises `Refused` where no authority could give a certificate for these settings."""
    if settings.tls_cert or settings.tls_key:
        raise Refused("tls is automatic and tls_cert or tls_key is set too; keep one of the two.")
    name = host_of(settings.public_url)
    if not settings.public_url.startswith("https://") or (wrong := _no_certificate_for(name)):
        why = f": {name} {wrong}" if name and settings.public_url[:5] == "https" else ""
        raise Refused(
            f"tls is automatic, which needs a public_url of https:// and a real host name, such as"
            f" https://wall.example.org{why}."
        )
    if not settings.tls_accept_terms:
        raise Refused(
            f"tls is automatic: read the terms of {urlsplit(settings.tls_directory).hostname}, who"
            " gives the certificate, and set tls_accept_terms = true if you agree to them."
        )
    email = settings.tls_email
    # RFC 8555, 7.3: one address, without headers
    if email and (
        "@" not in email[1:-1] or not all("!" <= x <= "~" and x not in ",?" for x in email)
    ):
        raise Refused(f"tls_email is {email!r}; write one plain address, or leave it out.")
    directory = settings.tls_directory
    loopback = directory.startswith(("http://127.0.0.1:", "http://[::1]:"))
    if wrong_url(directory) or not (directory.startswith("https://") or loopback):
        raise Refused(f"tls_directory is {directory!r}; write an address of https://.")
    if not 1 <= settings.tls_challenge_port <= 65535:
        raise Refused("tls_challenge_port is no port; leave it out for 80.")
    if settings.port == settings.tls_challenge_port:
        raise Refused(
            f"port and tls_challenge_port are both {settings.port}; set port = 443, the authority"
            " asks at port 80."
        )


def host_of(url: str) -> str:
    """The host name of an address, lower case, as it stands in a certificate; '' for none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").encode("idna").decode()
    except (ValueError, UnicodeError):
        return ""


def _no_certificate_for(name: str) -> str:
    """Why no public authority gives one for this name, or ''."""
    if literal(name) is not None:
        return "is an IP address"
    if "." not in name or name.rpartition(".")[2] in NOT_PUBLIC or name.endswith(".home.arpa"):
        return "is a name that only this network knows"
    labels = name.split(".")
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        return "is no host name"
    return ""


def nearest(given: str, known: tuple[str, ...] | list[str]) -> str:
    """The end of a sentence about a name that is not known."""
    return did_you_mean(given, known, f"known are {', '.join(sorted(known))}")
