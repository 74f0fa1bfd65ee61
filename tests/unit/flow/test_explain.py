"""Every line of an explanation was tried with the live rules."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from parvis.core.post import Entity, Post, Sensitivity
from parvis.core.verdict import Decision, Verdict
from parvis.core.wall import Policy
from parvis.flow.explain import Why, explain
from parvis.plug.check import Around, Check
from tests.flow.conftest import CHECKS
from tests.posts import NOW_MS, post

ADA = "test:ada@example.org"
AGAIN = "it would be shown at once."


def why(item: Post, lang: str = "en", around: Any = None, **policy: Any) -> Why:
    asked = Policy(**{"mode": "show_first", **policy})
    more = around or {}
    return explain(item, Around(NOW_MS, asked, **more), CHECKS, None, lang=lang)


def test_the_words_that_weighed_are_named() -> None:
    said = why(post(text="A rude word."))
    assert (said.state, said.rule) == ("rejected", "rule:wordlist")
    assert said.would_pass_if == (f"Without “rude”, {AGAIN}",)
    assert said.verdicts[0].spans[0].start == 2


def test_what_is_shown_needs_nothing() -> None:
    assert why(post()).would_pass_if == ()


def test_a_line_says_what_the_wall_would_really_do() -> None:
    said = why(post(text="A rude word."), mode="approve_first")
    assert said.would_pass_if[0] == (
        "Without “rude”, it would wait for a person like every post here."
    )
    assert said.would_pass_if[1:] == ()
    plain = why(post(), mode="approve_first")
    assert plain.would_pass_if == (
        f"If its author stood on the list of trusted authors, {AGAIN}",
        f"If this wall showed posts at once, {AGAIN}",
    )


@pytest.mark.parametrize(
    ("item", "more", "line"),
    [
        (post(), {"blocked": (ADA,)}, "If its author were not blocked on this wall"),
        (post(kind="reply"), {}, "If this wall showed replies"),
        (
            post(sensitivity=Sensitivity(flag=True)),
            {},
            "If its author had not marked it as sensitive",
        ),
        (
            post(),
            {"around": {"author_posts_ms": (1, 2, 3, 4, 5)}},
            "If its author had written less within 60 s",
        ),
        (
            post(),
            {"around": {"twins": ("test:a:1",)}},
            "If the same words did not stand on this wall already",
        ),
    ],
)
def test_each_rule_has_its_way_out(item: Post, more: dict[str, Any], line: str) -> None:
    assert f"{line}, {AGAIN}" in why(item, **more).would_pass_if


def test_what_needs_two_changes_names_both_and_neither_alone() -> None:
    said = why(post(text="A rude word.", kind="reply"))
    assert said.would_pass_if == (f"Without “rude” and if this wall showed replies, {AGAIN}",)


def test_a_repost_has_no_way_out() -> None:
    assert why(post(kind="repost")).would_pass_if == ()


class Link(Check):
    """Holds a post as long as it names a link, wherever that stands."""

    version = "1"

    def judge(self, post: Post, around: Around) -> Verdict:
        held = any(entity.type == "link" for entity in post.entities)
        return Verdict("link", "1", "hold" if held else "pass", "It has a link.")


def test_a_check_without_words_is_named_itself() -> None:
    item = post(text="Look x.org", entities=(Entity("link", 5, 10, "x.org"),))
    policy = Policy(mode="show_first", checks=("link",))
    said = explain(item, Around(NOW_MS, policy), {"link": Link()}, None)
    assert said.would_pass_if[0] == f"Without the check “link”, {AGAIN}"


def test_every_line_holds_in_french_too() -> None:
    said = why(post(text="A rude word.", kind="reply"), lang="fr-CA")
    assert said.would_pass_if == (
        "Sans « rude » et si ce mur montrait les réponses, il serait montré aussitôt.",
    )


def test_a_persons_decision_is_told_as_theirs_beside_what_the_rules_say_now() -> None:
    item = post(text="A rude word.")
    last = Decision("hidden", "person:mo", "Not tonight.", NOW_MS)
    around = Around(NOW_MS, Policy(mode="show_first"))
    said = explain(item, around, CHECKS, last)
    assert (said.state, said.rule, said.sentence) == ("hidden", "person:mo", "Not tonight.")
    assert (said.now.state, said.now.by) == ("rejected", "rule:wordlist")
    assert said.would_pass_if == (f"Without “rude”, {AGAIN}",)


def test_explaining_changes_nothing() -> None:
    item = post(text="A rude word.")
    before = msgspec.json.encode(item)
    assert why(item) == why(item)
    assert msgspec.json.encode(item) == before
