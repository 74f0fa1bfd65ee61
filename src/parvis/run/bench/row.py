"""A measurement as it is printed: one JSON object a line, or one line for people."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One figure. `ratio` is `value` to the peer `against`, measured in the same run.

    `wanted` is what the project asks for; `absent` says why there is no figure, or no peer.
    """

    name: str
    value: float | None
    unit: str
    against: str = ""
    ratio: float | None = None
    wanted: str = ""
    note: str = ""
    absent: str = ""


def line(row: Row) -> str:
    """The row for people."""
    value = "absent" if row.value is None else f"{row.value:,.4g} {row.unit}"
    if row.value is not None and abs(row.value) >= 1000:
        value = f"{row.value:,.0f} {row.unit}"
    ratio = f"{row.ratio:.2f} of {row.against}" if row.ratio is not None else ""
    rest = "; ".join(part for part in (row.wanted and f"wanted {row.wanted}", row.note) if part)
    return f"{row.name:<28} {value:<34} {ratio:<22} {row.absent or rest}".rstrip()


def as_json(row: Row) -> str:
    """The row for programs; what every row has stands in every row."""
    plain = {"name": row.name, "value": row.value, "unit": row.unit}
    return msgspec.json.encode({**plain, **msgspec.to_builtins(row)}).decode()


def median(figures: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(figures)


def percentile(figures: Sequence[float], share: float) -> float:
    """The figure that `share` of them do not exceed."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
