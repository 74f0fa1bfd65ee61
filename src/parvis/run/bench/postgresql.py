"""A PostgreSQL of our own, for benches and tests: a temporary folder, a socket, no port; gone
afterwards.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from parvis.core.errors import Later
from parvis.run.bench.process import Absent

USER = "postgres"


class Server:
    """Started on entering, stopped and wiped on leaving; as root it runs as user `postgres`."""

    def __init__(self, found: Path | None = None, options: str = "") -> None:
        """`found`: the folder of its programs, else the newest; raises `Absent`."""
        self._bin = found or programs()
        self._options = options
        self._as_user = USER if os.geteuid() == 0 else None
        # Not under a private home: the server's own user must be able to enter.
        self.folder = Path(tempfile.mkdtemp(prefix="parvis-pg-"))

    def __enter__(self) -> Server:
        """Make and start it. Raises `Absent`."""
        try:
            if self._as_user:
                entry = pwd.getpwnam(self._as_user)
                os.chown(self.folder, entry.pw_uid, entry.pw_gid)
            data = str(self.folder / "data")
            told = ("-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
            self._run("initdb", "-D", data, "-U", USER, *told)
            options = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
            options = f"{options} {self._options}".rstrip()
            log = str(self.folder / "server.log")
            self._run("pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        except (KeyError, OSError, Later) as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise Absent(f"PostgreSQL does not start here ({error})") from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop and wipe it."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, database: str) -> str:
        """The address of a new, empty database."""
        self._run("createdb", "-h", str(self.folder), "-U", USER, "-T", "template0", database)
        return self.url(database)

    def url(self, database: str) -> str:
        """`postgresql://…` through the server's socket."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self.folder), safe='')}"

    def sql(self, statement: str, database: str = USER) -> str:
        """Run one statement; gives its rows as psql prints them, bare."""
        return self._run(
            *("psql", "-h", str(self.folder), "-U", USER, "-d", database),
            *("-v", "ON_ERROR_STOP=1", "-Atqc", statement),
        )

    def _run(self, program: str, *arguments: str) -> str:
        """What the program said. Raises `Later` with that when it failed."""
        with tempfile.TemporaryFile() as out:  # a file and no pipe: the server keeps it open
            done = subprocess.run(
                [str(self._bin / program), *arguments],
                cwd=self.folder,
                user=self._as_user,
                group=self._as_user,
                extra_groups=[] if self._as_user else None,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            )
            out.seek(0)
            text = out.read().decode(errors="replace").strip()
        if done.returncode:
            raise Later(f"{program} failed: {text}")
        return text


def programs() -> Path:
    """The folder of the newest server's programs. Raises `Absent`."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    found = [folder for folder in folders if (folder / "initdb").exists()]
    if not found:
        raise Absent("there is no PostgreSQL server here")
    return max(found, key=lambda folder: (folder.parent.name.zfill(4), str(folder)))
