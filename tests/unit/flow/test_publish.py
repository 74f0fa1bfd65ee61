"""A card is public and minimal, and obeys the network."""

from __future__ import annotations

import msgspec

from parvis.core.event import CardGone, CardShown, Fact, PostSeen
from parvis.core.post import DisplayPolicy, Media, Metric, Provenance
from parvis.flow.publish import bare, card_of, is_erased
from tests.posts import NOW_MS, author, post

PICTURE = Media("image", "https://far.example/a.jpg", alt="A square", w=800, h=600)
FILM = Media("video", "https://far.example/a.mp4")


def test_nothing_but_the_public_form_is_in_it() -> None:
    subject = post(
        author=author(followers=12, opt_outs=("noindex",), avatar="https://far.example/me.png"),
        metrics=(Metric("like", 3),),
        provenance=Provenance("hook", "/secret", "sha"),
        extra={"alias": "x"},
    )
    sent = msgspec.json.encode(card_of(subject, DisplayPolicy(), NOW_MS)).decode()
    for private in ("followers", "noindex", "secret", "alias", "like", "far.example"):
        assert private not in sent
    assert subject.text in sent


def test_a_long_name_leaves_the_words_their_room() -> None:
    long = author(name="W" * 200, handle="h" * 200)
    shown = card_of(post(author=long), DisplayPolicy(), NOW_MS).author
    assert shown is not None
    assert shown.name == "W" * 59 + "…" and shown.handle == "h" * 99 + "…"
    usual = author(name="N" * 60, handle="h" * 100)
    shown = card_of(post(author=usual), DisplayPolicy(), NOW_MS).author
    assert shown is not None and (shown.name, shown.handle) == (usual.name, usual.handle)


def test_media_come_from_our_own_address() -> None:
    card = card_of(post(media=(PICTURE,)), DisplayPolicy(), NOW_MS)
    assert card.media[0].url == "/media/0?post=test%3Aexample.org%3A1"
    assert (card.media[0].alt, card.media[0].w, card.media[0].h) == ("A square", 800, 600)


def test_player_only_media_are_not_pictures() -> None:
    card = card_of(post(media=(PICTURE,)), DisplayPolicy(media="player_only"), NOW_MS)
    assert card.media == ()
    assert card.policy.player_only


def test_a_moving_picture_that_is_a_film_is_no_picture() -> None:
    gifv = Media("gif", "https://far.example/a.mp4", mime="video/mp4")
    assert card_of(post(media=(gifv,)), DisplayPolicy(), NOW_MS).media == ()


def test_a_film_that_stays_with_its_network_shows_its_still_picture() -> None:
    film = msgspec.structs.replace(FILM, poster="https://far.example/a.jpg", w=1080, h=1920)
    for media in (film, msgspec.structs.replace(film, type="gif", mime="video/mp4")):
        (still,) = card_of(post(media=(media,)), DisplayPolicy(), NOW_MS).media
        assert (still.type, still.url[:9], still.poster) == ("image", "/media/0p", "")
        assert (still.w, still.h) == (1080, 1920)
        assert card_of(post(media=(media,)), DisplayPolicy(media="player_only"), NOW_MS).media == ()


def test_a_number_names_the_medium_even_when_one_before_it_is_left_out() -> None:
    card = card_of(post(media=(FILM, PICTURE)), DisplayPolicy(), NOW_MS)
    assert [media.url[:8] for media in card.media] == ["/media/1"]


def test_the_screen_gets_the_networks_demands() -> None:
    policy = DisplayPolicy(must_show=("name", "timestamp", "whole_text"), may_crop=False)
    card = card_of(post(), policy, NOW_MS)
    assert card.policy.must_show == ("name", "timestamp", "whole_text")
    assert not card.policy.may_crop


def test_ids_only_leaves_key_and_address() -> None:
    subject = post(permalink="https://example.org/1", media=(PICTURE,))
    left = bare(card_of(subject, DisplayPolicy(), NOW_MS))
    assert (left.post, left.permalink) == (subject.key, subject.permalink)
    assert (left.text, left.author, left.media, left.entities) == ("", None, (), ())


def test_an_erased_line_of_the_journal_is_recognised() -> None:
    assert is_erased(Fact("w", 1, 0, CardGone("0123abcd")))
    assert not is_erased(Fact("w", 1, 0, CardShown("test:example.org:1")))
    assert not is_erased(Fact("w", 1, 0, PostSeen("0123abcd", "hook")))
