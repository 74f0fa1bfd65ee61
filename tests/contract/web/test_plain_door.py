"""The plain port: it answers the authority, and sends the rest to the public address alone."""

from __future__ import annotations

import pytest

from parvis.web.live.plain_door import PlainDoor
from tests.asgi import ask
from tests.live_listener import plain_app

CHALLENGE = "/.well-known/acme-challenge/"


@pytest.mark.parametrize("moved", [False, True])
async def test_a_challenge_is_answered_whether_or_not_it_moved(moved: bool) -> None:
    door = PlainDoor("https://wall.example.org")
    door.moved = moved
    door.answers["abc"] = "abc.thumb"
    app = door.before(plain_app)
    found = await ask(app, f"{CHALLENGE}abc")
    assert (found.status, found.body) == (200, b"abc.thumb")
    for other in ("", "ab", "abc/", "../abc"):
        assert (await ask(app, f"{CHALLENGE}{other}")).status == 404


async def test_before_it_moved_everything_is_served() -> None:
    found = await ask(PlainDoor("https://wall.example.org").before(plain_app), "/w/square")
    assert (found.status, found.body) == (200, b"/w/square")


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/", "/"),
        ("/w/square", "/w/square"),
        ("//evil.example/x", "//evil.example/x"),
        ("/a\r\nx: y", "/a%0D%0Ax:%20y"),
        ("/w/fête", "/w/f%C3%AAte"),
        ("/50%", "/50%25"),
        ("@evil.example", "/"),
        ("*", "/"),
    ],
)
async def test_afterwards_everybody_is_sent_to_the_public_address(path: str, where: str) -> None:
    door = PlainDoor("https://wall.example.org/")
    door.moved = True
    found = await ask(door.before(plain_app), path)
    assert found.status == 307 and found.body == b""
    assert found.headers["location"] == f"https://wall.example.org{where}"
    assert found.headers["cache-control"] == "no-store"
