"""Keyed hashes and fingerprints."""

from __future__ import annotations

from parvis.core.post import Entity, Media
from parvis.flow.identity import fingerprint, hash_key
from tests.posts import post

WORDS = "We are on the square and the band is about to play"


def test_a_hash_depends_on_the_installation() -> None:
    assert hash_key(b"one", "a:b:c") == hash_key(b"one", "a:b:c")
    assert hash_key(b"one", "a:b:c") != hash_key(b"two", "a:b:c")
    assert ":" not in hash_key(b"one", "a:b:c")


def test_case_space_punctuation_and_width_do_not_matter() -> None:
    wide = WORDS.replace("band", "".join(chr(ord(char) + 0xFEE0) for char in "band"))
    prints = {fingerprint(post(text=text)) for text in (WORDS, WORDS.upper(), f"  {WORDS}!!", wide)}
    assert len(prints) == 1
    assert prints != {""}


def test_links_do_not_matter() -> None:
    link = "https://short.example/a"
    text = f"{WORDS} {link}"
    entity = Entity("link", len(WORDS) + 1, len(text), link, href=link)
    assert fingerprint(post(text=text, entities=(entity,))) == fingerprint(post(text=WORDS))


def test_other_words_or_media_differ() -> None:
    picture = Media("image", "https://example.org/a.jpg")
    assert fingerprint(post(text=WORDS)) != fingerprint(post(text=WORDS + " again"))
    assert fingerprint(post(text=WORDS)) != fingerprint(post(text=WORDS, media=(picture,)))


def test_few_words_without_media_say_nothing() -> None:
    picture = Media("image", "https://example.org/a.jpg")
    assert fingerprint(post(text="Bravo!")) == ""
    assert fingerprint(post(text="Bravo!", media=(picture,))) != ""
    assert fingerprint(post(text="🎉🎉🎉", media=(picture,))) == ""
