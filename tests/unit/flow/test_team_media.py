"""Media of a post for the team: every one at our own address, also before it is on a wall."""

from __future__ import annotations

from parvis.core.post import BLOB, Media
from parvis.flow.publish import team_media
from tests.posts import post

FILE = BLOB + "a" * 64


def test_every_picture_and_film_has_an_address_of_ours() -> None:
    media = (
        Media("image", FILE),
        Media("image", "https://network.example/two.jpg"),
        Media("video", FILE, mime="video/mp4", poster=FILE),
    )
    first, second, film = team_media(post(key="phone:here:1", media=media))
    assert first.url == "/media/0?post=phone%3Ahere%3A1"
    assert second.url == "/media/1?post=phone%3Ahere%3A1"
    assert (film.url, film.poster) == (
        "/media/2?post=phone%3Ahere%3A1",
        "/media/2p?post=phone%3Ahere%3A1",
    )
    assert film.mime == "video/mp4"


def test_of_a_film_that_stays_with_its_network_the_still_picture_is_seen() -> None:
    film = Media("video", "https://network.example/film", poster="https://network.example/p")
    (still,) = team_media(post(media=(film,)))
    assert (still.type, still.url[:9], still.poster) == ("image", "/media/0p", "")


def test_what_only_a_networks_player_shows_is_named_and_has_no_address() -> None:
    (film,) = team_media(post(media=(Media("video", "https://network.example/film"),)))
    assert (film.type, film.url, film.poster) == ("video", "", "")
