"""Which file belongs to which post, on both stores."""

from __future__ import annotations

from parvis.core.post import BLOB, Media
from parvis.engine import Engine, Write
from parvis.engine.change import DisownBlob, ErasePost, OwnBlob, PutPost
from tests.engines import Place, fill
from tests.posts import NOW_MS, post

A, B, C = "a" * 64, "b" * 64, "c" * 64


async def own(engine: Engine, sha256: str, key: str, at_ms: int = NOW_MS) -> None:
    await engine.write(Write((OwnBlob(sha256, key, at_ms),)))


async def test_a_post_has_its_files_and_erasing_it_ends_that(place: Place) -> None:
    engine = await place.open()
    key = (await fill(engine, 1))[0].key
    await own(engine, B, key)
    await own(engine, A, key)
    await own(engine, A, key)
    assert await engine.blobs_of(key) == [A, B]
    await engine.write(Write((ErasePost(key, "hash"),)))
    assert await engine.blobs_of(key) == []
    await engine.close()
    assert A not in place.everything()


async def test_a_file_of_two_posts_is_neithers_alone(engine: Engine) -> None:
    await own(engine, A, "phone:here:1")
    await own(engine, A, "phone:here:2")
    assert await engine.blobs_of("phone:here:1") == []
    await engine.write(Write((DisownBlob(A, "phone:here:2"),)))
    assert await engine.blobs_of("phone:here:1") == [A]
    assert await engine.blobs_of("phone:here:1", "other") == []


async def test_strays_are_files_that_their_post_does_not_show(engine: Engine) -> None:
    shown = post(1, media=(Media("image", BLOB + A, mime="image/jpeg"),))
    await engine.write(Write((PutPost(shown, ""),)))
    await own(engine, A, shown.key, NOW_MS)
    await own(engine, B, shown.key, NOW_MS + 1)
    await own(engine, C, "phone:here:never", NOW_MS + 2)
    stray = await engine.stray_blobs(NOW_MS + 10)
    assert [(each.sha256, each.post) for each in stray] == [(B, shown.key), (C, "phone:here:never")]
    assert [each.sha256 for each in await engine.stray_blobs(NOW_MS + 2)] == [B]
    assert len(await engine.stray_blobs(NOW_MS + 10, 1)) == 1
    assert list(await engine.stray_blobs(NOW_MS + 10, org="other")) == []
    await engine.write(Write(tuple(DisownBlob(e.sha256, e.post) for e in stray)))
    assert list(await engine.stray_blobs(NOW_MS + 10)) == []
