from __future__ import annotations

import secrets

import pytest

from parvis.plug.receipt_word import is_post_id, is_word, key_of, number_of, post_id, word_for


def test_the_store_knows_the_hash_of_a_word_alone() -> None:
    word = secrets.token_urlsafe(18)
    assert is_word(word)
    id_ = post_id(word)
    assert is_post_id(id_) and id_ == post_id(word) != post_id(word + "x")
    assert word not in key_of(id_)
    assert key_of(id_) == f"phone:here:{id_}"


@pytest.mark.parametrize(
    "word", ["", "short", "x" * 21, "x" * 65, "é" * 30, "../" * 10, "a b" * 10]
)
def test_what_can_be_guessed_is_no_word(word: str) -> None:
    assert not is_word(word)


def test_a_page_without_script_gives_one_word_for_one_message() -> None:
    page = secrets.token_urlsafe(18)
    word = word_for(page, b"Hello", b"\xff")
    assert is_word(word)
    assert word_for(page, b"Hello", b"\xff") == word
    others = {
        word_for(page, b"Hello!"),
        word_for(page, b"Hell", b"o\xff"),
        word_for("other", b"Hello", b"\xff"),
    }
    assert len(others | {word}) == 4


def test_a_number_is_short_and_opens_nothing() -> None:
    number = number_of(post_id("w" * 24))
    assert len(number) == 7 and number[3] == "-"
    assert not set(number) & set("01OI")
