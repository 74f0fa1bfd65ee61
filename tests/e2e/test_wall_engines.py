"""The wall on old engines: it draws, follows, covers, forgets, comes back, and draws every script.

The system's browser always; those of `PARVIS_ENGINES` besides (see `engines.py`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from parvis.core.wire import Card, Face, Hide, Show
from tests.e2e.engines import engines, tab_of
from tests.e2e.look import FAULTS, SETTLED, cards_in
from tests.e2e.stub_wall import StubWall, card_of, face_of, listening, served
from tests.e2e.test_wall_keeps import EMPTY_FONTS, GLYPHS, PAIRS, TEXTS
from tests.needs import FONT
from tests.waiting import until

pytestmark = pytest.mark.timeout(150)

ENGINES = engines()
LAYOUTS = ("masonry", "spotlight", "ticker")
STAGE = "document.querySelector('parvis-stage')"
UP = f"{STAGE} && {STAGE}.dataset.link === 'up'"
NEW = "document.querySelector('[data-post-id$=\":90\"]')"


def cards() -> list[Card]:
    others = (("ar", "الموسيقى تجمعنا 👨‍👩‍👧"), ("ja", "満席通訳です"), ("ko", "고마워요"))
    return [
        *cards_in("fr")[:4],
        *(
            card_of(f"b{at}", 20 + at, text, lang=lang, dir="rtl" if lang == "ar" else "ltr")
            for at, (lang, text) in enumerate(others)
        ),
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("engine", ENGINES)
async def test_the_wall_lives_on_it(chromium: str, engine: str, layout: str) -> None:
    stub = StubWall(face_of(layout=layout), cards())
    stub.join = "https://wall.example.org/p/hall"
    with served(stub):
        async with tab_of(engine) as tab:
            await tab.open(f"{stub.url}/w/hall")
            await tab.comes(UP)
            await listening(stub)
            await tab.js(f"({SETTLED})()")
            await tab.comes(f"({FAULTS})().length === 0")
            stub.send(Show(card_of("new", 90, "New words here 🎉")))
            await tab.comes(NEW, 30)
            stub.send(Hide("mastodon:example.org:90"))
            await tab.comes(f"!{NEW}")
            stub.send(Face(face_of(layout=layout, panic=True)))
            await tab.comes(
                "getComputedStyle(document.querySelector('.cover')).display === 'block'"
            )
            stub.send(Face(face_of(layout=layout)))
            stub.cut()
            await until(lambda: len(stub.follows) == 2, 20)
            await tab.comes(UP)
            assert tab.errors == []


@pytest.mark.parametrize("engine", [one for one in ENGINES if one[:2] in ("cu", "64")])
async def test_every_script_is_drawn_without_fonts(
    chromium: str, engine: str, tmp_path: Path
) -> None:
    """By glyph, on the oldest and on the current engine."""
    settings = tmp_path / "fonts.conf"
    folder = tmp_path / "fonts"
    folder.mkdir()
    shutil.copy(FONT, folder)  # Latin alone: without any font at all Chromium does not start
    settings.write_text(EMPTY_FONTS.format(folder=folder))
    stub = StubWall(face_of())
    with served(stub):
        async with tab_of(engine, env={"FONTCONFIG_FILE": str(settings)}) as tab:
            await tab.open(f"{stub.url}/w/hall")
            await tab.comes(UP)
            await listening(stub)
            for at, (lang, text) in enumerate(TEXTS, 1):
                stub.send(Show(card_of("a", at, text + " 👨‍👩‍👧", lang=lang)))
            await tab.comes("document.querySelectorAll('.slab .text').length === 7", 40)
            pairs = str([list(pair) for pair in PAIRS])
            assert await tab.js(f"({GLYPHS})({pairs})") == []
            emoji = "Array.from(document.querySelectorAll('.emoji'), (one) => one.naturalWidth)"
            assert 0 not in await tab.js(emoji)
