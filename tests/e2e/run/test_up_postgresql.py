"""`parvis up` on PostgreSQL, through the command line, as an operator chooses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from parvis.run.local_call import call
from tests.e2e.run.up import EVENT, Up, parvis, shown, tell
from tests.postgresql import Server
from tests.waiting import until_now


def test_the_store_is_the_server_and_outlives_the_process(
    up: Up, tmp_path: Path, postgresql_database: str
) -> None:
    (tmp_path / "event.toml").write_text(EVENT)
    words = ("--data", "data", "--port", "0")
    first = up("event.toml", *words, PARVIS_ENGINE=postgresql_database)
    first.ready()
    tell(tmp_path, "1", "Hello")
    until_now(lambda: shown(tmp_path) == ["Hello"])
    assert not list((tmp_path / "data").glob("*.sqlite3*"))
    second = parvis(tmp_path, "up", *words, PARVIS_ENGINE=postgresql_database)
    assert (second.returncode, second.stderr.count("\n")) == (2, 1)
    assert "already served by parvis" in second.stderr
    assert parvis(tmp_path, "doctor", "--data", "data").returncode == 0
    assert first.stop() == 0
    assert "Traceback" not in first.err.read_text()

    again = up(*words, PARVIS_ENGINE=postgresql_database)
    again.ready()
    assert shown(tmp_path) == ["Hello"]
    assert again.stop() == 0

    alone = parvis(
        *(tmp_path, "trace", "webhook:main:1", "--data", "data", "--json"),
        PARVIS_ENGINE=postgresql_database,
    )
    assert json.loads(alone.stdout.splitlines()[0])["event"] == "post.seen", alone.stderr
    doctor = parvis(tmp_path, "doctor", "--data", "data", PARVIS_ENGINE=postgresql_database)
    assert doctor.returncode == 0, doctor.stdout


def test_the_setting_may_stand_in_the_file(
    up: Up, tmp_path: Path, postgresql_database: str
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "parvis.toml").write_text(f'engine = "{postgresql_database}"\n')
    running = up("--demo", "--data", "data", "--port", "0")
    running.ready()

    def networks() -> set[str]:
        reply = call(tmp_path / "data", "GET", "/api/walls/demo/snapshot")
        assert reply is not None
        return {card["network"] for card in reply.value()["cards"]}

    until_now(lambda: networks() >= {"mastodon", "phone", "webhook"}, 30.0)
    assert running.stop() == 0
    assert not list((tmp_path / "data").glob("*.sqlite3*"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("/test_", "/none_"), "There is no database none_"),
        (("parvis-pg-", "parvis-none-"), "does not answer"),
        (("postgresql://", "mysql://"), "engine is 'mysql://"),
    ],
)
def test_a_wrong_address_gets_one_sentence(
    tmp_path: Path,
    postgresql_server: Server,
    postgresql_database: str,
    change: tuple[str, str],
    says: str,
) -> None:
    address = postgresql_database.replace(*change)
    told = parvis(tmp_path, "up", "--data", "data", "--port", "0", PARVIS_ENGINE=address)
    assert told.returncode == 2, told.stderr
    assert says in told.stderr
    assert told.stderr.count("\n") == 1
