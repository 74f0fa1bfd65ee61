"""Pictures come from the store's addresses, for shown posts alone, and are what they look like."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from parvis.core.errors import Later, Refused
from parvis.core.post import Media as PostMedia
from parvis.core.post import Post
from parvis.engine import Engine, Known, Placement
from parvis.flow.publish import card_of
from parvis.plug.http import Http
from parvis.web.media import MAX_BYTES, Media, address, kind_of
from tests.asgi import ask
from tests.posts import NOW_MS, author, post

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
FAR = "https://far.example/a.png"
SUBJECT = post(media=(PostMedia("image", FAR), PostMedia("video", "https://far.example/b.mp4")))


class Store:
    """The three reads that the room makes."""

    def __init__(self, subject: Post, state: str = "approved", shown: bool = True) -> None:
        self.post, self.state, self.shown = subject, state, shown

    async def placements(self, key: str) -> Sequence[Placement]:
        place = Placement("square", key, "hook", self.state, 1, 1, NOW_MS)  # type: ignore[arg-type]
        return [place] if key == self.post.key else []

    async def cards(self, wall: str, keys: Sequence[str]) -> Mapping[str, Any]:
        from parvis.core.post import DisplayPolicy

        return {keys[0]: card_of(self.post, DisplayPolicy(), 0)} if self.shown else {}

    async def known(self, wall: str, keys: Sequence[str]) -> Mapping[str, Known]:
        return {self.post.key: Known(self.post, None)}


class Far:
    """The outside: counts what it is asked."""

    def __init__(self, body: bytes | Exception = PNG) -> None:
        self.body = body
        self.asked: list[str] = []

    async def get(self, url: str, *, max_bytes: int, accept: tuple[str, ...]) -> Any:
        assert max_bytes == MAX_BYTES
        self.asked.append(url)
        await asyncio.sleep(0)
        if isinstance(self.body, Exception):
            raise self.body
        return type("Reply", (), {"body": self.body})()


def browse(store: Store, far: Far) -> ASGIApp:
    media = Media(cast(Engine, store), cast(Http, far))
    return Starlette(routes=[Route("/media/{which}", media.answer)])


async def test_a_shown_picture_is_fetched_once_and_served_as_what_it_is() -> None:
    far = Far()
    client = browse(Store(SUBJECT), far)
    for _ in range(2):
        answer = await ask(client, "/media/0", params={"post": SUBJECT.key})
        assert (answer.status, answer.body) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert far.asked == [FAR]


async def test_of_a_far_film_the_still_picture_is_served_and_the_film_is_not() -> None:
    still = "https://far.example/still.jpg"
    film = PostMedia("video", "https://far.example/b.mp4", poster=still)
    store = Store(subject := post(media=(film,)))
    client = browse(store, far := Far())
    assert (await ask(client, "/media/0p", params={"post": subject.key})).status == 200
    assert (await ask(client, "/media/0", params={"post": subject.key})).status == 404
    assert (await ask(client, "/media/1p", params={"post": subject.key})).status == 404
    assert far.asked == [still]


@pytest.mark.parametrize(
    ("state", "shown"), [("hidden", True), ("withdrawn", True), ("approved", False)]
)
async def test_a_post_that_is_not_on_a_wall_has_no_pictures(state: str, shown: bool) -> None:
    far = Far()
    client = browse(Store(SUBJECT, state, shown), far)
    assert (await ask(client, "/media/0", params={"post": SUBJECT.key})).status == 404
    assert far.asked == []


@pytest.mark.parametrize("which", ["1", "2", "-1", "avatar", "..", "0x0", "٣", "9" * 5000])
async def test_only_the_posts_own_pictures_are_answered(which: str) -> None:
    client = browse(Store(SUBJECT), far := Far())
    assert (await ask(client, f"/media/{which}", params={"post": SUBJECT.key})).status == 404
    assert far.asked == []


@pytest.mark.parametrize(
    "params", [{}, {"post": ""}, {"post": "no:such:post"}, {"url": "https://evil.example/a.png"}]
)
async def test_it_is_no_open_proxy(params: dict[str, str]) -> None:
    client = browse(Store(SUBJECT), far := Far())
    assert (await ask(client, "/media/0", params=params)).status == 404
    assert far.asked == []


@pytest.mark.parametrize("body", [b"<svg onload='x'>", b"<!doctype html>", b"", b"%PDF-1.7"])
async def test_what_is_no_picture_is_not_served(body: bytes) -> None:
    client = browse(Store(SUBJECT), Far(body))
    assert (await ask(client, "/media/0", params={"post": SUBJECT.key})).status == 404


async def test_a_network_in_trouble_is_said_to_be_so() -> None:
    answers = {}
    for error in (Refused("gone"), Later("busy", 7.0)):
        client = browse(Store(SUBJECT), Far(error))
        answers[type(error)] = await ask(client, "/media/0", params={"post": SUBJECT.key})
    assert answers[Refused].status == 404
    assert answers[Later].status == 503
    assert answers[Later].headers["retry-after"] == "7"


def test_kinds_are_told_by_their_first_bytes() -> None:
    assert kind_of(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
    assert kind_of(b"\0\0\0\x1cftypavif") == "image/avif"
    assert kind_of(b"GIF89a") == "image/gif"
    assert kind_of(b"RIFF\0\0\0\0WAVE") == ""


def test_the_avatar_is_the_authors() -> None:
    pictured = post(author=author(avatar="https://far.example/me.png"))
    assert address(pictured, "avatar") == "https://far.example/me.png"
    assert address(post(author=None), "avatar") == ""


@pytest.mark.parametrize("failure", [Refused("It is gone."), Later("It rests.", 600.0)])
async def test_a_picture_that_failed_is_asked_for_again_after_a_minute_only(
    failure: Refused | Later,
) -> None:
    far, now = Far(failure), [0.0]
    media = Media(cast(Engine, Store(SUBJECT)), cast(Http, far), clock=lambda: now[0])
    client = Starlette(routes=[Route("/media/{which}", media.answer)])
    for _ in range(3):
        answer = await ask(client, "/media/0", params={"post": SUBJECT.key})
        assert answer.status == (404 if isinstance(failure, Refused) else 503)
        assert failure.args[0] in answer.body.decode()
    assert far.asked == [FAR]
    far.body, now[0] = PNG, 60.0
    assert (await ask(client, "/media/0", params={"post": SUBJECT.key})).status == 200
    assert far.asked == [FAR, FAR]
