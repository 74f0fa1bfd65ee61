"""The poll's server half."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.errors import Refused
from parvis.formats.poll import MAX_VOTERS, Poll, shares
from parvis.plug.door import Act, Answer, Knock
from parvis.plug.testkit.contract import FormatContract

SETTINGS: dict[str, Any] = {"question": "Tea or coffee?", "answers": ["Tea", "Coffee", "Water"]}
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
URL = "https://wall.example/p/hall/q1/vote"


class TestPollContract(FormatContract):
    folder = __file__
    settings = SETTINGS


def started(**more: Any) -> dict[str, Any]:
    return Poll().start({**SETTINGS, **more})


def voted(state: dict[str, Any], *votes: tuple[str, str]) -> dict[str, Any]:
    acts = [Act("vote", who, {"answer": answer}, 1) for who, answer in votes]
    return Poll().reduce(state, acts)


def counts(state: dict[str, Any]) -> list[int]:
    return [answer["count"] for answer in Poll().view(state)["answers"]]


def knock(
    body: bytes, headers: dict[str, str] = JSON, state: dict[str, Any] | None = None
) -> Answer:
    return Poll().answer(Knock("vote", "POST", headers, {}, body, 5, URL), state or started())


def test_the_last_vote_of_a_page_counts() -> None:
    state = voted(started(), ("a", "0"), ("b", "1"), ("a", "1"))
    assert counts(state) == [0, 2, 0]


@pytest.mark.parametrize("answer", ["3", "-1", "", "1.0", "٣", "00", "x"])
def test_a_vote_for_no_answer_changes_nothing(answer: str) -> None:
    assert counts(voted(started(), ("a", "0"), ("a", answer))) == [1, 0, 0]


def test_a_closed_poll_keeps_its_result_and_takes_no_vote() -> None:
    state = voted(started(), ("a", "0"))
    closed = Poll().settle(state, {**SETTINGS, "open": False})
    assert counts(voted(closed, ("b", "1"))) == [1, 0, 0]
    assert Poll().view(closed)["open"] is False
    assert Poll().form(closed) is None


def test_changed_answers_keep_their_votes_by_words() -> None:
    state = voted(started(), ("a", "0"), ("b", "1"), ("c", "2"))
    settled = Poll().settle(state, {**SETTINGS, "answers": ["Water", "Juice", "Tea"]})
    assert counts(settled) == [1, 0, 1]
    assert set(settled["votes"]) == {"a", "c"}


def test_a_full_poll_takes_no_new_page_but_lets_one_change_its_mind() -> None:
    state = started()
    state["votes"] = {str(number): 0 for number in range(MAX_VOTERS)}
    assert len(voted(state, ("new", "1"))["votes"]) == MAX_VOTERS
    assert voted(state, ("7", "1"))["votes"]["7"] == 1
    refused = knock(b'{"answer": "1", "who": "new"}', state=state)
    assert refused.status == 409 and not refused.acts


def test_the_view_tells_counts_shares_and_no_token() -> None:
    view = Poll().view(voted(started(), ("secret-token", "1"), ("b", "1"), ("c", "0")))
    assert view == {
        "question": "Tea or coffee?",
        "open": True,
        "votes": 3,
        "answers": [
            {"text": "Tea", "count": 1, "share": 33},
            {"text": "Coffee", "count": 2, "share": 67},
            {"text": "Water", "count": 0, "share": 0},
        ],
    }


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=8))
def test_shares_add_up_and_stay_within_one_of_the_truth(numbers: list[int]) -> None:
    parts = shares(numbers)
    total = sum(numbers)
    assert sum(parts) == (100 if total else 0)
    for number, part in zip(numbers, parts, strict=True):
        assert abs(part - (100 * number / total if total else 0)) < 1


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"question": " "}, "question"),
        ({"question": "x" * 201}, "question"),
        ({"answers": ["one"]}, "answers has 1"),
        ({"answers": [str(number) for number in range(9)]}, "answers has 9"),
        ({"answers": ["a", " "]}, "answers"),
        ({"answers": ["a", "a "]}, "twice"),
        ({"answers": ["a", "b" * 81]}, "81"),
    ],
)
def test_wrong_settings_are_refused_by_name(settings: dict[str, Any], names: str) -> None:
    with pytest.raises(Refused, match=names):
        started(**settings)


def test_a_vote_by_json_becomes_an_act() -> None:
    answer = knock(b'{"answer": "1", "who": "page"}')
    assert answer.status == 200 and json.loads(answer.body) == {"ok": True}
    assert answer.acts == (Act("vote", "page", {"answer": "1"}, 5),)


def test_a_number_in_json_is_understood_too() -> None:
    assert knock(b'{"answer": 1, "who": "page"}').acts[0].data == {"answer": "1"}


def test_a_vote_by_form_goes_back_to_the_page() -> None:
    answer = knock(b"answer=2&who=page", FORM)
    assert answer.status == 303
    assert dict(answer.headers)["location"] == "/p/hall"
    assert answer.acts[0].data == {"answer": "2"}


def test_a_vote_without_a_token_stands_for_itself() -> None:
    first, second = knock(b"answer=2", FORM).acts + knock(b"answer=2", FORM).acts
    assert first.who and second.who and first.who != second.who


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"\xff", b'{"answer": "9"}', b'{"answer": [1]}']
)
def test_what_is_no_vote_is_refused_in_one_sentence(body: bytes) -> None:
    answer = knock(body)
    assert answer.status == 400 and not answer.acts
    assert answer.body.decode().count("\n") == 0 and answer.body.endswith((b".", b"0."))


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"answer": "0", "who": "\\ud800"}', JSON),
        (b'{"answer": "0", "who": "a\\u0000b"}', JSON),
        (b"answer=0&" * 9, FORM),
    ],
    ids=["half a pair", "NUL", "many fields"],
)
def test_what_no_store_holds_is_refused(body: bytes, headers: dict[str, str]) -> None:
    answer = knock(body, headers)
    assert answer.status == 400 and not answer.acts and answer.body.endswith(b".")


def test_a_token_that_is_too_long_is_refused() -> None:
    assert knock(json.dumps({"answer": "0", "who": "x" * 65}).encode()).status == 400


def test_a_vote_on_a_closed_poll_is_told_so() -> None:
    answer = knock(b'{"answer": "0"}', state=started(open=False))
    assert answer.status == 409 and b"closed" in answer.body and not answer.acts


def test_other_doors_and_methods_are_refused() -> None:
    assert Poll().answer(Knock("shout", "POST", {}, {}, b"", 1), started()).status == 404
    assert Poll().answer(Knock("vote", "GET", {}, {}, b"", 1), started()).status == 405


def test_the_form_without_script_has_one_button_an_answer() -> None:
    form = Poll().form(started())
    assert form is not None and form.door == "vote" and form.title == "Tea or coffee?"
    assert [(one.name, one.value, one.label) for one in form.choices] == [
        ("answer", "0", "Tea"),
        ("answer", "1", "Coffee"),
        ("answer", "2", "Water"),
    ]
