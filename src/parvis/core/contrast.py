"""Colours as WCAG 2.2 measures them (success criterion 1.4.3, read 2026-11)."""

from __future__ import annotations

import re

LEAST = 4.5
"""Words of any size reach this ratio on a wall: it is read from far away."""
BLACK, WHITE = "#000000", "#ffffff"
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_TINT = 0.14
"""How much of a field's own hue its ink keeps."""


def is_colour(text: str) -> bool:
    """Whether it is written `#rrggbb`."""
    return _COLOUR.fullmatch(text) is not None


def luminance(colour: str) -> float:
    """From 0 (black) to 1 (white), as the eye weighs it."""
    red, green, blue = (_linear(part) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(colour: str, into: str, share: float) -> str:
    """`share` of `colour`, the rest `into`; both as they are written, not as light adds up."""
    pairs = zip(_parts(colour), _parts(into), strict=True)
    return "#" + "".join(f"{round(one * share + other * (1 - share)):02x}" for one, other in pairs)


def ink_on(field: str) -> str:
    """The ink that can be read best on a field: near black or near white, tinted like the field
    where that still reaches `LEAST`. One of the two always does.
    """
    end = max((BLACK, WHITE), key=lambda ink: ratio(field, ink))
    tinted = mix(field, end, _TINT)
    return tinted if ratio(field, tinted) >= LEAST else end


def soft_on(ground: str, ink: str) -> str:
    """The quietest tone between ink and ground that can be read."""
    for share in (0.68, 0.76, 0.84, 0.92):
        tone = mix(ink, ground, share)
        if ratio(ground, tone) >= LEAST:
            return tone
    return ink


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
