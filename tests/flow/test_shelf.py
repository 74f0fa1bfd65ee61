"""Files of posts: gone with the post, at once; left behind by nothing, whatever crashes."""

from __future__ import annotations

import pytest

from parvis.core.errors import Refused
from parvis.core.post import BLOB, Media, Post
from parvis.engine import Write
from parvis.engine.change import OwnBlob
from parvis.flow.shelf import STRAY_AFTER_MS, PostShelf
from parvis.flow.withdraw import ERASE_AFTER_MS
from tests.flow.conftest import Venue
from tests.posts import post


async def shelved(venue: Venue, *bodies: bytes, number: int = 1) -> Post:
    shelf = PostShelf(venue.engine, venue.clock)
    key = post(number).key
    files = [await shelf.keep(body, "image/jpeg", key) for body in bodies]
    media = tuple(Media("image", BLOB + sha256, mime="image/jpeg") for sha256 in files)
    shown = post(number, media=media)
    await venue.receive(shown)
    return shown


def names(shown: Post) -> list[str]:
    return [media.url.removeprefix(BLOB) for media in shown.media]


async def is_there(venue: Venue, sha256: str) -> bool:
    try:
        await venue.engine.blobs.open(sha256)
    except Refused:
        return False
    return True


async def test_a_withdrawn_posts_files_are_gone_at_once(venue: Venue) -> None:
    shown, other = await shelved(venue, b"one", b"two"), await shelved(venue, b"three", number=2)
    assert [await is_there(venue, each) for each in names(shown)] == [True, True]
    await venue.road.withdraw(shown.key, by="author:phone", why="taken back")
    assert [await is_there(venue, each) for each in names(shown)] == [False, False]
    assert await is_there(venue, *names(other))
    venue.clock.now_ms += ERASE_AFTER_MS
    await venue.road.erase_due()
    assert await venue.engine.blobs_of(shown.key) == []


async def test_a_crash_after_the_withdrawal_leaves_no_file(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await shelved(venue, b"one")

    async def crash(*_: object) -> int:
        raise OSError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(venue.road.shelf, "clear", crash)
        with pytest.raises(OSError, match="killed"):
            await venue.road.withdraw(shown.key, by="author:phone", why="taken back")
    assert await is_there(venue, *names(shown))
    venue.clock.now_ms += ERASE_AFTER_MS
    await venue.road.erase_due()
    assert not await is_there(venue, *names(shown))


async def test_a_file_whose_post_never_came_is_swept(venue: Venue) -> None:
    shelf = venue.road.shelf
    lost = await shelf.keep(b"lost", "image/jpeg", "phone:here:never")
    shown = await shelved(venue, b"shown")
    await venue.engine.write(Write((OwnBlob("f" * 64, "phone:here:unwritten", venue.clock()),)))
    assert await shelf.sweep() == 0, "it may still be on its way"
    venue.clock.now_ms += STRAY_AFTER_MS + 1
    assert await shelf.sweep() == 2
    assert not await is_there(venue, lost)
    assert await is_there(venue, *names(shown))
    assert await shelf.sweep() == 0


async def test_what_an_edit_leaves_out_goes(venue: Venue) -> None:
    shown = await shelved(venue, b"kept", b"left out")
    kept, left = names(shown)
    await venue.receive(post(1, media=shown.media[:1], version="2"))
    assert await venue.road.shelf.trim(shown.key, "square") == 1
    assert await is_there(venue, kept)
    assert not await is_there(venue, left)
    assert await venue.engine.blobs_of(shown.key) == [kept]
