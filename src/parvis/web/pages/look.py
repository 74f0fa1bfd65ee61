"""The style sheet of one wall: its look's colours and shape, and where its first frame stands.

Only colours and numbers that were checked go into it, so that nothing a person wrote is ever CSS.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from parvis.core.contrast import is_colour
from parvis.core.look import Look
from parvis.core.wire import WallFace
from parvis.plug.layout import Plan
from parvis.web.pages.seats import standing


def look_sheet(wall: WallFace, plans: Iterable[Plan], *, reached: bool = True) -> bytes:
    """The whole sheet, UTF-8; `reached`: whether a phone can take part."""
    lines = [*_tokens(wall.look)] if wall.look is not None else []
    fit = standing(plans, wall.theme, reached=reached)
    lines += [line for plan in fit for line in _places(plan)]
    return "\n".join([*lines, ""]).encode()


def look_address(wall: WallFace, sheet: bytes) -> str:
    """Where the page finds the sheet; with its content in the address."""
    return f"/look/{wall.wall}.css?v={mark_of(sheet)}"


def mark_of(sheet: bytes) -> str:
    """Tells one content from another."""
    return hashlib.sha256(sheet).hexdigest()[:16]


def attributes(wall: WallFace) -> dict[str, str]:
    """What the page's root says of the look."""
    look = wall.look
    if look is None:
        return {"data_theme": wall.theme, "data_scheme": wall.scheme}
    return {
        "data_theme": wall.theme,
        "data_scheme": wall.scheme,
        "data_face": look.face,
        "data_motif": look.motif,
        "data_hang": "yes" if look.joint > 0 and look.radius == 0 else "no",
        "data_calm": "yes" if look.calm else "no",
    }


def _tokens(look: Look) -> Iterator[str]:
    colours = {"ground": look.ground, "ink": look.ink, "soft": look.soft}
    for number, (field, ink) in enumerate(zip(look.fields, look.inks, strict=True), 1):
        colours |= {f"f{number}": field, f"o{number}": ink}
    yield ":root {"
    for name, colour in colours.items():
        if is_colour(colour):
            yield f"  --{name}: {colour};"
    yield f"  --k-joint: {float(look.joint):g}; --k-radius: {float(look.radius):g};"
    yield "}"


def _places(plan: Plan) -> Iterator[str]:
    """Percentages of the box, from the side on which reading starts."""
    yield f"@media {_shape(plan)} {{"
    for number, (left, top, width, height, field, _kind) in enumerate(plan.cells, 1):
        cell = f".first > .cell:nth-child({number})"
        side = left / plan.columns
        box = (
            f"top: {top / plan.rows:.4%}; width: {width / plan.columns:.4%};"
            f" height: {height / plan.rows:.4%};"
        )
        colour = f"--f: var(--f{field}); --o: var(--o{field}); --near: var(--f{field % 4 + 1});"
        yield f"  {cell} {{ display: block; left: {side:.4%}; {box} {colour} }}"
        yield f'  [dir="rtl"] {cell} {{ left: auto; right: {side:.4%}; }}'
    yield "}"


def _shape(plan: Plan) -> str:
    least = f"(min-aspect-ratio: {round(plan.least * 100)}/100)"
    most = f"(max-aspect-ratio: {round(plan.below * 100) - 1}/100)"
    kept = [least] if plan.least > 0 else []
    return " and ".join([*kept, most])
