"""Where a phone reaches the server, and the code that leads it there."""

from __future__ import annotations

import re
import socket
import xml.etree.ElementTree as ElementTree

import pytest

from parvis.web.reach import LONGEST, Reach, is_here, qr_svg


@pytest.mark.parametrize(
    ("public", "listening", "join"),
    [
        ("https://wall.example.org/", "http://127.0.0.1:8400", "https://wall.example.org/p/hall"),
        ("", "http://192.0.2.7:8400", "http://192.0.2.7:8400/p/hall"),
        ("", "http://127.0.0.1:8400", ""),
        ("", "http://[::1]:8400", ""),
        ("", "http://localhost:8400", ""),
        ("", "", ""),
    ],
)
def test_the_address_that_a_phone_opens(public: str, listening: str, join: str) -> None:
    reach = Reach(public)
    if listening:
        reach.serving(listening)
    assert reach.join("hall") == join


def test_listening_everywhere_is_reached_at_this_machines_own_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Probe:
        def __init__(self, *_: object) -> None: ...
        def __enter__(self) -> Probe:
            return self

        def __exit__(self, *_: object) -> None: ...
        def connect(self, _: object) -> None: ...
        def getsockname(self) -> tuple[str, int]:
            return ("10.0.0.9", 1)

    monkeypatch.setattr(socket, "socket", Probe)
    reach = Reach()
    reach.serving("http://0.0.0.0:8400")
    assert reach.join("hall") == "http://10.0.0.9:8400/p/hall"


def test_a_machine_without_a_network_shows_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    reach = Reach()
    reach.serving("http://0.0.0.0:8400")
    assert reach.join("hall") == ""


def test_only_loopback_is_here() -> None:
    assert is_here("127.8.8.8") and is_here("::1") and is_here("wall.localhost")
    assert not is_here("10.0.0.9") and not is_here("wall.example.org")


def test_the_code_is_a_drawing_with_its_quiet_zone() -> None:
    svg = qr_svg("https://wall.example.org/p/hall")
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    side = int(root.attrib["viewBox"].split()[2])
    paths = {path.attrib.get("stroke") or path.attrib.get("fill"): path for path in root}
    dark = paths["#000"].attrib["d"]
    first = re.match(r"M(\d+) (\d+(?:\.\d+)?)", dark)
    assert first is not None and (float(first[1]), float(first[2])) >= (4, 4)
    assert side > 21 + 8
    assert b"href" not in svg and b"script" not in svg
    assert len(qr_svg("x" * 10 * LONGEST)) < 100_000
