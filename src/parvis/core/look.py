"""What a brand comes to on a wall: every colour with its ink, the face, the shape. Computed once,
here; pages and screens get the result as data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from parvis.core.contrast import BLACK, LEAST, WHITE, ink_on, is_colour, mix, ratio, soft_on

Theme = Literal["conference", "fashion", "festival"]
Scheme = Literal["light", "dark"]
Face = Literal["", "archivo", "instrument", "bricolage"]
Motif = Literal["", "streams", "letter", "paper"]

FIELDS = 4
WIDEST_JOINT = 4.0
ROUNDEST = 8.0
MOST_LOGO = 96 * 1024
_LOGO = re.compile(
    r"/[A-Za-z0-9_][A-Za-z0-9_./?=%:-]*"
    r"|data:image/(?:png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+=*"
)


class Brand(msgspec.Struct, frozen=True):
    """What somebody chooses; what is left out comes from the theme. Colours are `#rrggbb`, `joint`
    and `radius` hundredths of the screen's short side.
    """

    theme: Theme = "conference"
    scheme: Scheme = "dark"
    ground: str = ""
    ink: str = ""
    fields: tuple[str, ...] = ()
    inks: tuple[str, ...] = ()
    face: Face = ""
    motif: Motif = ""
    joint: float | None = None
    radius: float | None = None
    logo: str = ""
    calm: bool = False


class Look(msgspec.Struct, frozen=True):
    """The computed tokens. Four fields, each with its ink; `soft` is for what stands behind."""

    ground: str
    ink: str
    soft: str
    fields: tuple[str, str, str, str]
    inks: tuple[str, str, str, str]
    face: str
    motif: str
    joint: float
    radius: float
    logo: str = ""
    calm: bool = False


def _look(theme: tuple[str, str, float, float], ground: str, pairs: str) -> Look:
    face, motif, joint, radius = theme
    base, ink, soft = ground.split()
    f1, o1, f2, o2, f3, o3, f4, o4 = pairs.split()
    return Look(base, ink, soft, (f1, f2, f3, f4), (o1, o2, o3, o4), face, motif, joint, radius)


_A = ("archivo", "streams", 0.0, 0.0)
_B = ("instrument", "letter", 1.3, 0.0)
_C = ("bricolage", "paper", 1.5, 3.4)
_C_PAIRS = "#ffc814 #25105c #ff7196 #25105c #0a7350 #ffffff #91d4ff #25105c"
THEMES: dict[tuple[str, str], Look] = {
    ("conference", "light"): _look(
        _A,
        "#ffffff #090b18 #4b5068",
        "#1a33ff #ffffff #ff5631 #0b0912 #bcd3ff #0a1038 #0a0d1f #ffffff",
    ),
    ("conference", "dark"): _look(
        _A,
        "#090b18 #f2f5ff #a9b2d6",
        "#1a33ff #ffffff #ff5631 #0b0912 #bcd3ff #0a1038 #1b2148 #ffffff",
    ),
    ("fashion", "light"): _look(
        _B,
        "#ffffff #24060e #6d4a52",
        "#4d0a1d #fbe3e2 #f1c3c7 #3a0614 #c9d0b8 #1f2a18 #e9452c #200307",
    ),
    ("fashion", "dark"): _look(
        _B,
        "#1b060c #fbe3e2 #d3a5aa",
        "#5d1026 #fbe3e2 #f1c3c7 #3a0614 #c9d0b8 #1f2a18 #e9452c #200307",
    ),
    ("festival", "light"): _look(_C, "#ffffff #25105c #5c4b8a", _C_PAIRS),
    ("festival", "dark"): _look(_C, "#25105c #ffffff #cbbcff", _C_PAIRS),
}


def look_of(brand: Brand) -> Look:
    """The look of a brand that has no faults; a theme that is not known is the first."""
    base = THEMES.get((brand.theme, brand.scheme)) or THEMES["conference", "dark"]
    ground = brand.ground or base.ground
    ink = brand.ink or (ink_on(ground) if brand.ground else base.ink)
    soft = soft_on(ground, ink) if brand.ground or brand.ink else base.soft
    fields, inks = base.fields, base.inks
    if brand.fields:
        fields = _filled(brand.fields)
        given = (*brand.inks, *[""] * FIELDS)
        one, two, three, four = (
            own or ink_on(field) for own, field in zip(given, fields, strict=False)
        )
        inks = (one, two, three, four)
    return Look(
        ground=ground,
        ink=ink,
        soft=soft,
        fields=fields,
        inks=inks,
        face=brand.face or base.face,
        motif=brand.motif or base.motif,
        joint=base.joint if brand.joint is None else brand.joint,
        radius=base.radius if brand.radius is None else brand.radius,
        logo=brand.logo,
        calm=brand.calm,
    )


def faults_of(brand: Brand) -> Iterator[tuple[str, str]]:
    """What is wrong with a brand: which setting, and one sentence."""
    colours = [("ground", brand.ground), ("ink", brand.ink)]
    colours += [("fields", field) for field in brand.fields]
    colours += [("inks", ink) for ink in brand.inks]
    wrong = {name for name, text in colours if text and not is_colour(text)}
    for name, text in colours:
        if text and not is_colour(text):
            yield name, f"{text!r} is no colour; write it as #rrggbb, such as #1a33ff"
    for name, texts in (("fields", brand.fields), ("inks", brand.inks)):
        if len(texts) > FIELDS:
            yield name, f"a wall has up to four {name}; leave {len(texts) - FIELDS} out"
            wrong.add(name)
    if len(set(brand.fields)) < len(brand.fields):
        yield "fields", "two fields are the same, and slabs could not be told apart; change one"
    if len(brand.inks) > len(brand.fields):
        yield "inks", "each ink belongs to the field at the same place; name as many fields"
        wrong.add("inks")
    if not wrong:
        yield from _unreadable(brand)
    for name, value, most in (
        ("joint", brand.joint, WIDEST_JOINT),
        ("radius", brand.radius, ROUNDEST),
    ):
        if value is not None and not 0 <= value <= most:
            yield name, f"{name} is {value:g} hundredths of the short side; choose 0 to {most:g}"
    if brand.logo and (len(brand.logo) > MOST_LOGO or not _LOGO.fullmatch(brand.logo)):
        yield (
            "logo",
            "a logo is a picture of this server (an address from / on) or a data:image address of"
            f" at most {MOST_LOGO // 1024} KB; screens ask nobody else",
        )


def _unreadable(brand: Brand) -> Iterator[tuple[str, str]]:
    look = look_of(brand)
    pairs = [("ink", look.ground, look.ink)]
    pairs += [("inks", *pair) for pair in zip(look.fields, look.inks, strict=True)]
    for name, field, ink in pairs:
        if (found := ratio(field, ink)) < LEAST:
            yield (
                name,
                f"words in {ink} on {field} reach a contrast of {int(found * 10) / 10:g}:1 and"
                f" need {LEAST:g}:1; take {ink_on(field)}, or leave {name} out",
            )


def _filled(given: tuple[str, ...]) -> tuple[str, str, str, str]:
    """The brand's own fields, and tint and shade of the first where there are fewer than four."""
    first = given[0]
    shares = ((WHITE, 0.3), (BLACK, 0.35), (WHITE, 0.6), (BLACK, 0.65), (WHITE, 0.1), (BLACK, 0.1))
    tones = [*given, *(mix(first, end, share) for end, share in shares)]
    one, two, three, four = list(dict.fromkeys(tones))[:FIELDS]
    return one, two, three, four
