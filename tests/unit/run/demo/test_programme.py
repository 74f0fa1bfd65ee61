"""The plan of the demo: what a newcomer sees within a minute, and that it never ends."""

from __future__ import annotations

import itertools
import random

from parvis.run.demo.programme import Turn, read_programme, turns

MINUTE_S = 62


def plan(seed: int, many: int) -> list[Turn]:
    return list(itertools.islice(turns(read_programme(), random.Random(seed)), many))


def test_the_first_minute_shows_everything() -> None:
    opening = read_programme().opening
    assert sum(turn.after_s for turn in opening) < MINUTE_S
    happens = {turn.what for turn in opening}
    assert happens >= {
        "vote", "phone_photo", "phone", "announce", "troll", "machine", "seller", "warned",
        "eager", "applause", "edit", "delete", "pin", "spotlight", "words:ar",
        "photo:ja",
    }  # fmt: skip


def test_before_it_opens_the_room_has_spoken_in_five_languages() -> None:
    before = read_programme().before
    latest = before[-10:]
    assert sum(act.startswith("photo") for act in latest) >= 4, "half of a wall is pictures"
    assert {act.partition(":")[2] for act in latest} >= {"ar", "ja", "fr", "es", "en"}
    assert {"troll", "warned", "seller"} <= set(before), "the queue is not empty"


def test_the_same_dice_give_the_same_plan_without_an_end() -> None:
    assert plan(1, 3000) == plan(1, 3000)
    assert plan(1, 3000) != plan(2, 3000)


def test_it_keeps_a_human_pace() -> None:
    programme = read_programme()
    later = plan(4, 4000)[len(programme.opening) :]
    least, most = programme.pause_s
    assert all(least <= turn.after_s <= most for turn in later)
    acts = [turn.what for turn in later]
    assert {act for scene in programme.scenes for act in scene} <= set(acts)
