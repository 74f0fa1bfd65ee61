"""Fields of JSON that may be missing, null or of another type than the documentation says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from parvis.plug.moment import YEAR_2100_MS, iso_ms

Fields = Mapping[str, Any]
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def decode(body: bytes) -> object:
    """The JSON value; raises ValueError for what is none, or is nested too deeply."""
    try:
        return cast(object, msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:  # more patient: takes a byte order mark, bytes that are no UTF-8, and lone surrogates
        patient = json.loads(body.decode("utf-8-sig", "replace"), strict=False)
        again = json.dumps(patient, ensure_ascii=False).encode("utf-8", "ignore")
        return cast(object, msgspec.json.decode(again))
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise ValueError("no JSON that can be read") from error


def text(fields: Fields, name: str) -> str:
    """The text, or ''."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def whole(fields: Fields, name: str) -> int:
    """The number, 0 when it is none or below 0."""
    value = fields.get(name)
    return value if type(value) is int and 0 <= value < 2**53 else 0


def real(fields: Fields, name: str) -> float:
    """The number as it is, 0.0 when it is none."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if abs(value) < 1e9 else 0.0


def table(fields: Fields, name: str) -> Fields:
    """The object, or an empty one."""
    value = fields.get(name)
    return cast(Fields, value) if isinstance(value, dict) else {}


def rows(fields: Fields, name: str) -> Sequence[Fields]:
    """The objects in the list; what is no object is left out."""
    value = fields.get(name)
    if not isinstance(value, list):
        return []
    return [cast(Fields, row) for row in cast(list[object], value) if isinstance(row, dict)]


def ident(fields: Fields, name: str = "id") -> str:
    """The id, a text or a whole number; '' when it is neither."""
    value = fields.get(name)
    if type(value) is int and 0 <= value < 10**30:
        return str(value)
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def moment_ms(fields: Fields, name: str) -> int:
    """The time, 0 when it is none or out of reason."""
    stamp = iso_ms(text(fields, name))
    return stamp if 0 < stamp < YEAR_2100_MS else 0
