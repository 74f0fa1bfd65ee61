"""Bodies of one item or many: every item is accounted for, and a bad one costs itself alone."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.post import Arrival, Gone, Raw, Unreadable
from parvis.plug.batch import MAX_ITEMS, Bad, Body, each_arrival, joined, sort_items, why_no_json
from parvis.plug.receipt import receipt


class Item(msgspec.Struct, frozen=True):
    id: str


def read(body: Body) -> Item:
    try:
        return msgspec.json.decode(body, type=Item)
    except msgspec.DecodeError as error:
        raise Bad("It is no item.") from error


def told(body: Body) -> Arrival:
    return Gone(f"test::{read(body).id}")


items = st.lists(
    st.one_of(st.builds(lambda id_: {"id": id_}, st.text(max_size=5)), st.integers(), st.none()),
    min_size=1,
    max_size=20,
)


@given(items)
def test_every_item_is_taken_or_left_and_says_so(given: list[object]) -> None:
    batch = sort_items(json.dumps(given).encode(), read)
    good = [number for number, each in enumerate(given) if isinstance(each, dict)]
    assert [each.item for each in batch.receipt.accepted] == good
    assert [each.item for each in batch.receipt.refused] == [
        number for number in range(len(given)) if number not in good
    ]
    assert [each.item.id for each in batch.good] == [each.id for each in batch.receipt.accepted]


@given(items)
def test_what_is_kept_reads_as_what_was_taken(given: list[object]) -> None:
    good = sort_items(json.dumps(given).encode(), read).good
    raw = Raw(body=joined([each.body for each in good]))
    assert list(each_arrival(raw, told)) == [Gone(f"test::{each.item.id}") for each in good]


def test_one_item_needs_no_list() -> None:
    batch = sort_items(b' {"id": "a"}', read)
    assert [each.item.id for each in batch.good] == ["a"]
    assert list(each_arrival(Raw(body=joined([batch.good[0].body])), told)) == [Gone("test::a")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"7", 422),
        (b"[]", 422),
        (b"[" + b"1," * MAX_ITEMS + b"1]", 413),
        (b"[1", 400),
        (b"[" * 5000, 400),
    ],
)
def test_a_body_that_is_wrong_as_a_whole(body: bytes, status: int) -> None:
    with pytest.raises(Bad) as bad:
        sort_items(body, read)
    assert bad.value.status == status


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (RecursionError(), "nested too deeply"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "odd"), "no UTF-8"),
        (msgspec.DecodeError("JSON is malformed: " + "x" * 90), "x" * 80),
    ],
)
def test_why_bytes_are_no_json_is_said_in_a_few_words(error: Exception, why: str) -> None:
    assert why_no_json(error) == why


def test_where_a_kept_item_is_unreadable_is_said() -> None:
    def places(body: bytes) -> list[str]:
        found = each_arrival(Raw(body=body), told)
        return [each.where for each in found if isinstance(each, Unreadable)]

    assert places(b'[{"id": "a"}, 5]') == ["$[1]"]
    assert places(b"5") == ["$"]
    assert places(b"[5") == ["$"]


@pytest.mark.parametrize(
    ("body", "status"), [(b'[{"id": "a"}]', 200), (b'[{"id": "a"}, 5]', 207), (b"[5]", 422)]
)
def test_the_receipt_says_in_its_status_how_much_was_taken(body: bytes, status: int) -> None:
    raws = (Raw(body=b"x"),)
    answer = receipt(sort_items(body, read).receipt, raws)
    assert (answer.status, answer.raws) == (status, raws)
    assert ("cache-control", "no-store") in answer.headers
    assert json.loads(answer.body).keys() == {"accepted", "refused"}
