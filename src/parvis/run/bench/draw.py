"""Rows as a picture: plain SVG, one bar per row, no dependency."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from parvis.run.bench.row import Row

LINE = 34
LEFT, WIDTH, RIGHT = 230, 300, 290
INK, BAR, PEER = "#1c2430", "#3f6fb5", "#c9d3df"


def svg(title: str, rows: Sequence[Row]) -> str:
    """The ratio to the peer as a bar where there is one (the peer's own bar behind it), else the
    figure alone.
    """
    height = LINE * (len(rows) + 1) + 16
    whole = LEFT + WIDTH + RIGHT
    largest = max([1.0, *(row.ratio for row in rows if row.ratio is not None)])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {height}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="13" fill="{INK}">',
        f'<text x="8" y="22" font-size="16" font-weight="bold">{escape(title)}</text>',
    ]
    for number, row in enumerate(rows):
        parts += _bar(row, LINE * (number + 1) + 8, largest)
    return "\n".join([*parts, "</svg>", ""])


def _bar(row: Row, top: int, largest: float) -> list[str]:
    parts = [f'<text x="8" y="{top + 19}">{escape(row.name)}</text>']
    after = LEFT
    if row.ratio is not None:
        peer, own = WIDTH / largest, WIDTH * row.ratio / largest
        parts += [
            f'<rect x="{LEFT}" y="{top + 4}" width="{peer:.1f}" height="22" fill="{PEER}"/>',
            f'<rect x="{LEFT}" y="{top + 9}" width="{own:.1f}" height="12" fill="{BAR}"/>',
        ]
        after = LEFT + WIDTH + 10
    return [*parts, f'<text x="{after}" y="{top + 19}">{escape(said(row))}</text>']


def said(row: Row) -> str:
    """What stands beside the bar."""
    if row.value is None:
        return f"absent: {row.absent}"
    if row.ratio is not None:
        return f"{row.ratio:.2f} of {row.against}"
    value = f"{row.value:,.0f}" if abs(row.value) >= 100 else f"{row.value:.3g}"
    return f"{value} {row.unit}" + (f" (wanted {row.wanted})" if row.wanted else "")
