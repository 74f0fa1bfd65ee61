from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from parvis.core.errors import Later
from parvis.run.bench import postgresql, process
from parvis.run.bench.process import Absent, built, cpu_s, free_port, resident_mib, running

SERVE = (
    "import socket, sys\n"
    "s = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "while True: s.accept()\n"
)


def test_a_server_runs_until_the_block_ends() -> None:
    port = free_port()
    with running([sys.executable, "-c", SERVE, str(port)], port) as started:
        assert started.poll() is None
        assert cpu_s(started.pid) >= 0
        assert 1 < resident_mib(started.pid) < 200
    assert started.returncode is not None


def test_a_server_that_ends_at_once_is_told_with_its_last_words() -> None:
    crash = [sys.executable, "-c", "import sys; sys.exit('no such wall')"]
    with pytest.raises(Later, match="no such wall"), running(crash, free_port()):
        pass


def test_a_server_that_does_not_listen_to_the_signal_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "STOP_S", 0.05)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SERVE
    port = free_port()
    with running([sys.executable, "-c", deaf, str(port)], port) as started:
        pass
    assert started.returncode == -9


def test_without_a_compiler_the_reference_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(Absent, match="no C compiler"):
        built.__wrapped__("climit")


def test_what_does_not_compile_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess[bytes]([], 1)
    monkeypatch.setenv("CC", "cc")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_more: failed)
    with pytest.raises(Absent, match="does not compile"):
        built.__wrapped__("climit")


def test_without_proc_there_are_no_figures() -> None:
    with pytest.raises(Absent):
        cpu_s(2**30)
    with pytest.raises(Absent):
        resident_mib(2**30)


def test_pinning_a_process_that_is_gone_is_no_error() -> None:
    process.pin(2**30, process.SERVER)


def test_as_many_files_as_allowed() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    process.allow_many_files()
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_without_a_server_postgresql_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(Path, "glob", lambda _self, _pattern: iter(()))
    with pytest.raises(Absent, match="no PostgreSQL"):
        postgresql.Server()


@pytest.mark.postgresql
def test_a_bench_database_lives_in_a_folder_of_its_own() -> None:
    with postgresql.Server() as server:
        folder = server.folder
        assert str(folder.name) in server.create("bench_1")
    assert not folder.exists()
