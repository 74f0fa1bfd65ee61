from __future__ import annotations

import pytest

from parvis.checks.flood import open_check
from parvis.core.post import Author, Post
from parvis.core.verdict import Verdict
from parvis.core.wall import Flood, Policy
from parvis.plug.check import Around
from parvis.plug.testkit import CheckContract

NOW_MS = 1_790_000_000_000
ADA = Author(key="test::a", handle="ada", name="Ada")


class TestContract(CheckContract):
    folder = __file__


def judge(*ages_s: float, author: Author | None = ADA, flood: Flood | None = None) -> Verdict:
    policy = Policy(flood=flood or Flood(posts=3, within_s=60))
    post = Post("test::1", "test", "hello", NOW_MS, author=author, received_at_ms=NOW_MS)
    before = tuple(round(NOW_MS - age_s * 1000) for age_s in ages_s)
    return open_check().judge(post, Around(NOW_MS + 5_000, policy, before))


@pytest.mark.parametrize(
    ("ages_s", "outcome"),
    [
        ((), "pass"),
        ((1, 2), "pass"),
        ((1, 2, 3), "hold"),
        ((0, 0, 0), "hold"),
        ((1, 2, 59.9), "hold"),
        ((1, 2, 60), "pass"),
        ((1, 2, 3600), "pass"),
        ((1, 2, -1), "pass"),
    ],
)
def test_counts_what_came_within_the_window(ages_s: tuple[float, ...], outcome: str) -> None:
    assert judge(*ages_s).outcome == outcome


def test_says_how_many_and_how_many_are_allowed() -> None:
    told = judge(1, 2, 3)
    assert told.because == "4 of the author's posts within 60 s; 3 are allowed."
    assert (told.check, told.code) == ("flood", "flood")
    assert judge(1).because == "2 of the author's posts within 60 s; 3 are allowed."


def test_no_author_and_no_limit_pass() -> None:
    assert judge(1, 2, 3, author=None).code == "flood.nobody"
    assert judge(1, 2, 3, flood=Flood(posts=0)).code == "flood.off"
    assert judge(1, 2, 3, flood=Flood(posts=1, within_s=0)).code == "flood.off"
