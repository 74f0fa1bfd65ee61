"""The data of the demo: whole in every language, ours, and clean where it is meant to be."""

from __future__ import annotations

import itertools
import random
import re
import tomllib
from io import BytesIO

import pytest
from PIL import Image

from parvis.checks.wordlist.lexicon import find_hits, own, published
from parvis.run.demo import EVENT
from parvis.run.demo.cast import HERE, WEIGHTS, Bag, Cast, Said, picture, pictures, tongues
from parvis.web.media import kind_of

SLOT = re.compile(r"\{(\w+)\}")
HOURS = 4
POSTS_AN_HOUR = 400
WALL = tomllib.loads(EVENT)["wall"][0]


def cast(seed: int = 7) -> Cast:
    return Cast(random.Random(seed))


def evening(seed: int, posts: int) -> list[Said]:
    people = cast(seed)
    return [people.photo() if at % 3 == 2 else people.words() for at in range(posts)]


def test_five_languages_have_all_that_the_demo_needs() -> None:
    spoken = tongues()
    assert set(spoken) == set(WEIGHTS) == {"en", "fr", "es", "ar", "ja"}
    for lang, tongue in spoken.items():
        assert len(tongue.people) >= 6 and len(tongue.lines) >= 12, lang
        assert set(tongue.photos) == set(pictures()), f"{lang} says nothing of a picture"
        said = [
            *tongue.lines,
            *tongue.announcements,
            *(x for y in tongue.photos.values() for x in y),
        ]
        asked = {slot for line in said for slot in SLOT.findall(line)}
        assert asked == set(tongue.slots), f"{lang}: a slot is not filled, or not asked for"
        assert SLOT.fullmatch(tongue.again.removeprefix("📍 ")), lang


def test_nobody_has_the_name_of_another() -> None:
    names = [name for tongue in tongues().values() for name, _ in tongue.people]
    assert len(set(names)) == len(names) >= 30


def test_every_picture_is_there_described_and_small() -> None:
    files = {path.stem for path in (HERE / "pictures").iterdir()}
    assert files == set(pictures())
    for name, shown in pictures().items():
        body = picture(name)
        assert Image.open(BytesIO(body)).size == (shown.w, shown.h)
        assert kind_of(body) == "image/jpeg" and len(body) < 130_000
        assert b"Exif" not in body[:2000], "a picture carries no place and no device"
        assert len(shown.alt.split()) >= 4


def test_the_same_dice_give_the_same_evening_and_others_another() -> None:
    assert evening(1, 200) == evening(1, 200)
    assert evening(1, 200) != evening(2, 200)


def test_it_goes_on_for_hours_and_hardly_repeats_itself() -> None:
    said = [one.text for one in evening(3, HOURS * POSTS_AN_HOUR)]
    assert len(set(said)) > 0.9 * len(said)
    for at in range(len(said) - 40):
        window = said[at : at + 40]
        assert len(set(window)) >= len(window) - 4, "the wall would show the same words twice"


def test_a_picture_comes_again_late_and_every_language_speaks() -> None:
    shown = [one for one in evening(5, 600) if one.picture]
    for at in range(len(shown) - 8):
        near = [one.picture for one in shown[at : at + 8]]
        assert len(set(near)) == len(near)
    assert {one.lang for one in shown} == set(WEIGHTS)


def test_only_those_who_are_meant_to_trip_over_the_word_lists() -> None:
    policy = WALL["policy"]
    lexicons = [published(name) for name in policy["wordlists"]]
    lexicons.append(own(tuple(policy["words"]), tuple(policy["allow_words"])))
    known = [lexicon for lexicon in lexicons if lexicon is not None]
    people = cast()
    for one in [*evening(11, 1500), *(people.announcement() for _ in range(60))]:
        assert not find_hits(one.text, known), one.text
        assert not find_hits(one.name, known), one.name
    for shown in pictures().values():
        assert not find_hits(shown.alt, known), shown.alt
    for kind in ("troll", "seller"):
        for _ in range(12):
            assert find_hits(people.trouble(kind).text, known)


def test_a_correction_changes_the_facts_and_not_the_sentence() -> None:
    people = cast()
    slotted = next(said for said in iter(people.words, None) if "{" in said.line)
    corrected = people.corrected(slotted)
    assert corrected.text != slotted.text
    assert (corrected.line, corrected.name) == (slotted.line, slotted.name)
    plain = next(said for said in iter(people.words, None) if "{" not in said.line)
    assert people.corrected(plain).text == plain.text


@pytest.mark.parametrize("size", [1, 2, 5, 12])
def test_a_bag_draws_all_before_any_twice(size: int) -> None:
    bag = Bag(range(size), random.Random(size))
    drawn = [bag.draw() for _ in range(size * 20)]
    for at in range(0, len(drawn), size):
        assert sorted(drawn[at : at + size]) == list(range(size))
    if size > 1:
        assert all(a != b for a, b in itertools.pairwise(drawn))
