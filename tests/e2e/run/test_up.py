"""`parvis up` as people run it: a process of its own, its output, its end."""

from __future__ import annotations

import json
import re
import signal
import socket
from pathlib import Path

import pytest

from parvis.run.local_call import is_served
from tests.e2e.run.up import EVENT, Up, parvis, shown, tell
from tests.waiting import until_now


def test_the_whole_life_of_a_process(up: Up, tmp_path: Path) -> None:
    event = tmp_path / "event.toml"
    event.write_text(EVENT)
    running = up("event.toml", "--data", "data", "--port", "0")
    address = running.ready()
    until_now(lambda: "hook (webhook)" in running.out.read_text())
    lines = running.out.read_text().splitlines()
    assert lines[1:3] == [f"  wall    {address}/w/square", f"  phone   {address}/p/square"]
    assert lines[3].startswith("  Only this machine can open these pages, ")
    assert re.fullmatch(rf"  studio  {address}/studio#first=[\w-]{{43}}", lines[4])
    assert lines[5].startswith("  No contact is set, so the privacy notice names nobody")
    assert lines[6].startswith("  source  hook (webhook): Waits to be called.")
    assert lines[6].endswith(f"POST {address}/in/hook/post")
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0

    tell(tmp_path, "1", "Hello")
    until_now(lambda: shown(tmp_path) == ["Hello"])

    second = parvis(tmp_path, "up", "--data", "data", "--port", "0")
    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert "already served by parvis" in second.stderr

    same = parvis(tmp_path, "up", "event.toml", "--data", "data")
    lines[4] = f"  studio  {address}/studio"  # the link to the first account is given once
    del lines[5]  # and who is missing is told when it starts
    assert (same.returncode, same.stdout.splitlines()) == (
        0,
        ["event.toml: nothing to change, all is so already", *lines[1:]],
    )
    event.write_text(EVENT.replace("The square", "The new square"))
    dry = parvis(tmp_path, "up", "event.toml", "--data", "data", "--dry-run")
    assert dry.stdout == "event.toml: would change\n  wall square: changed (title)\n"
    changed = parvis(tmp_path, "up", "event.toml", "--data", "data")
    assert (changed.returncode, changed.stdout.splitlines()[0]) == (0, "event.toml: changed")
    assert "It is served at" not in changed.stdout
    assert shown(tmp_path) == ["Hello"], "applying again doubles and loses nothing"
    event.write_text(EVENT.replace("open = true", "open = false"))
    closed = parvis(tmp_path, "up", "event.toml", "--data", "data", "--port", "9")
    assert closed.returncode == 0
    assert f"It is served at {address}; --port and --host count at its next start." in closed.stdout
    (line,) = [line for line in closed.stdout.splitlines() if line.startswith("  source!")]
    assert line.startswith("  source! hook (webhook): This door is closed")
    ill = parvis(tmp_path, "doctor", "--data", "data")
    assert ill.returncode == 1 and "(since 20" in ill.stdout
    assert "note  Only this machine can open these pages" in ill.stdout
    event.write_text(EVENT)
    assert parvis(tmp_path, "up", "event.toml", "--data", "data").returncode == 0
    event.write_text("[[wall]]\nid = 3\n")
    bad = parvis(tmp_path, "up", "event.toml", "--data", "data")
    assert bad.returncode == 2
    assert "event.toml, line 2" in bad.stderr

    traced = parvis(tmp_path, "trace", "webhook:main:1", "--data", "data")
    assert traced.returncode == 0
    assert "post.seen" in traced.stdout.splitlines()[0]
    assert parvis(tmp_path, "doctor", "--data", "data").returncode == 0

    assert running.stop() == 0
    assert running.out.read_text().splitlines()[-1] == "stopping…"
    assert "Traceback" not in running.err.read_text()
    assert not is_served(tmp_path / "data")

    alone = parvis(tmp_path, "trace", "webhook:main:1", "--data", "data", "--json")
    first = json.loads(alone.stdout.splitlines()[0])
    assert first["event"] == "post.seen"
    unknown = parvis(tmp_path, "trace", "a:b:c", "--data", "data")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (2, 1)
    assert "No post a:b:c ever came here" in unknown.stderr
    assert "The store is sound" in parvis(tmp_path, "doctor", "--data", "data").stdout


def test_what_was_there_is_there_again(up: Up, tmp_path: Path) -> None:
    (tmp_path / "event.toml").write_text(EVENT)
    first = up("event.toml", "--data", "data", "--port", "0")
    first.ready()
    tell(tmp_path, "1", "Hello")
    until_now(lambda: shown(tmp_path) == ["Hello"])
    assert first.stop(signal.SIGINT) == 0
    again = up("--data", "data", "--port", "0")
    again.ready()
    assert shown(tmp_path) == ["Hello"]
    assert again.stop() == 0


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = parvis(tmp_path, "up", "--data", "data", "--port", str(port))
    assert told.returncode == 2
    assert f"Port {port} on 127.0.0.1 cannot be used" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["up", "none.toml"], "There is no file none.toml"),
        (["up", "--dry-run"], "--dry-run needs an event file"),
        (["up", "--port", "x"], "--port takes a whole number, and 'x' is none"),
        (
            ["up", "--host", "no.such.host.invalid", "--port", "0"],
            "no address 'no.such.host.invalid'",
        ),
        (["trace", "a:b:c", "--data", "nowhere"], "There is no data folder nowhere"),
        (["trace"], "`parvis trace` needs post"),
    ],
)
def test_a_mistake_gets_one_sentence(tmp_path: Path, words: list[str], says: str) -> None:
    told = parvis(tmp_path, *words)
    assert told.returncode == 2
    assert says in told.stderr
    assert "Traceback" not in told.stderr
    assert told.stderr.count("\n") == 1


def test_the_doctor_says_what_to_mend(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    fresh = parvis(tmp_path, "doctor", "--data", "data")
    assert fresh.returncode == 0, fresh.stdout
    (data / "parvis.sqlite3").write_bytes(b"not a database, and long enough" * 100)
    (data / "key").write_text("parvis_x")
    (data / "key").chmod(0o644)
    ill = parvis(tmp_path, "doctor", "--data", "data")
    assert ill.returncode == 1
    assert "MEND  The store is damaged" in ill.stdout
    assert "chmod 600" in ill.stdout
    (data / "parvis.toml").write_text("prot = 1\n")
    wrong = parvis(tmp_path, "doctor", "--data", "data")
    assert wrong.returncode == 1
    assert "did you mean port?" in wrong.stdout
    assert "Traceback" not in ill.stderr + wrong.stderr
