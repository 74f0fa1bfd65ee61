"""Working with the owner's key alone: the cookie beside it lets pictures be seen, no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from parvis.web.app import entries_of
from parvis.web.auth import Keyring
from parvis.web.glance import GLANCE_MS
from tests.flow.web.test_room import path_of
from tests.pictures import picture
from tests.street import Street, bearer
from tests.studio import Desk, colleague, value

FORM = "multipart/form-data; boundary=x"


async def glance(street: Street) -> Desk:
    """A browser that came with the key: the cookie is all that is left when it asks by itself."""
    answer = await street.ask("/api/me", headers=bearer())
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said and "samesite=strict" in said and "max-age=43200" in said
    return Desk(street, answer.headers["set-cookie"].partition(";")[0])


async def held_photo(street: Street) -> str:
    """A post by the team with a picture, taken off the wall again: nobody else sees it."""
    lines = [
        *(b"--x", b'content-disposition: form-data; name="text"', b"", b"Held back"),
        *(b"--x", b'content-disposition: form-data; name="lang"', b"", b"en"),
        *(b"--x", b'content-disposition: form-data; name="photo"; filename="a.jpg"'),
        *(b"content-type: image/jpeg", b"", picture(size=(40, 30)), b"--x--", b""),
    ]
    answer = await street.ask(
        "/api/walls/square/posts/write",
        method="POST",
        headers={"content-type": FORM, **bearer()},
        body=b"\r\n".join(lines),
    )
    assert answer.status == 200, answer.body
    await street.house.road.idle()
    found = value(await street.get("/api/walls/square/posts", key=True))["items"]
    post = str(found[0]["post"]["key"])
    hidden = {"post": post, "state": "hidden", "why": ""}
    value(await street.post("/api/walls/square/posts/decide", hidden))
    return post


async def test_pictures_of_what_is_held_are_seen_with_the_key_alone(street: Street) -> None:
    post = await held_photo(street)
    assert (await street.get("/media/0", post=post)).status == 404
    browser = await glance(street)
    seen = await browser.get("/media/0", post=post)
    assert (seen.status, seen.headers["content-type"]) == (200, "image/jpeg")
    assert "no-cache" in seen.headers["cache-control"]
    assert (await browser.get("/preview/square", brand="{}")).status == 200


async def test_it_only_looks(street: Street) -> None:
    """No route of the API takes it, and none that changes anything."""
    browser = await glance(street)
    for entry in entries_of(street.house.room):
        path = path_of(entry)
        if entry.who == "anyone" or path.startswith("/preview/"):
            continue
        ask = browser.get(path) if entry.method == "GET" else browser.post(path, {})
        assert (await ask).status == 401, f"{entry.method} {path}"


async def test_it_ends_with_its_evening(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await glance(street)
    glances = street.house.room.guard.glance
    now = street.house.clock()
    monkeypatch.setattr(glances, "_clock", lambda: now + GLANCE_MS - 10_000)
    assert (await browser.get("/preview/square", brand="{}")).status == 200
    monkeypatch.setattr(glances, "_clock", lambda: now + GLANCE_MS + 10_000)
    assert (await browser.get("/preview/square", brand="{}")).status == 401


async def test_another_key_ends_it(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await glance(street)
    glances = street.house.room.guard.glance
    monkeypatch.setattr(glances, "_keyring", Keyring("another key, long enough"))
    assert (await browser.get("/preview/square", brand="{}")).status == 401


def forged(cookie: str) -> Iterator[str]:
    name, _, value_ = cookie.partition("=")
    until, _, seal = value_.partition(".")
    for wrong in (
        *("", ".", until, f"{until}.", f"9{until}.{seal}", f"{until}.{seal[:-1]}"),
        *(f"-{until}.{seal}", f"{until}.\u00e9{seal}", f".{seal}", f"{'9' * 30}.{seal}"),
    ):
        yield f"{name}={wrong}"


async def test_nobody_makes_or_prolongs_one(street: Street) -> None:
    browser = await glance(street)
    good = browser.cookie
    for browser.cookie in forged(good):
        assert (await browser.get("/preview/square", brand="{}")).status == 401, browser.cookie
    browser.cookie = good
    assert (await browser.get("/preview/square", brand="{}")).status == 200


async def test_only_the_key_in_a_header_brings_one(street: Street) -> None:
    """Not a session, which sees pictures by its own cookie."""
    viewer = await colleague(street, "vera", "viewer")
    assert "set-cookie" not in (await viewer.get("/api/me")).headers
    assert "set-cookie" not in (await street.ask("/api/me")).headers


async def test_signing_out_takes_it_away(street: Street) -> None:
    browser = await glance(street)
    sent = {"content-type": "application/json", "cookie": browser.cookie, **bearer()}
    answer = await street.ask("/api/sign-out", method="POST", headers=sent, body=b"{}")
    gone = answer.headers["set-cookie"].lower()
    assert gone.startswith("parvis-glance=") and "max-age=0" in gone


def test_without_a_key_nothing_is_sealed_that_others_could_make() -> None:
    assert Keyring("").sign("x") != Keyring("").sign("x")
    assert Keyring("k" * 20).sign("x") == Keyring("k" * 20).sign("x") != Keyring("k" * 20).sign("y")
