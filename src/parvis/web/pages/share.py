"""One shown post on a page of its own, to be passed on as far as its network allows."""

from __future__ import annotations

import msgspec

from parvis.core.wire import Card, WallFace
from parvis.web.element import Element, el, json_block
from parvis.web.pages.card import NETWORKS, picture_of, text_nodes
from parvis.web.pages.livery import livery_of
from parvis.web.pages.phone_parts import bar, icon, languages, moment, whole
from parvis.web.static_files import Static
from parvis.web.tongue import Tongue


def share_page(card: Card, face: WallFace, tongue: Tongue, static: Static, address: str) -> bytes:
    """The page of a card as it may be passed on; a bare one says only where the post is."""
    title, wall, livery = face.title, face.wall, livery_of(face)

    def say(name: str, **values: object) -> str:
        return tongue.say("share", name, **values)

    bare = not (card.text or card.media or card.author)
    told = {
        "address": address,
        "title": say("title", wall=title),
        "text": card.text,
        "name": _name(card),
        "handle": card.author.handle if card.author and "handle" in card.policy.must_show else "",
        "network": NETWORKS.get(card.network, ""),
        "at_ms": card.created_at_ms if "timestamp" in card.policy.must_show else 0,
        "wall": title,
        "dir": card.dir,
        "ground": livery.look.fields[0],
        "ink": livery.look.inks[0],
        "lang": tongue.lang,
        "may_crop": card.policy.may_crop,
        "copied": say("copied"),
    }
    main = el(
        "main",
        el("h1", say("title", wall=title)),
        el("p", say("ids_only"), class_="lead") if bare else _card(card),
        el(
            "a",
            icon("link"),
            say("at_network"),
            href=card.permalink,
            class_="button",
            rel="noreferrer",
        )
        if card.permalink
        else None,
        el(
            "button", icon("share"), say("share"), type="button", id="share", class_="main scripted"
        ),
        el("button", icon("link"), say("copy"), type="button", id="copy", class_="scripted"),
        el("button", icon("save"), say("picture"), type="button", id="picture", class_="scripted")
        if not bare and not card.policy.player_only
        else None,
        el("p", class_="state mid", role="status", id="state"),
        el("a", say("mine_too"), href=f"/p/{wall}?lang={tongue.lang}", class_="mid"),
        data_post=card.post,
    )
    top = bar(title, languages(tongue, f"/s/{wall}", {"post": card.post}), livery=livery)
    body = json_block("parvis-share", msgspec.json.encode(told))
    return whole(tongue, static, say("title", wall=title), "share", top, main, body, livery=livery)


def _card(card: Card) -> Element:
    picture = picture_of(card)
    must = card.policy.must_show
    label: list[Element | str | None] = [el("span", _name(card), dir="auto")]
    if card.author and "handle" in must and card.author.handle not in ("", _name(card)):
        label.append(el("span", f"@{card.author.handle.removeprefix('@')}", dir="ltr"))
    if card.network in NETWORKS:
        label.append(el("span", NETWORKS[card.network]))
    if "timestamp" in must:
        label.append(moment(card.created_at_ms))
    image = (
        el("img", src=picture.url, alt=picture.alt, id="shown", width=picture.w or None,
           height=picture.h or None, class_=None if card.policy.may_crop else "whole")
        if picture is not None
        else None
    )  # fmt: skip
    return el(
        "article",
        image,
        el(
            "div",
            el("p", *text_nodes(card.text, card.entities), dir="auto", class_="words")
            if card.text
            else None,
            el("p", *label, class_="by"),
        ),
        class_="card" + (" shows" if picture else "") + (" says" if card.text else ""),
        lang=card.lang or None,
    )


def _name(card: Card) -> str:
    return (card.author.name or card.author.handle) if card.author is not None else ""
