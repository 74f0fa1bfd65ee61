"""Explain: why a post has its state, and what would change it, computed anew by the rules. Pure."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

import msgspec

from parvis.core.post import Post, Sensitivity
from parvis.core.verdict import Decision, State, Verdict
from parvis.core.wall import Policy
from parvis.flow.moderate import decide, judge, name_of
from parvis.plug.check import Around, Check

TOGETHER = 3
"""So many things at once may have to change; what needs more is not worth a line."""
TRIES = 100

Case = tuple[Post, Around]
Checks = Mapping[str, Check]


class Why(msgspec.Struct, frozen=True):
    """Why a post is where it is. `state`, `rule` and `sentence` are of the last decision, `now` is
    what the rules would decide today; each line of `would_pass_if` was tried with them.
    """

    state: State
    rule: str
    sentence: str
    verdicts: tuple[Verdict, ...]
    now: Decision
    would_pass_if: tuple[str, ...]


class Change(msgspec.Struct, frozen=True):
    """One thing that could be otherwise: how it is said, and the case with it."""

    code: str
    make: Callable[[Case], Case]
    words: str = ""


def explain(
    post: Post,
    around: Around,
    checks: Checks,
    last: Decision | None,
    *,
    by_person_before: bool = False,
    lang: str = "en",
) -> Why:
    """The explanation; what the rules say now never counts a person's word against the post."""
    now = _decided((post, around), checks)
    said = last if last is not None else now
    lines = would_pass(post, around, checks, now, lang) if said.state != "approved" else ()
    return Why(said.state, said.by, said.why, now.verdicts, now, lines)


def would_pass(
    post: Post, around: Around, checks: Checks, now: Decision, lang: str
) -> tuple[str, ...]:
    """What would let it pass, the fewest changes first; nothing that was not tried."""
    say = WORDS["fr" if lang.startswith("fr") else "en"]
    changes = list(_changes(post, around, now))
    found: list[tuple[Change, ...]] = []
    lines: list[str] = []
    for tried, chosen in enumerate(_subsets(changes)):
        if tried == TRIES:
            break
        if any(set(shorter) <= set(chosen) for shorter in found):
            continue
        case = (post, around)
        for change in chosen:
            case = change.make(case)
        then = _decided(case, checks)
        if _passes(then, now):
            found.append(chosen)
            conditions = say["and"].join(say[c.code].format(c.words) for c in chosen)
            lines.append(say[then.state].format(conditions[:1].upper() + conditions[1:]))
    return tuple(lines)


def _subsets(changes: Sequence[Change]) -> Iterator[tuple[Change, ...]]:
    for many in range(1, TOGETHER + 1):
        yield from combinations(changes, many)


def _decided(case: Case, checks: Checks) -> Decision:
    post, around = case
    return decide(post, judge(post, around, checks), around.policy, around.now_ms)


def _passes(then: Decision, now: Decision) -> bool:
    """Shown at once, or no longer held by anything but the wall's own mode."""
    mode = "rule:approve_first"
    return then.state == "approved" or (then.by == mode and now.by != mode)


def _changes(post: Post, around: Around, now: Decision) -> Iterator[Change]:
    policy, name = around.policy, name_of(post)
    for verdict in now.verdicts:
        if verdict.outcome != "pass":
            yield _other_words(post, verdict) or _other_surroundings(verdict, policy)
    if name in policy.blocked:
        others = tuple(other for other in policy.blocked if other != name)
        yield Change("blocked", _with(blocked=others))
    if post.kind in ("reply", "comment") and not policy.show_replies:
        yield Change("replies", _with(show_replies=True))
    if (post.sensitivity.flag or post.sensitivity.spoiler) and not policy.show_sensitive:
        yield Change(
            "sensitive",
            lambda case: (msgspec.structs.replace(case[0], sensitivity=Sensitivity()), case[1]),
        )
    if name and name not in policy.trusted:
        yield Change("trusted", _with(trusted=(*policy.trusted, name)))
    if policy.mode != "show_first":
        yield Change("mode", _with(mode="show_first"))


def _other_words(post: Post, verdict: Verdict) -> Change | None:
    """The post without the words that made this check speak."""
    if not verdict.spans:
        return None
    spans = verdict.spans

    def make(case: Case) -> Case:
        text, entities = case[0].text, case[0].entities
        for span in spans:  # blanks keep every other place in the text where it was
            text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
            entities = tuple(e for e in entities if e.end <= span.start or e.start >= span.end)
        return msgspec.structs.replace(case[0], text=text, entities=entities), case[1]

    words = dict.fromkeys(post.text[span.start : span.end] for span in spans)
    return Change("words", make, ", ".join(words))


def _other_surroundings(verdict: Verdict, policy: Policy) -> Change:
    if verdict.check == "flood":
        return Change("flood", _around(author_posts_ms=()), str(policy.flood.within_s))
    if verdict.code == "duplicate":
        return Change("duplicate", _around(twins=()))

    def make(case: Case) -> Case:
        rest = tuple(name for name in case[1].policy.checks if name != verdict.check)
        return _with(checks=rest)(case)

    return Change("check", make, verdict.check)


def _with(**fields: object) -> Callable[[Case], Case]:
    def make(case: Case) -> Case:
        policy = msgspec.structs.replace(case[1].policy, **fields)
        return case[0], msgspec.structs.replace(case[1], policy=policy)

    return make


def _around(**fields: object) -> Callable[[Case], Case]:
    return lambda case: (case[0], msgspec.structs.replace(case[1], **fields))


WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "and": " and ",
        "words": "without “{}”",
        "flood": "if its author had written less within {} s",
        "duplicate": "if the same words did not stand on this wall already",
        "check": "without the check “{}”",
        "blocked": "if its author were not blocked on this wall",
        "replies": "if this wall showed replies",
        "sensitive": "if its author had not marked it as sensitive",
        "trusted": "if its author stood on the list of trusted authors",
        "mode": "if this wall showed posts at once",
        "approved": "{}, it would be shown at once.",
        "pending": "{}, it would wait for a person like every post here.",
    },
    "fr": {
        "and": " et ",
        "words": "sans « {} »",
        "flood": "si son auteur avait moins écrit en {} s",
        "duplicate": "si les mêmes mots n’étaient pas déjà sur ce mur",
        "check": "sans la règle « {} »",
        "blocked": "si son auteur n’était pas bloqué sur ce mur",
        "replies": "si ce mur montrait les réponses",
        "sensitive": "si son auteur ne l’avait pas marqué comme sensible",
        "trusted": "si son auteur était sur la liste des auteurs de confiance",
        "mode": "si ce mur montrait les messages aussitôt",
        "approved": "{}, il serait montré aussitôt.",
        "pending": "{}, il attendrait une relecture comme tous les messages d’ici.",
    },
}
