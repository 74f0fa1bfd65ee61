"""A PostgreSQL of the bench's own: a temporary folder, a socket, no port; gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from parvis.run.bench.process import Absent

USER = "postgres"


class Server:
    """Started on entering, stopped and wiped on leaving; as root it runs as user `postgres`."""

    def __init__(self) -> None:
        self._bin = programs()
        self._as_user = USER if os.geteuid() == 0 else None
        # Not under a private home: the server's own user must be able to enter.
        self._folder = Path(tempfile.mkdtemp(prefix="parvis-bench-"))

    def __enter__(self) -> Server:
        """Make and start it. Raises `Absent`."""
        try:
            if self._as_user:
                entry = pwd.getpwnam(self._as_user)
                os.chown(self._folder, entry.pw_uid, entry.pw_gid)
            data = str(self._folder / "data")
            self._run("initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
            options = f"-c listen_addresses= -c unix_socket_directories={self._folder}"
            log = str(self._folder / "server.log")
            self._run("pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        except (KeyError, OSError, subprocess.CalledProcessError):
            shutil.rmtree(self._folder, ignore_errors=True)
            raise Absent("PostgreSQL does not start here") from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop and wipe it."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def create(self, database: str) -> str:
        """The address of a new, empty database."""
        self._run("createdb", "-h", str(self._folder), "-U", USER, database)
        return f"postgresql://{USER}@/{database}?host={quote(str(self._folder), safe='')}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._bin / program), *arguments],
            cwd=self._folder,
            user=self._as_user,
            group=self._as_user,
            extra_groups=[] if self._as_user else None,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self._folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )


def programs() -> Path:
    """The folder of the newest server's programs. Raises `Absent`."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    found = [folder for folder in folders if (folder / "initdb").exists()]
    if not found:
        raise Absent("there is no PostgreSQL server here")
    return max(found, key=lambda folder: (folder.parent.name.zfill(4), str(folder)))
