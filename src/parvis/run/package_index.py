"""Where packages come from, and uv, which installs them. Standard library only: it runs first.

Debian's Python has neither pip nor venv, so uv is fetched here, checked by the hash in its lock.
"""

from __future__ import annotations

import base64
import configparser
import gzip
import hashlib
import html
import io
import os
import platform
import re
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException, HTTPResponse
from pathlib import Path

PYPI = "https://pypi.org/simple"
NAMED_BY = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
# How packages are reached stays the person's choice; what is installed, and where, is ours.
REACHING = re.compile(
    r"(?:PIP|UV)_(?:(?:EXTRA_|DEFAULT_)?INDEX(?:_URL|_STRATEGY|_[A-Z0-9_]+_(?:USERNAME|PASSWORD))?"
    r"|FIND_LINKS|NO_INDEX|CERT|CLIENT_CERT|PROXY|TRUSTED_HOST|INSECURE_HOST|KEYRING_PROVIDER"
    r"|NATIVE_TLS|SYSTEM_CERTS|OFFLINE|DEFAULT_TIMEOUT|HTTP_TIMEOUT|RETRIES|HTTP_RETRIES"
    r"|CACHE_DIR|NO_CACHE|NO_CACHE_DIR|LINK_MODE|CONCURRENT_[A-Z]+|CONFIG_FILE)"
)
MISLEADING = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__")
SILENCE_S = 60.0
CHUNK = 1 << 16
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}

Tell = Callable[[float], None]


class Unreachable(Exception):
    """The index, or the file, cannot be had; the text says why."""


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` for the installers: nothing in it moves, swaps or forbids what is installed."""
    kept = {
        name: value
        for name, value in environ.items()
        if name not in MISLEADING
        and (not name.startswith(("PIP_", "UV_")) or REACHING.fullmatch(name))
    }
    kept |= {"UV_PYTHON_DOWNLOADS": "never", "PIP_NO_INPUT": "1", "PIP_USER": "0"}
    index = index_url(environ)
    if index != PYPI and not any(kept.get(name) for name in NAMED_BY[:2]):
        kept["UV_DEFAULT_INDEX"] = index  # uv does not read what pip is told
    return kept


def index_url(environ: Mapping[str, str]) -> str:
    """The package index: as uv or pip are told by the environment, else by pip's files."""
    for name in NAMED_BY:
        if named := environ.get(name, "").strip():
            return re.sub(r"^[\w.-]+=(?=\w+:)", "", named).rstrip("/")  # uv allows `name=address`
    files = configparser.RawConfigParser(strict=False)
    for path in pip_files(environ):
        try:
            files.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError):
            continue
    named = files.get("global", "index-url", fallback="").strip()
    return files.get("install", "index-url", fallback=named).strip().rstrip("/") or PYPI


def pip_files(environ: Mapping[str, str]) -> Iterator[Path]:
    """pip's configuration files, the strongest last (pip.pypa.io, topics/configuration)."""
    home = Path(environ.get("HOME") or "~").expanduser()
    for folder in environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep):
        yield Path(folder, "pip", "pip.conf")
    yield Path("/etc/pip.conf")
    yield home / ".pip" / "pip.conf"
    yield home / "Library" / "Application Support" / "pip" / "pip.conf"
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"
    if named := environ.get("PIP_CONFIG_FILE"):
        yield Path(named)


def fetch_uv(lock: Path, program: Path, environ: Mapping[str, str], tell: Tell) -> None:
    """Put the locked uv at `program`; `tell` hears how much is there. Raises `Unreachable`."""
    text = lock.read_text(encoding="utf-8")
    pinned = re.search(r"^uv==(\S+)", text, re.MULTILINE)
    hashes = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", text))
    if pinned is None:
        raise Unreachable(f"{lock.name} names no uv")
    index = index_url(environ)
    page = f"{index}/uv/"
    listed = _get(page, index, environ, lambda _: None).decode("utf-8", "replace")
    start = f"uv-{pinned[1]}-py3-none-"
    for link in re.findall(r"""href=["']([^"']+)""", listed):
        address = urllib.parse.urljoin(page, html.unescape(link)).partition("#")[0]
        name = urllib.parse.unquote(address.rpartition("/")[2])
        if name.startswith(start) and suits(name[len(start) :].removesuffix(".whl")):
            break
    else:
        raise Unreachable(f"{shown(index)} has no uv {pinned[1]} for this machine")
    body = _get(address, index, environ, tell)
    if hashlib.sha256(body).hexdigest() not in hashes:
        raise Unreachable(f"what {shown(index)} gives as {name} is not what {lock.name} pins")
    with zipfile.ZipFile(io.BytesIO(body)) as wheel:
        content = wheel.read(f"uv-{pinned[1]}.data/scripts/uv")
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_bytes(content)
    program.chmod(0o755)


def suits(tags: str) -> bool:
    """Whether a wheel with these platform tags (`a.b.c`) runs on this machine."""
    machine = platform.machine().lower()
    machine = MACHINES.get(machine, machine)
    if sys.platform == "darwin":
        machine = machine.replace("aarch64", "arm64")
        return any(tag.startswith("macosx") and tag.endswith(machine) for tag in tags.split("."))
    libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    return any(tag.startswith(libc) and tag.endswith(f"_{machine}") for tag in tags.split("."))


def shown(address: str) -> str:
    """An address without the name and password that may be in it."""
    return re.sub(r"//[^/@]*@", "//", address)


def _get(address: str, index: str, environ: Mapping[str, str], tell: Tell) -> bytes:
    """One file; with the index's credentials where it is the index's own host."""
    parts, home = urllib.parse.urlsplit(address), urllib.parse.urlsplit(index)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    request = urllib.request.Request(bare.geturl(), headers={"Accept-Encoding": "gzip"})  # noqa: S310 - an index on file:// is the person's choice
    if home.username and parts.hostname == home.hostname:
        pair = f"{home.username}:{home.password or ''}"
        sent = base64.b64encode(urllib.parse.unquote(pair).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {sent}")
    try:
        trusted = environ.get("PIP_CERT") or environ.get("SSL_CERT_FILE") or None
        context = ssl.create_default_context(cafile=trusted)
        with urllib.request.urlopen(request, timeout=SILENCE_S, context=context) as answer:  # noqa: S310
            body = b"".join(_chunks(answer, tell))
            packed = answer.headers.get("Content-Encoding") == "gzip"
        return gzip.decompress(body) if packed else body
    except (OSError, HTTPException, EOFError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        raise Unreachable(f"{shown(index)} cannot be reached ({why})") from error


def _chunks(answer: HTTPResponse, tell: Tell) -> Iterator[bytes]:
    whole, got = int(answer.headers.get("Content-Length") or 0), 0
    while chunk := answer.read(CHUNK):
        got += len(chunk)
        yield chunk
        if whole:
            tell(got / whole)
