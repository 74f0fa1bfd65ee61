"""What the checks say of a post, and what was decided, by whom and why."""

from __future__ import annotations

from typing import Literal

import msgspec

Outcome = Literal["pass", "hold", "reject"]
State = Literal["new", "pending", "approved", "rejected", "hidden", "duplicate", "withdrawn"]
"""new: nobody looked yet · pending: waits for a person · hidden: was shown, a person took it off ·
withdrawn: gone for good.
"""


class Span(msgspec.Struct, frozen=True):
    """A stretch of the post's text, in code points, that made a check speak."""

    start: int
    end: int


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """One check's word on one post. `because` is a plain sentence in English; `code` names it for
    translation.
    """

    check: str
    version: str
    outcome: Outcome
    because: str
    code: str = ""
    score: float = 0.0
    spans: tuple[Span, ...] = ()


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change of state of one post on one wall. `by` is `rule:…`, `person:…`, `source:…` or
    `author:…`; `without_media` lets the words up and keeps pictures and films back;
    `kept_back` has a mark for each of those.
    """

    state: State
    by: str
    why: str
    at_ms: int
    code: str = ""
    policy_version: str = ""
    post_version: str = ""
    verdicts: tuple[Verdict, ...] = ()
    without_media: bool = False
    kept_back: tuple[str, ...] = ()


def is_final(state: State) -> bool:
    """Whether no later decision may follow (what is withdrawn stays withdrawn)."""
    return state == "withdrawn"


def by_person(decision: Decision) -> bool:
    """Whether a person decided: a machine never overrules a person."""
    return decision.by.startswith("person:")
