"""What msgspec says, taken apart; on what it really says."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from parvis.plug.faulty import read_fault


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    size: int


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    inner: list[Inner] = []
    table: dict[str, int] = {}


@pytest.mark.parametrize(
    ("value", "kind", "place"),
    [
        ({}, "missing", "name"),
        ({"name": "a", "inner": [{}]}, "missing", "inner[0].size"),
        ({"name": "a", "more": 1}, "unknown", "more"),
        ({"name": "a", "inner": [{"size": 1, "more": 1}]}, "unknown", "inner[0].more"),
        ({"name": 5}, "wrong", "name"),
        ({"name": "a", "inner": [{"size": "x"}]}, "wrong", "inner[0].size"),
        ({"name": "a", "table": {"k": "x"}}, "wrong", "table[...]"),
        (5, "wrong", ""),
    ],
)
def test_kind_and_place_are_found(value: Any, kind: str, place: str) -> None:
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert(value, Outer)
    fault = read_fault(str(error.value))
    assert (fault.kind, fault.place) == (kind, place)
    assert fault.says.startswith("expected") if kind == "wrong" else fault.says == ""


def test_a_key_has_no_path_but_a_name() -> None:
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.convert({"x": 1}, dict[int, int], strict=True)
    assert read_fault(str(error.value)).kind == "wrong"
    assert read_fault("Expected `int` - at the key").of == "key"


def test_what_is_in_no_known_form_is_kept() -> None:
    assert read_fault("It broke") == ("wrong", "", "it broke", "")
