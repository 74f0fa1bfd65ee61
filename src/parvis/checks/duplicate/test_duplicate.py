from __future__ import annotations

from parvis.checks.duplicate import open_check
from parvis.core.post import Post
from parvis.core.verdict import Verdict
from parvis.core.wall import Policy
from parvis.plug.check import Around
from parvis.plug.testkit import CheckContract


class TestContract(CheckContract):
    folder = __file__


def judge(*twins: str) -> Verdict:
    post = Post("test::2", "test", "hello", 1)
    return open_check().judge(post, Around(2, Policy(), twins=twins))


def test_a_twin_is_held_and_named() -> None:
    verdict = judge("mastodon:example.org:1", "x::9")
    assert (verdict.outcome, verdict.code) == ("hold", "duplicate")
    assert verdict.because == (
        "An earlier post on this wall has the same words and media: mastodon:example.org:1."
    )


def test_without_a_twin_it_passes_and_says_so() -> None:
    verdict = judge()
    assert verdict.outcome == "pass"
    assert verdict.because == "No earlier post on this wall has the same words and media."


def test_a_post_is_no_twin_of_itself() -> None:
    assert judge("test::2").outcome == "pass"
