"""Files that a network gives to whoever holds its key, copied to the shelf."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import msgspec
import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import BLOB
from parvis.plug.copied import TRIES, Copied, Copier, Fetch, copied_media
from parvis.plug.darkroom import Darkroom
from parvis.plug.testkit import MemoryShelf, tools
from tests.pictures import PLACE, mp4, picture

POST = "net:host:1"


@pytest.fixture
async def darkroom() -> AsyncIterator[Darkroom]:
    room = Darkroom(1)
    yield room
    await room.close()


def gives(body: bytes | Exception) -> Fetch:
    async def fetch() -> bytes:
        if isinstance(body, Exception):
            raise body
        return body

    return fetch


async def test_a_picture_is_written_anew_under_its_post(darkroom: Darkroom) -> None:
    shelf = MemoryShelf()
    copier = Copier(tools(shelf=shelf, darkroom=darkroom))
    first = await copier.picture(gives(picture()), POST, "a", alt="A field")
    again = await copier.picture(gives(picture()), POST, "a", alt="A field")
    other = await copier.picture(gives(picture()), "net:host:2", "a")
    assert first is not None and other is not None
    assert first == again, "the same file of the same post is the same copy"
    assert first.sha256 != other.sha256, "no two posts share a file, for one may drop it"
    assert PLACE.encode() not in await shelf.blobs.open(first.sha256)
    assert shelf.of == {first.sha256: POST, other.sha256: "net:host:2"}
    assert (first.type, first.w, first.h, first.alt) == ("image", 320, 200, "A field")


async def test_a_film_has_its_still(darkroom: Darkroom) -> None:
    copier = Copier(tools(darkroom=darkroom))
    film = await copier.film(gives(mp4()), POST, "f", poster=gives(picture()))
    assert film is not None and film.type == "video" and film.poster and film.duration_s > 0
    bare = await copier.film(gives(mp4()), POST, "f", poster=gives(b"no picture"))
    assert bare is not None and bare.poster is None and bare.sha256 == film.sha256


async def test_what_cannot_be_had_or_shown_costs_itself_alone_and_is_told_once(
    darkroom: Darkroom, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    copier = Copier(tools(darkroom=darkroom))
    assert await copier.picture(gives(b"<html>"), POST, "a") is None
    assert not caplog.records, "a file that is no picture is its sender's affair"
    for _ in range(2):
        assert await copier.picture(gives(Refused("The key is wrong.")), POST, "a") is None
    assert await copier.picture(gives(picture()), POST, "a") is not None
    assert [each.message for each in caplog.records] == ["media.not_copied", "media.copied_again"]
    assert caplog.records[0].says == "The key is wrong."  # type: ignore[attr-defined]


async def test_trouble_is_tried_again_file_by_file_and_not_for_ever(darkroom: Darkroom) -> None:
    copier = Copier(tools(darkroom=darkroom))
    for _ in range(TRIES - 1):
        with pytest.raises(Later):
            await copier.picture(gives(Later("It is away.")), POST, "a")
    with pytest.raises(Later):
        await copier.picture(gives(Later("It is away.")), POST, "b")
    assert await copier.picture(gives(Later("It is away.")), POST, "a") is None


def test_what_a_raw_carries_is_shown_and_nothing_else() -> None:
    copied = Copied("video", "a" * 64, "video/mp4", 640, 360, 3.5, "b" * 64, "A \u202e quay")
    good = msgspec.to_builtins(copied)
    bad = [
        None,
        {},
        [],
        good | {"sha256": "../../etc"},
        good | {"mime": "text/html"},
        good | {"w": -1},
        good | {"poster": "short"},
        good | {"type": "document"},
    ]
    (media,) = copied_media([*bad, good], sensitive=True)
    assert (media.url, media.poster) == (BLOB + "a" * 64, BLOB + "b" * 64)
    assert (media.type, media.duration_s, media.sensitive) == ("video", 3.5, True)
    assert media.alt == "A quay"
