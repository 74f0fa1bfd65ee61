"""A PostgreSQL server for tests, with as many databases as they like."""

from __future__ import annotations

import itertools

from parvis.run.bench import postgresql
from tests import needs


class Server(postgresql.Server):
    """Started on entering, stopped and wiped on leaving."""

    def __init__(self) -> None:
        found = needs.postgresql()
        if found is None:
            raise RuntimeError("there is no PostgreSQL; `./parvis test` installs it")
        super().__init__(found, "-c fsync=on")
        self._numbers = itertools.count(1)

    def __enter__(self) -> Server:
        super().__enter__()
        return self

    def create_database(self) -> str:
        """Make an empty database and give its name."""
        name = f"test_{next(self._numbers)}"
        self.create(name)
        return name

    def drop_database(self, name: str) -> None:
        """Remove it, whoever is still connected."""
        self.sql(f"DROP DATABASE {name} WITH (FORCE)")
