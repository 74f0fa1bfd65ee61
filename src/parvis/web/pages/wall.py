"""The wall's page: first cards in the HTML, the snapshot as inert JSON, then the player follows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parvis.core.wire import Card
from parvis.plug.layout import Plan
from parvis.web.element import Element, document, el, json_block
from parvis.web.pages.card import card_element
from parvis.web.pages.look import attributes, look_address, look_sheet
from parvis.web.pages.seats import seated, standing
from parvis.web.scripts import sheets_of
from parvis.web.snapshots import Held
from parvis.web.static_files import Static
from parvis.web.words import direction_of

USUAL = 16 / 9
_FILE = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def wall_page(
    held: Held,
    first: int,
    static: Static,
    screen: str = "",
    *,
    plans: Sequence[Plan] = (),
    join: str = "",
    live: str = "",
) -> bytes:
    """The page of a wall; `first` cards stand in it. `join`: where a phone takes part, if one can
    reach it. `live`: what it follows, if not the wall's own stream.
    """
    snapshot, wall = held.snapshot, held.snapshot.wall
    cards = snapshot.cards[:first] if not wall.panic else ()
    stage = el(
        "parvis-stage",
        _first_frame(cards, standing(plans, wall.theme, reached=bool(join))),
        role="main",
        data_wall=wall.wall,
        data_seq=snapshot.seq,
        data_live=live or f"/live/{wall.wall}",
        data_screen=screen or None,
        data_join=join or None,
    )
    scripts = ["wall/player.js"]
    if _FILE.fullmatch(wall.layout):
        scripts.append(f"layouts/{wall.layout}.js")
    plugins = sorted({face.plugin for face in snapshot.formats if _FILE.fullmatch(face.plugin)})
    scripts += [f"formats/{plugin}.js" for plugin in plugins]
    look = look_address(wall, look_sheet(wall, plans, reached=bool(join)))
    sheets = [static.address("wall/wall.css"), look]
    faces = [wall.look.face] if wall.look is not None else []
    faces += sheets_of(cards, wall.title, wall.lang)
    sheets += [static.address(f"fonts/{f}.css") for f in faces if static.has(f"fonts/{f}.css")]
    root = el(
        "html",
        head(wall.title, *(el("link", rel="stylesheet", href=sheet) for sheet in sheets)),
        el(
            "body",
            stage,
            json_block("parvis-snapshot", held.body),
            *(el("script", src=static.address(path), defer=True) for path in scripts),
        ),
        lang=wall.lang,
        dir=direction_of(wall.lang),
        **attributes(wall),
    )
    return document(root)


def _first_frame(cards: Sequence[Card], plans: Sequence[Plan]) -> Element | None:
    """The first cards, each in a cell, in the order of the usual screen's places (16:9)."""
    usual = next((plan for plan in plans if plan.least <= USUAL < plan.below), None)
    cells = (
        el("div", card_element(card) if card is not None else None, class_="cell")
        for card in seated(cards, usual)
    )
    return el("div", *cells, class_="layout first") if cards else None


def head(title: str, *more: Element | None) -> Element:
    """What every page's head says."""
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        *more,
    )
