"""Ends that are not the usual one: a second Ctrl-C, and nobody left who reads."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from parvis.run.local_call import is_served
from tests.e2e.run.up import EVENT, Up, parvis, tell
from tests.waiting import until_now


class Hook:
    """Posts one after the other, until nobody answers; `kept` are those that were acknowledged."""

    def __init__(self, address: str) -> None:
        self.kept: list[str] = []
        self._address = f"{address}/in/hook/post"
        self._thread = threading.Thread(target=self._post, daemon=True)
        self._thread.start()

    def _post(self) -> None:
        number = 0
        while True:
            number += 1
            item = {"id": f"n{number}", "text": f"Post {number}", "author": {"name": "Ada"}}
            request = urllib.request.Request(  # noqa: S310 - our own, on loopback
                self._address, json.dumps(item).encode(), {"content-type": "application/json"}
            )
            try:
                urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
            except urllib.error.HTTPError:  # refused aloud: the sender knows
                continue
            except OSError:
                return
            self.kept.append(f"webhook:main:n{number}")

    def ended(self) -> bool:
        return not self._thread.is_alive()


def half_a_request(address: str) -> socket.socket:
    """A request that never comes to its end: a clean stop waits for it."""
    host, _, port = address.rpartition("/")[2].rpartition(":")
    opened = socket.create_connection((host, int(port)))
    opened.sendall(
        b"POST /in/hook/post HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9999\r\n"
        b'content-type: application/json\r\n\r\n{"id":'
    )
    return opened


def refuses(address: str) -> bool:
    host, _, port = address.rpartition("/")[2].rpartition(":")
    try:
        socket.create_connection((host, int(port))).close()
    except ConnectionRefusedError:
        return True
    return False


def posts_in(folder: Path) -> set[str]:
    """What the store holds, once nobody owns it; it must be sound."""
    with closing(sqlite3.connect(folder / "data" / "parvis.sqlite3")) as store:
        assert store.execute("pragma integrity_check").fetchall() == [("ok",)]
        return {key for (key,) in store.execute("select key from post")}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_at_once_and_loses_nothing(
    up: Up, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "event.toml").write_text(EVENT)
    running = up("event.toml", "--data", "data", "--port", "0")
    address = running.ready()
    hook = Hook(address)
    with half_a_request(address):
        until_now(lambda: len(hook.kept) > 20)
        running.process.send_signal(number)
        until_now(lambda: refuses(address))
        assert running.process.poll() is None, "the first signal's stop waits for the request"
        assert running.stop(signal.SIGINT) == 130
    until_now(hook.ended)
    assert "Traceback" not in running.err.read_text()

    assert set(hook.kept) - posts_in(tmp_path) == set()

    again = up("--data", "data", "--port", "0")
    again.ready()
    tell(tmp_path, "last", "And on it goes")
    assert again.stop() == 0
    assert "webhook:main:last" in posts_in(tmp_path)
    assert parvis(tmp_path, "doctor", "--data", "data").returncode == 0


def test_it_serves_on_when_nobody_reads_what_it_says(tmp_path: Path) -> None:
    """`parvis up | head -1`."""
    with (tmp_path / "err.txt").open("wb") as err:
        running = subprocess.Popen(
            [sys.executable, "-m", "parvis", "up", "--data", "data", "--port", "0"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=err,
        )
    assert running.stdout is not None
    running.stdout.close()
    until_now(lambda: is_served(tmp_path / "data"), 30.0)
    running.send_signal(signal.SIGTERM)
    assert running.wait(30) == 0
    assert (tmp_path / "err.txt").read_text() == ""
