"""Rows as a picture: plain SVG, one bar per row, no dependency."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from parvis.run.bench.row import Row

LINE = 34
LEFT, WIDTH, RIGHT = 230, 300, 330
PAPER, INK, BAR, PEER, MARK = "#ffffff", "#1c2430", "#3f6fb5", "#d5dde7", "#c2410c"


def svg(title: str, rows: Sequence[Row]) -> str:
    """One row a line, each on its own scale: behind it the peer, or the most that is wanted, and
    a stroke where the ratio that is wanted lies.
    """
    height = LINE * (len(rows) + 1) + 16
    whole = LEFT + WIDTH + RIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {height}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="13" fill="{INK}">',
        f'<rect width="{whole}" height="{height}" fill="{PAPER}"/>',
        f'<text x="8" y="22" font-size="16" font-weight="bold">{escape(title)}</text>',
    ]
    for number, row in enumerate(rows):
        parts += _line(row, LINE * (number + 1) + 8)
    return "\n".join([*parts, "</svg>", ""])


def _line(row: Row, top: int) -> list[str]:
    parts = [f'<text x="8" y="{top + 19}">{escape(row.name)}</text>']
    parts += _bars(row, top)
    after = LEFT + WIDTH + 10 if len(parts) > 1 else LEFT
    return [*parts, f'<text x="{after}" y="{top + 19}">{escape(said(row))}</text>']


def _bars(row: Row, top: int) -> list[str]:
    sign, limit = _wanted(row)
    if row.ratio is not None:
        whole = max(1.0, row.ratio, limit)
        bars = [_bar(top + 4, 22, 1 / whole, PEER), _bar(top + 9, 12, row.ratio / whole, BAR)]
        if limit:
            bars.append(_stroke(top, limit / whole))
        return bars
    if row.value is None or not limit or sign not in "≤≥":
        return []
    whole = max(limit, row.value)
    return [_bar(top + 4, 22, limit / whole, PEER), _bar(top + 9, 12, row.value / whole, BAR)]


def _bar(y: int, height: int, share: float, fill: str) -> str:
    width = f"{WIDTH * share:.1f}"
    return f'<rect x="{LEFT}" y="{y}" width="{width}" height="{height}" fill="{fill}"/>'


def _stroke(top: int, share: float) -> str:
    x = f"{LEFT + WIDTH * share - 1:.1f}"
    return f'<rect x="{x}" y="{top + 2}" width="2" height="26" fill="{MARK}"/>'


def _wanted(row: Row) -> tuple[str, float]:
    """The sign and the number of what is wanted; ("", 0) where nothing is."""
    found = re.fullmatch(r"([≤≥]) ?([\d.]+).*", row.wanted)
    return (found[1], float(found[2])) if found else ("", 0.0)


def said(row: Row) -> str:
    """What stands beside the bar."""
    if row.value is None:
        return f"absent: {row.absent}"
    wanted = f" (wanted {row.wanted})" if row.wanted else ""
    if row.ratio is not None:
        return f"{row.ratio:.2f} of {row.against}{wanted}"
    value = f"{row.value:,.0f}" if abs(row.value) >= 100 else f"{row.value:.3g}"
    return f"{value} {row.unit}{wanted}"
