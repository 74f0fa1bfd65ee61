"""What the team writes itself, with pictures and films that go through the darkroom."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.pictures import PLACE, mp4, picture, png_that_claims
from tests.street import Street, bearer
from tests.visitors import KIND, Files, form_body

PHOTO = ("photo", "a.jpg", "image/jpeg", picture(size=(3000, 2000), turned=6))


async def write(street: Street, fields: dict[str, str], files: Files, status: int = 200) -> Any:
    headers = {"content-type": KIND, **bearer()}
    body = form_body(fields, files)
    answer = await street.ask(
        "/api/walls/square/posts/write", method="POST", headers=headers, body=body
    )
    assert answer.status == status, answer.body
    return json.loads(answer.body)


async def test_a_photo_of_the_team_is_opened_in_the_darkroom(street: Street) -> None:
    fields = {"text": " Doors open at 8 ", "lang": "en", "act": "a1", "alt": "The door,\nopen"}
    first = await write(street, fields, (PHOTO,))
    assert await write(street, fields, (PHOTO,)) == first, "sent twice it is one post"
    (card,) = await street.cards()
    assert (card["post"], card["text"]) == (first["post"], "Doors open at 8")
    (shown,) = card["media"]
    assert (shown["w"], shown["h"], shown["alt"]) == (1365, 2048, "The door, open")
    served = await street.ask("/media/0", params={"post": card["post"]})
    assert served.status == 200 and PLACE.encode() not in served.body
    assert (await street.post("/api/walls/square/undo", {})).status == 200
    assert (await street.ask("/media/0", params={"post": card["post"]})).status == 404


async def test_a_picture_or_a_film_needs_no_words(street: Street) -> None:
    await write(street, {}, (("film", "v.mp4", "video/mp4", mp4()),))
    (card,) = await street.cards()
    assert [(one["type"], one["mime"]) for one in card["media"]] == [("video", "video/mp4")]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ((("photo", "x.jpg", "image/jpeg", b"<svg onload='x()'></svg>"),), "a page or a document"),
        ((("photo", "b.png", "image/png", png_that_claims(60_000, 60_000)),), "50 million pixels"),
        ((PHOTO,) * 5, "up to 4 pictures, or one film"),
        ((PHOTO, ("film", "v.mp4", "video/mp4", mp4())), "up to 4 pictures, or one film"),
        ((("photo", "", "application/octet-stream", b""),), "has no words; write some"),
    ],
)
async def test_what_cannot_be_shown_is_refused_and_nothing_is_kept(
    street: Street, files: Files, sentence: str
) -> None:
    said = await write(street, {}, files, 422)
    assert sentence in said["detail"]
    assert await street.cards() == []
    assert not [one for one in (street.house.settings.folder / "blobs").rglob("*") if one.is_file()]


async def test_a_form_that_is_none_is_refused(street: Street) -> None:
    said = await write(street, {"text": "x" * 2_001}, (), 422)
    assert "not what this address takes" in said["detail"]
    headers = {"content-type": KIND, **bearer()}
    answer = await street.ask(
        "/api/walls/square/posts/write", method="POST", headers=headers, body=b"nothing"
    )
    assert answer.status == 422 and b"cannot be read" in answer.body
