"""Every colour with an ink that can be read, whatever a brand asks for."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.contrast import LEAST, ink_on, is_colour, luminance, mix, ratio, soft_on
from parvis.core.look import THEMES, Brand, faults_of, look_of

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def says(brand: Brand) -> dict[str, str]:
    return dict(faults_of(brand))


def test_the_ratio_is_the_one_of_wcag() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)
    assert ratio("#777777", "#777777") == 1
    assert luminance("#ff0000") == pytest.approx(0.2126)


@given(COLOURS)
def test_every_field_has_an_ink_that_can_be_read(field: str) -> None:
    assert ratio(field, ink_on(field)) >= LEAST
    assert ratio(field, soft_on(field, ink_on(field))) >= LEAST


@pytest.mark.parametrize("theme", THEMES, ids="-".join)
def test_the_books_themes_can_be_read(theme: tuple[str, str]) -> None:
    look = THEMES[theme]
    assert all(ratio(*pair) >= LEAST for pair in zip(look.fields, look.inks, strict=True))
    assert ratio(look.ground, look.ink) >= LEAST <= ratio(look.ground, look.soft)
    assert len(set(look.fields)) == 4
    named = msgspec.convert({"theme": theme[0], "scheme": theme[1]}, Brand)
    assert look_of(named) == look
    assert says(named) == {}


@given(st.lists(COLOURS, min_size=1, max_size=4, unique=True), COLOURS)
def test_any_fields_make_four_that_differ_and_can_be_read(fields: list[str], ground: str) -> None:
    brand = Brand(fields=tuple(fields), ground=ground)
    assert says(brand) == {}
    look = look_of(brand)
    assert look.fields[: len(fields)] == tuple(fields)
    assert len(set(look.fields)) == 4 and all(map(is_colour, look.fields))
    assert all(ratio(*pair) >= LEAST for pair in zip(look.fields, look.inks, strict=True))


def test_what_a_brand_says_outranks_its_theme() -> None:
    look = look_of(
        Brand("fashion", "light", face="archivo", motif="paper", joint=0.0, radius=8.0, calm=True)
    )
    assert (look.face, look.motif, look.joint, look.radius) == ("archivo", "paper", 0, 8)
    assert look.calm and look.ground == "#ffffff"


@pytest.mark.parametrize(
    ("brand", "name", "sentence"),
    [
        (Brand(fields=("blue",)), "fields", "'blue' is no colour; write it as #rrggbb"),
        (Brand(ground="#1a33f"), "ground", "is no colour"),
        (Brand(fields=("#111111",) * 2), "fields", "two fields are the same"),
        (Brand(fields=tuple(f"#11111{n}" for n in range(5))), "fields", "leave 1 out"),
        (Brand(fields=("#808080",), inks=("#707070",)), "inks", "1.2:1 and need 4.5:1"),
        (Brand(ground="#ffffff", ink="#999999"), "ink", "or leave ink out"),
        (Brand(inks=("#000000",)), "inks", "belongs to the field at the same place"),
        (Brand(joint=9), "joint", "choose 0 to 4"),
        (Brand(radius=-1), "radius", "choose 0 to 8"),
        (Brand(logo="https://cdn.example/logo.png"), "logo", "screens ask nobody else"),
        (Brand(logo="//cdn.example/logo.png"), "logo", "screens ask nobody else"),
        (Brand(logo="data:text/html;base64,AAAA"), "logo", "data:image"),
        (Brand(logo="data:image/png;base64," + "A" * 200_000), "logo", "at most 96 KB"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(brand: Brand, name: str, sentence: str) -> None:
    assert sentence in says(brand)[name]


def test_a_wrong_colour_is_told_once_and_never_measured() -> None:
    assert list(says(Brand(fields=("red; } body {",), inks=("#ffffff",)))) == ["fields"]


def test_a_logo_of_ours_is_taken() -> None:
    pixel = "data:image/png;base64,iVBORw0KGgo="
    assert says(Brand(logo=pixel)) == says(Brand(logo="/static/logo.svg")) == {}


def test_an_unknown_theme_of_an_older_store_is_the_first() -> None:
    old = Brand(theme="fair")  # type: ignore[arg-type]
    assert look_of(old) == THEMES["conference", "dark"]


def test_mixing_keeps_to_the_two_ends() -> None:
    chance = random.Random(4)
    for _ in range(50):
        one = f"#{chance.randrange(1 << 24):06x}"
        assert mix(one, "#000000", 1) == one
        assert mix(one, "#123456", 0) == "#123456"
