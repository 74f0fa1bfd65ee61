"""A poll: one question, two to eight answers, one vote per visitor's page, the last one counts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parvis.core.errors import Refused
from parvis.plug.door import Act, Answer, Choice, Door, Form, Knock
from parvis.plug.format import Format

MAX_QUESTION = 200
MAX_ANSWER = 80
MAX_WHO = 64
MAX_VOTERS = 100_000
"""Pages that may vote in one poll: here a flood of made-up tokens ends."""

VOTE = Door("vote", ("POST",), 4096, "A vote: `answer` (number from 0), `who`; JSON or form.")


def open_format() -> Format:
    """The poll."""
    return Poll()


class Poll(Format):
    """State: `question`, `answers`, `open`, and `votes`, the answer's number by visitor's token."""

    def start(self, settings: dict[str, Any]) -> dict[str, Any]:
        """No votes yet."""
        return {**_asked(settings), "votes": {}}

    def settle(self, state: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
        """Votes stay with the words of their answer; those for an answer that is no more go."""
        asked = _asked(settings)
        place = {answer: at for at, answer in enumerate(asked["answers"])}
        moved = {at: place.get(answer) for at, answer in enumerate(state["answers"])}
        votes = {who: moved[at] for who, at in state["votes"].items() if moved[at] is not None}
        return {**asked, "votes": votes}

    def reduce(self, state: dict[str, Any], acts: Sequence[Act]) -> dict[str, Any]:
        """One vote per token; the last one counts."""
        if not state["open"]:
            return state
        votes = dict(state["votes"])
        for act in acts:
            at = _number(act.data.get("answer", ""), state)
            full = len(votes) >= MAX_VOTERS and act.who not in votes
            if act.action == "vote" and at is not None and act.who and not full:
                votes[act.who] = at
        return {**state, "votes": votes}

    def view(self, state: dict[str, Any]) -> dict[str, Any]:
        """Counts and whole percents that add up to 100."""
        counts = [0] * len(state["answers"])
        for at in state["votes"].values():
            counts[at] += 1
        answers = [
            {"text": text, "count": count, "share": share}
            for text, count, share in zip(state["answers"], counts, shares(counts), strict=True)
        ]
        return {
            "question": state["question"],
            "open": state["open"],
            "votes": sum(counts),
            "answers": answers,
        }

    def holds(self, state: dict[str, Any]) -> str:
        """The votes."""
        number = len(state["votes"])
        return f"{number} vote{'s' * (number != 1)}" if number else ""

    def doors(self) -> tuple[Door, ...]:
        """Where votes come in."""
        return (VOTE,)

    def form(self, state: dict[str, Any]) -> Form | None:
        """One button an answer."""
        if not state["open"]:
            return None
        choices = (Choice("answer", str(at), text) for at, text in enumerate(state["answers"]))
        return Form("vote", state["question"], tuple(choices))

    def answer(self, knock: Knock, state: dict[str, Any]) -> Answer:
        """The vote as an act; a page without script goes back to where it came from."""
        if knock.door != VOTE.name:
            return Answer(status=404, body=b"This poll has one door: vote.")
        if knock.method != "POST":
            return Answer(405, b"Votes come by POST.", headers=(("allow", "POST"),))
        try:
            given, as_form = _read(knock)
            act = _vote(given, state, knock.now_ms)
        except Refused as refused:
            return Answer(status=400, body=str(refused).encode())
        if not state["open"]:
            return Answer(status=409, body=b"Voting is closed: this vote does not count.")
        if _is_full(state, act.who):
            return Answer(status=409, body=b"This poll has all the votes that it can hold.")
        if as_form and (page := _page_of(knock.url)):
            return Answer(status=303, headers=(("location", page),), acts=(act,))
        return Answer(body=b'{"ok":true}', content_type="application/json", acts=(act,))


def shares(counts: list[int]) -> list[int]:
    """Whole percents by largest remainder: they add up to 100, or are all 0 without a vote."""
    total = sum(counts)
    if total == 0:
        return [0] * len(counts)
    parts = [count * 100 // total for count in counts]
    by_rest = sorted(range(len(counts)), key=lambda at: (-(counts[at] * 100 % total), at))
    for at in by_rest[: 100 - sum(parts)]:
        parts[at] += 1
    return parts


def _asked(settings: dict[str, Any]) -> dict[str, Any]:
    question = " ".join(str(settings.get("question", "")).split())
    answers = [" ".join(str(text).split()) for text in settings.get("answers", ())]
    if not question or len(question) > MAX_QUESTION:
        raise Refused(f"poll: the question needs 1 to {MAX_QUESTION} characters; correct it.")
    if not 2 <= len(answers) <= 8:
        raise Refused(f"poll: answers has {len(answers)} lines; give two to eight.")
    for text in answers:
        if not text or len(text) > MAX_ANSWER:
            raise Refused(
                f"poll: each line of answers needs 1 to {MAX_ANSWER} characters, but one has"
                f" {len(text)}; correct it."
            )
    if len(set(answers)) < len(answers):
        raise Refused("poll: answers names the same answer twice; make them different.")
    return {"question": question, "answers": answers, "open": bool(settings.get("open", True))}


def _is_full(state: dict[str, Any], who: str) -> bool:
    return len(state["votes"]) >= MAX_VOTERS and who not in state["votes"]


def _number(given: object, state: dict[str, Any]) -> int | None:
    text = str(given)
    if not (text.isascii() and text.isdigit() and len(text) == 1):
        return None
    at = int(text)
    return at if at < len(state["answers"]) else None


def _read(knock: Knock) -> tuple[dict[str, object], bool]:
    """What was sent, and whether by a form."""
    if "json" in knock.headers.get("content-type", "json"):
        try:
            given = json.loads(knock.body)
        except (ValueError, RecursionError):
            raise Refused('A vote is JSON such as {"answer": "0"}; send that.') from None
        if not isinstance(given, dict):
            raise Refused('A vote is a JSON object such as {"answer": "0"}; send that.')
        return given, False
    try:
        fields = parse_qs(knock.body.decode("utf-8", "replace"), max_num_fields=8)
    except ValueError:
        raise Refused("A vote has the fields answer and who; send no others.") from None
    return {name: values[-1] for name, values in fields.items()}, True


def _vote(given: dict[str, object], state: dict[str, Any], now_ms: int) -> Act:
    at = _number(given.get("answer", ""), state)
    if at is None:
        last = len(state["answers"]) - 1
        raise Refused(f"A vote names an answer of this poll, a number from 0 to {last}.")
    who = given.get("who", "")
    if not isinstance(who, str) or len(who) > MAX_WHO or not who.isprintable():
        raise Refused(f"`who` is a random word of at most {MAX_WHO} characters, or left out.")
    # A page without script has no token to keep: each of its votes stands for itself.
    return Act("vote", who or secrets.token_urlsafe(16), {"answer": str(at)}, now_ms)


def _page_of(url: str) -> str:
    """The phone page whose form this was: /p/{wall} of /p/{wall}/{format}/vote."""
    path = urlsplit(url).path.rsplit("/", 2)[0]
    return path if path.startswith("/p/") and "//" not in path else ""
