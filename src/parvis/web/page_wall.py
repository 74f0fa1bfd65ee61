"""The wall's page: first cards in the HTML, the snapshot as inert JSON, then the player follows."""

from __future__ import annotations

import re

from parvis.web.element import Element, document, el, json_block
from parvis.web.page_card import card_element
from parvis.web.snapshots import Held
from parvis.web.static_files import Static
from parvis.web.words import direction_of

_FILE = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def wall_page(held: Held, first: int, static: Static, screen: str = "") -> bytes:
    """The page of a wall; `first` cards stand in it."""
    snapshot, wall = held.snapshot, held.snapshot.wall
    stage = el(
        "parvis-stage",
        *(card_element(card) for card in snapshot.cards[:first] if not wall.panic),
        data_wall=wall.wall,
        data_seq=snapshot.seq,
        data_live=f"/live/{wall.wall}",
        data_screen=screen or None,
    )
    scripts = ["wall/player.js"]
    if _FILE.fullmatch(wall.layout):
        scripts.append(f"layouts/{wall.layout}.js")
    plugins = sorted({face.plugin for face in snapshot.formats if _FILE.fullmatch(face.plugin)})
    scripts += [f"formats/{plugin}.js" for plugin in plugins]
    root = el(
        "html",
        head(wall.title, el("link", rel="stylesheet", href=static.address("wall/wall.css"))),
        el(
            "body",
            stage,
            json_block("parvis-snapshot", held.body),
            *(el("script", src=static.address(path), defer=True) for path in scripts),
        ),
        lang=wall.lang,
        dir=direction_of(wall.lang),
        data_theme=wall.theme,
        data_scheme=wall.scheme,
    )
    return document(root)


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
