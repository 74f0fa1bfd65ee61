"""What a person kept back of a post, through edits, other decisions and undo."""

from __future__ import annotations

import pytest

from parvis.core.post import Media
from parvis.core.verdict import Decision, State
from parvis.flow.kept import Kept, kept_of, marks_of
from tests.posts import post

PHOTO = Media("image", "https://network.example/photo.jpg?signed=1")
AGAIN = Media("image", "https://network.example/photo.jpg?signed=2", alt="described since")
OTHER = Media("image", "https://network.example/other.jpg")
SHOWN = post(1, media=(PHOTO,))


def said(state: State, bare: bool = False, by: str = "person:mo", code: str = "person") -> Decision:
    marks = marks_of(SHOWN) if bare else ()
    return Decision(state, by, "", 0, code, without_media=bare, kept_back=marks)


BARE = said("approved", bare=True)
WHOLE = said("approved")
EDITED = said("pending", by="rule:edited", code="edited")
BACK = said("pending", code="undo")


@pytest.mark.parametrize(
    ("story", "kept"),
    [
        ((), ""),
        ((WHOLE,), ""),
        ((BARE,), "same"),
        ((BARE, EDITED), "same"),
        ((BARE, EDITED, said("hidden")), "same"),
        ((BARE, WHOLE, EDITED), ""),
        ((BARE, BACK), ""),
        ((BARE, EDITED, WHOLE, BACK), "same"),
        ((BARE, said("hidden"), said("approved", bare=True, code="undo"), BACK), ""),
        ((said("rejected", by="rule:wordlist"), BARE, EDITED), "same"),
        ((said("approved", by="rule:show_first"), EDITED), ""),
    ],
)
def test_the_last_word_of_a_person_counts(story: tuple[Decision, ...], kept: Kept) -> None:
    assert kept_of(story, SHOWN) == kept


def test_an_address_that_was_signed_anew_is_the_same_photo() -> None:
    assert kept_of((BARE, EDITED), post(1, media=(AGAIN,))) == "same"


def test_another_photo_is_told_from_the_one_that_was_kept_back() -> None:
    assert kept_of((BARE, EDITED), post(1, media=(OTHER,))) == "other"
    assert kept_of((BARE, EDITED), post(1, media=(PHOTO, OTHER))) == "other"
    film = Media("video", PHOTO.url)
    assert kept_of((BARE, EDITED), post(1, media=(film,))) == "other"


def test_a_photo_that_left_is_not_asked_about() -> None:
    assert kept_of((BARE, EDITED), post(1)) == ""


def test_what_was_kept_back_without_marks_stays_so() -> None:
    old = Decision("approved", "person:mo", "", 0, without_media=True)
    assert kept_of((old, EDITED), post(1, media=(OTHER,))) == "same"


def test_a_mark_names_nothing() -> None:
    (mark,) = marks_of(SHOWN)
    assert len(mark) == 16 and "photo" not in mark
