"""One decision out of many verdicts: the order of the rules, and who outranks whom."""

from __future__ import annotations

from typing import Any

import pytest

from parvis.core.post import Post, Sensitivity
from parvis.core.verdict import Verdict
from parvis.core.wall import Policy
from parvis.flow.moderate import decide, judge, policy_version, why_of
from parvis.plug.check import Around, Check
from tests.posts import NOW_MS, post


def verdict(outcome: str, check: str = "wordlist", code: str = "word") -> Verdict:
    return Verdict(check, "1", outcome, f"{check} says {outcome}.", code)  # type: ignore[arg-type]


def state(subject: Post | None = None, *verdicts: Verdict, **policy: Any) -> str:
    return decide(subject or post(), verdicts, Policy(**policy), NOW_MS).state


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("approve_first", "pending"), ("show_first", "approved"), ("trusted_only", "rejected")],
)
def test_the_mode_decides_when_nothing_speaks_against_it(mode: str, expected: str) -> None:
    assert state(mode=mode) == expected


def test_a_rejecting_check_outranks_trust_and_mode() -> None:
    trusted = ("test:ada@example.org",)
    assert state(None, verdict("reject"), mode="show_first", trusted=trusted) == "rejected"


def test_a_holding_check_outranks_trust() -> None:
    assert state(None, verdict("hold"), trusted=("test:ada@example.org",)) == "pending"


def test_trust_outranks_the_mode() -> None:
    trusted = ("test:ada@example.org",)
    assert state(mode="trusted_only", trusted=trusted) == "approved"
    assert state(mode="approve_first", trusted=trusted) == "approved"


def test_names_are_compared_without_case_and_at_sign() -> None:
    from tests.posts import author

    loud = post(author=author("@ADA@example.org"))
    assert state(loud, mode="show_first", blocked=("test:ada@example.org",)) == "rejected"


def test_a_blocked_author_is_rejected_first() -> None:
    named = ("test:ada@example.org",)
    decision = decide(post(), (), Policy(mode="show_first", trusted=named, blocked=named), NOW_MS)
    assert (decision.state, decision.by) == ("rejected", "rule:blocked")


def test_a_duplicate_is_its_own_state() -> None:
    assert state(None, verdict("hold", "duplicate", "duplicate"), mode="show_first") == "duplicate"


@pytest.mark.parametrize("kind", ["reply", "comment"])
def test_replies_are_shown_only_where_the_policy_says_so(kind: str) -> None:
    subject = post(kind=kind)
    assert state(subject, mode="show_first") == "rejected"
    assert state(subject, mode="show_first", show_replies=True) == "approved"


def test_reposts_are_not_shown() -> None:
    assert state(post(kind="repost"), mode="show_first", show_replies=True) == "rejected"


@pytest.mark.parametrize("sign", [Sensitivity(flag=True), Sensitivity(spoiler="heights")])
def test_a_warning_by_the_author_waits_for_a_person(sign: Sensitivity) -> None:
    subject = post(sensitivity=sign)
    assert state(subject, mode="show_first") == "pending"
    assert state(subject, mode="show_first", show_sensitive=True) == "approved"


def test_no_machine_overrules_a_person() -> None:
    decision = decide(post(), (), Policy(mode="show_first"), NOW_MS, by_person_before=True)
    assert (decision.state, decision.by) == ("pending", "rule:edited")
    rejected = decide(
        post(), (verdict("reject"),), Policy(mode="show_first"), NOW_MS, by_person_before=True
    )
    assert rejected.state == "rejected"


def test_every_decision_says_who_when_why_and_under_which_policy() -> None:
    policy = Policy()
    decision = decide(post(version="7"), (verdict("pass"),), policy, NOW_MS)
    assert decision.by == "rule:approve_first"
    assert decision.why.endswith(".")
    assert decision.at_ms == NOW_MS
    assert decision.policy_version == policy_version(policy)
    assert decision.post_version == "7"
    assert decision.verdicts == (verdict("pass"),)


def test_a_policy_that_says_otherwise_has_another_version() -> None:
    assert policy_version(Policy()) == policy_version(Policy())
    assert policy_version(Policy()) != policy_version(Policy(words=("rain",)))


class Says(Check):
    version = "1"

    def __init__(self, name: str) -> None:
        self.name = name

    def judge(self, post: Post, around: Around) -> Verdict:
        return verdict("pass", self.name)


def test_the_policy_names_the_checks_and_their_order() -> None:
    checks = {name: Says(name) for name in ("flood", "wordlist", "duplicate")}
    around = Around(NOW_MS, Policy(checks=("duplicate", "flood", "unheard_of")))
    assert [v.check for v in judge(post(), around, checks)] == ["duplicate", "flood"]


@pytest.mark.parametrize(
    ("made", "by", "says"),
    [
        ("approved", "person:owner", "Approved by the owner."),
        ("hidden", "person:Ada", "Hidden by Ada."),
        ("pending", "person:", "Set waiting by the owner."),
        ("withdrawn", "source", "Withdrawn by its source."),
        ("withdrawn", "author:x", "Withdrawn by its author."),
        ("rejected", "rule:wordlist", "Rejected by the rule wordlist."),
        ("approved", "rule:show_first", decide(post(), (), Policy("show_first"), 0).why),
        ("withdrawn", "", "Withdrawn by parvis."),
    ],
)
def test_a_decision_without_words_gets_a_sentence(made: str, by: str, says: str) -> None:
    assert why_of(made, by) == says
