"""Fields of doubtful JSON: whatever stands there, the type is the one that was asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.fields import decode, ident, moment_ms, real, rows, table, text, whole

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(anything)
def test_whatever_stands_there_the_type_is_right(value: Any) -> None:
    fields = {"x": value}
    assert isinstance(text(fields, "x"), str)
    assert 0 <= whole(fields, "x") < 2**53
    assert isinstance(real(fields, "x"), float) and abs(real(fields, "x")) < 1e9
    assert isinstance(table(fields, "x"), dict)
    assert all(isinstance(row, dict) for row in rows(fields, "x"))
    assert 0 <= moment_ms(fields, "x") < 4_102_444_800_000
    assert isinstance(ident(fields, "x"), str)


@given(anything.filter(lambda value: "Infinity" not in json.dumps(value)))
def test_json_comes_back_as_it_was(value: Any) -> None:
    assert decode(json.dumps(value).encode()) == value


def test_good_values_are_kept() -> None:
    fields: dict[str, Any] = {"t": "é", "n": 7, "r": -0.5, "o": {"a": 1}, "l": [{"a": 1}, 2]}
    assert (text(fields, "t"), whole(fields, "n"), real(fields, "r")) == ("é", 7, -0.5)
    assert (table(fields, "o"), rows(fields, "l")) == ({"a": 1}, [{"a": 1}])
    assert real(fields, "n") == 7.0


@pytest.mark.parametrize("value", [None, True, -1, 2**53, 1.0, "7", []])
def test_no_whole_number_is_0(value: object) -> None:
    assert whole({"x": value}, "x") == 0 and whole({}, "x") == 0


@pytest.mark.parametrize("value", [None, True, 1e9, -1e9, "1", {}])
def test_no_real_number_is_0(value: object) -> None:
    assert real({"x": value}, "x") == 0.0


@pytest.mark.parametrize(
    ("value", "id_"),
    [
        ("01HZX", "01HZX"),
        (42, "42"),
        ("a_b-c", "a_b-c"),
        ("../x", ""),
        ("x" * 65, ""),
        (-1, ""),
        (True, ""),
        (10**30, ""),
        ("", ""),
    ],
)
def test_an_id_is_a_word_or_a_number(value: object, id_: str) -> None:
    assert ident({"id": value}) == id_


@pytest.mark.parametrize(
    ("value", "at_ms"),
    [
        ("2026-08-02T05:25:00.787Z", 1_785_648_300_787),
        ("2026-08-02T05:25:00.787086+00:00", 1_785_648_300_787),
        ("2026-08-02T07:25:00+02:00", 1_785_648_300_000),
        ("2026-08-02T05:25:00", 1_785_648_300_000),
        ("1969-12-31T23:59:59Z", 0),
        ("9999-12-31T23:59:59Z", 0),
        ("soon", 0),
        ("", 0),
    ],
)
def test_times_are_read_and_those_out_of_reason_are_0(value: str, at_ms: int) -> None:
    assert moment_ms({"at": value}, "at") == at_ms


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        (b'{"a": "x\\ud800y"}', {"a": "xy"}),
        (b'{"a": "line\nbreak"}', {"a": "line\nbreak"}),
    ],
)
def test_json_is_read_with_patience(body: bytes, value: object) -> None:
    assert decode(body) == value


@pytest.mark.parametrize("body", [b"", b"{", b"undefined", b"[" * 100_000, b"<html>"])
def test_what_is_no_json_is_said(body: bytes) -> None:
    with pytest.raises(ValueError, match="no JSON"):
        decode(body)
