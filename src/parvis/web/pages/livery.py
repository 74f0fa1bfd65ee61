"""The livery: what the audience's pages wear of a wall's brand, on phones by day and by night."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from parvis.core.contrast import BLACK, LEAST, WHITE, ink_on, is_colour, mix, ratio
from parvis.core.look import THEMES, Look
from parvis.core.wire import WallFace
from parvis.web.element import Element, el
from parvis.web.pages.look import mark_of

LIGHT = ("#fbf9f8", "#ffffff", "#f3efee")
DARK = ("#1d1820", "#272029", "#18131b")
"""What the pages' words stand on: sheet, raised and sunken, as in `phone.css`."""
TINT = 0.14
_DATA = re.compile(r"data:(image/(?:png|jpeg|webp|svg\+xml));base64,([A-Za-z0-9+/]+=*)")


@dataclass(frozen=True, slots=True)
class Livery:
    """One wall's. `sheet` is the address of its style sheet, `logo` of its picture ('': none)."""

    sheet: str
    look: Look
    logo: str


def livery_of(wall: WallFace) -> Livery:
    """The wall's livery; addresses change with what they lead to."""
    look = _look(wall)
    sheet = f"/look/{wall.wall}/phone.css?v={mark_of(livery_sheet(wall))}"
    logo = look.logo
    if logo.startswith("data:"):  # one address for all visits, and no page carries it
        logo = f"/look/{wall.wall}/logo?v={mark_of(logo.encode())}"
    return Livery(sheet, look, logo)


def livery_sheet(wall: WallFace) -> bytes:
    """The style sheet. Only colours that were checked go into it."""
    look = _look(wall)
    fields = [f"--b{at}: {field};" for at, field in enumerate(look.fields, 1) if is_colour(field)]
    ink = look.inks[0] if is_colour(look.inks[0]) else ink_on(look.fields[0])
    lines = [
        f":root {{ {' '.join(fields)} --b1-on: {ink}; {_accent(look, LIGHT, BLACK)} }}",
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_accent(look, DARK, WHITE)} }} }}",
        "",
    ]
    return "\n".join(lines).encode()


def logo_of(wall: WallFace) -> tuple[bytes, str] | None:
    """The picture that a brand brings along, and its kind; None where it has none of its own."""
    found = _DATA.fullmatch(_look(wall).logo)
    return (base64.b64decode(found[2] + "=="), found[1]) if found is not None else None


def accent_on(fields: tuple[str, ...], grounds: tuple[str, ...], end: str) -> str:
    """The first of a brand's first three fields in which words can be read on all grounds; else a
    tone of the first, as near to it as can be read.
    """
    able = (each for each in fields[:3] if _least(each, grounds) >= LEAST)
    tones = (mix(fields[0], end, share / 20) for share in range(19, -1, -1))
    readable = (tone for tone in tones if _least(tone, grounds) >= LEAST)
    return next(able, None) or next(readable, end)


def banner(livery: Livery, title: str) -> Element:
    """What stands over the title: the logo, else the brand's motif in its own colours."""
    if livery.logo:
        return el("img", src=livery.logo, alt="", class_="logo")
    shapes = {"paper": _paper, "letter": _letter}.get(livery.look.motif, _streams)(title)
    return el("svg", *shapes, class_=f"motif {livery.look.motif}", viewbox="0 0 390 104",
              preserveaspectratio="xMaxYMax slice", aria_hidden="true")  # fmt: skip


def _look(wall: WallFace) -> Look:
    return wall.look or THEMES["conference", "dark"]


def _accent(look: Look, grounds: tuple[str, ...], end: str) -> str:
    accent = accent_on(look.fields, grounds, end)
    tint = mix(accent, grounds[0], TINT)
    return f"--plum: {accent}; --plum-on: {ink_on(accent)}; --plum-tint: {tint};"


def _least(colour: str, grounds: tuple[str, ...]) -> float:
    return min(ratio(colour, ground) for ground in grounds)


def _streams(title: str) -> list[Element]:
    """Streams that merge in quarter circles."""
    return [
        el("path", d=f"M{x} -20V20A{r} {r} 0 0 0 {x + r} {20 + r}H900", class_=f"line b{field}")
        for x, r, field in ((92, 66, 2), (115, 43, 3), (138, 20, 4))
    ]


def _paper(title: str) -> list[Element]:
    """A sun over water, cut from paper; the front wave is the ground that the title stands on."""
    return [
        el("path", d="M-600 -600H990V104H-600Z", class_="b4"),
        el("circle", cx="150", cy="70", r="46", class_="b2"),
        el("path", d=f"M-600 84{_wave(20)}V140H-600Z", class_="b3"),
        el("path", d=f"M-625 100{_wave(20)}V140H-625Z", class_="b1"),
    ]


def _wave(times: int) -> str:
    return "q25 -20 50 0" + "t50 0" * (2 * times - 1)


def _letter(title: str) -> list[Element]:
    """One letter, larger than its place."""
    return [el("text", title.strip()[:1], x="60", y="150", class_="b2")]
