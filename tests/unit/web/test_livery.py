"""What the audience's pages wear of a brand: its colours, where words can be read in them."""

from __future__ import annotations

import base64
import re
from typing import get_args

import pytest
from msgspec.structs import replace

from parvis.core.contrast import LEAST, ratio
from parvis.core.look import THEMES, Brand, Motif, look_of
from parvis.core.wire import WallFace
from parvis.web.pages.livery import (
    DARK,
    LIGHT,
    accent_on,
    banner,
    livery_of,
    livery_sheet,
    logo_of,
)

SVG = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()


def face(**brand: object) -> WallFace:
    made = Brand(**brand)  # type: ignore[arg-type]
    return WallFace("hall", "Hall", "en", "masonry", made.theme, made.scheme, look=look_of(made))


def tokens(wall: WallFace) -> list[dict[str, str]]:
    """By day, and by night as far as it differs."""
    day, night, _ = livery_sheet(wall).decode().split("\n")
    return [dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", line)) for line in (day, night)]


BRANDS: list[dict[str, object]] = [{"theme": theme, "scheme": scheme} for theme, scheme in THEMES]
BRANDS += [
    {"fields": (one,)}
    for one in ("#ffc814", "#000000", "#ffffff", "#777777", "#1a33ff", "#00ff00", "#1d1820")
]


@pytest.mark.parametrize("brand", BRANDS, ids=lambda brand: "-".join(map(str, brand.values())))
def test_words_can_be_read_by_day_and_by_night(brand: dict[str, object]) -> None:
    day, night = tokens(face(**brand))
    assert ratio(day["b1"], day["b1-on"]) >= LEAST
    for of, grounds in ((day, LIGHT), (night, DARK)):
        assert ratio(of["plum"], of["plum-on"]) >= LEAST
        assert all(ratio(of["plum"], ground) >= LEAST for ground in grounds)
    assert ratio(day["plum-tint"], "#2a1f28") >= LEAST, "ink on the tint"
    assert ratio(night["plum-tint"], "#f4edf0") >= LEAST


def test_the_accent_is_the_brands_own_wherever_it_can_be() -> None:
    yellow, green, blue = "#ffc814", "#0a7350", "#1a33ff"
    assert accent_on((yellow, green, blue), LIGHT, "#000000") == green
    assert accent_on((yellow, green, blue), DARK, "#ffffff") == yellow
    tone = accent_on((yellow, yellow, yellow), LIGHT, "#000000")
    red, _green, bluish = (int(tone[at : at + 2], 16) for at in (1, 3, 5))
    assert red > bluish, "a dark yellow, not a grey"


def test_two_walls_wear_two_liveries() -> None:
    one, other = face(theme="festival"), face(theme="fashion")
    assert tokens(one)[0]["b1"] == "#ffc814" and tokens(other)[0]["b1"] == "#5d1026"
    assert livery_of(one).sheet != livery_of(other).sheet


def test_no_words_of_a_brand_become_css() -> None:
    look = look_of(Brand())
    fields = ("red;} body {display:none", *look.fields[1:])
    evil = replace(face(), look=replace(look, fields=fields))
    with pytest.raises(ValueError, match="invalid literal"):
        livery_sheet(evil)


@pytest.mark.parametrize("motif", [each for each in get_args(Motif) if each])
def test_each_motif_is_drawn_in_the_walls_colours(motif: str) -> None:
    drawn = str(banner(livery_of(face(motif=motif)), "Åre <b>"))
    assert f'class="motif {motif}"' in drawn, "a letter is not mirrored in Arabic"
    assert drawn.startswith("<svg") and "b2" in drawn and "#" not in drawn
    assert "<b>" not in drawn


def test_a_logo_stands_in_its_place_and_travels_once() -> None:
    wall = face(logo=f"data:image/svg+xml;base64,{SVG}")
    livery = livery_of(wall)
    assert livery.logo.startswith("/look/hall/logo?v=")
    assert str(banner(livery, "Hall")).startswith('<img src="/look/hall/logo?v=')
    assert logo_of(wall) == (base64.b64decode(SVG), "image/svg+xml")
    own = face(logo="/static/mine.png")
    assert livery_of(own).logo == "/static/mine.png" and logo_of(own) is None
    assert logo_of(face()) is None and livery_of(face()).logo == ""
