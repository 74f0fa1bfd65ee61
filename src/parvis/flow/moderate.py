"""Moderate: verdicts become one decision, under the wall's policy, with who, when and why. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import msgspec

from parvis.core.post import Post
from parvis.core.verdict import Decision, State, Verdict
from parvis.core.wall import Policy
from parvis.plug.check import Around, Check

_MODES: dict[str, tuple[State, str]] = {
    "approve_first": ("pending", "This wall shows nothing before a person has approved it."),
    "show_first": ("approved", "This wall shows posts at once; nothing spoke against it."),
    "trusted_only": ("rejected", "This wall shows only authors on its list of trusted authors."),
}
_WHYS = {
    **{mode: why for mode, (_, why) in _MODES.items()},
    "blocked": "The author is on this wall's list of blocked authors.",
    "edited": "It was edited after a person had decided on it.",
    "sensitive": "The author marked it as sensitive.",
    "trusted": "The author is on this wall's list of trusted authors.",
}
_DONE: dict[str, str] = {
    "new": "Taken in",
    "pending": "Set waiting",
    "approved": "Approved",
    "bare": "Approved without what it shows",
    "rejected": "Rejected",
    "hidden": "Hidden",
    "duplicate": "Set aside as said before",
    "withdrawn": "Withdrawn",
}


def why_of(state: str, by: str) -> str:
    """A sentence for a decision that has no words of its own: nobody gave any, or they were erased
    with the post.
    """
    kind, _, name = by.partition(":")
    if kind == "rule" and name in _WHYS:
        return _WHYS[name]
    who = {
        "person": "the owner" if name in ("", "owner") else name,
        "rule": f"the rule {name}",
        "source": "its source",
        "author": "its author",
    }
    return f"{_DONE.get(state, state)} by {who.get(kind, by or 'parvis')}."


def policy_version(policy: Policy) -> str:
    """A short hash of everything the policy says."""
    return hashlib.sha256(msgspec.json.encode(policy)).hexdigest()[:12]


def judge(
    post: Post,
    around: Around,
    checks: Mapping[str, Check],
    bug: Callable[[str, Exception], None] = lambda check, error: None,
) -> tuple[Verdict, ...]:
    """The verdict of each check that the policy names, in the policy's order.

    A check that breaks (`bug` hears of it) holds the post: no post goes up unchecked, and none
    keeps those behind it waiting.
    """
    verdicts: list[Verdict] = []
    for name in around.policy.checks:
        if name not in checks:
            continue
        try:
            verdicts.append(checks[name].judge(post, around))
        except Exception as error:  # an extension's fault, which must cost this post alone
            bug(name, error)
            why = f"The check {name} broke on this post; a person has to look at it."
            verdicts.append(Verdict(name, checks[name].version, "hold", why, "broken"))
    return tuple(verdicts)


def decide(
    post: Post,
    verdicts: Sequence[Verdict],
    policy: Policy,
    now_ms: int,
    *,
    by_person_before: bool = False,
    version: str = "",
) -> Decision:
    """The machine's decision: hard rules, then the checks, then the wall's mode.

    `by_person_before`: a person had decided on an earlier version; a machine never overrules a
    person, so it waits for one. `version` is the policy's, where the caller has it at hand.
    """
    state, by, why, code = _first_rule(post, verdicts, policy, by_person_before)
    return Decision(
        state=state,
        by=by,
        why=why,
        code=code,
        at_ms=now_ms,
        policy_version=version or policy_version(policy),
        post_version=post.version,
        verdicts=tuple(verdicts),
    )


def _first_rule(
    post: Post, verdicts: Sequence[Verdict], policy: Policy, by_person_before: bool
) -> tuple[State, str, str, str]:
    handle = name_of(post)
    if handle in policy.blocked:
        return "rejected", "rule:blocked", _WHYS["blocked"], "blocked"
    for verdict in verdicts:
        if verdict.outcome == "reject":
            return "rejected", f"rule:{verdict.check}", verdict.because, verdict.code
    if post.kind == "repost":
        why = "Reposts are not shown: the original stands for itself."
        return "rejected", "rule:kind", why, "repost"
    if post.kind in ("reply", "comment") and not policy.show_replies:
        return "rejected", "rule:kind", "This wall does not show replies.", "reply"
    for verdict in verdicts:
        if verdict.outcome == "hold" and verdict.code == "duplicate":
            return "duplicate", f"rule:{verdict.check}", verdict.because, "duplicate"
    if by_person_before:
        return "pending", "rule:edited", _WHYS["edited"], "edited"
    if (post.sensitivity.flag or post.sensitivity.spoiler) and not policy.show_sensitive:
        return "pending", "rule:sensitive", _WHYS["sensitive"], "sensitive"
    for verdict in verdicts:
        if verdict.outcome == "hold":
            return "pending", f"rule:{verdict.check}", verdict.because, verdict.code
    if handle and handle in policy.trusted:
        return "approved", "rule:trusted", _WHYS["trusted"], "trusted"
    state, why = _MODES[policy.mode]
    return state, f"rule:{policy.mode}", why, policy.mode


def name_of(post: Post) -> str:
    """How a policy names the author: `network:handle`, lower case, without a leading @."""
    if post.author is None:
        return ""
    return f"{post.network}:{post.author.handle.removeprefix('@').lower()}"
