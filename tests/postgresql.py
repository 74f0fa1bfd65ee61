"""A PostgreSQL server for tests, in a temporary folder."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from tests import needs

USER = "postgres"


class Server:
    """Started on entering, stopped and wiped on leaving. As root it runs as user `postgres`."""

    def __init__(self) -> None:
        found = needs.postgresql()
        if found is None:
            raise RuntimeError("there is no PostgreSQL; `./parvis test` installs it")
        self._bin = found
        self._numbers = itertools.count(1)
        # Not under a private home: the server's own user must be able to enter.
        self.folder = Path(tempfile.mkdtemp(prefix="parvis-pg-"))
        self._as_user = USER if os.geteuid() == 0 else None

    def __enter__(self) -> Server:
        if self._as_user:
            entry = pwd.getpwnam(self._as_user)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        data = str(self.folder / "data")
        self._run(
            "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=on"
        log = str(self.folder / "server.log")
        self._run("pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        """`postgresql://…` through the server's socket."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self.folder), safe='')}"

    def create_database(self) -> str:
        """Make an empty database and give its name."""
        name = f"test_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def drop_database(self, name: str) -> None:
        """Remove it, whoever is still connected."""
        self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def sql(self, statement: str, database: str = USER) -> str:
        """Run one statement; gives its rows as psql prints them, bare."""
        return self._run(
            *("psql", "-h", str(self.folder), "-U", USER, "-d", database),
            *("-v", "ON_ERROR_STOP=1", "-Atqc", statement),
        )

    def _run(self, program: str, *arguments: str) -> str:
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
            raise RuntimeError(f"{program} failed: {text}")
        return text
