"""A card in the page itself, exactly as the browser's kit draws it: text nodes and attributes."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from msgspec import structs

from parvis.core.emoji import name_of, pieces
from parvis.core.post import Entity, Media
from parvis.core.wire import Card
from parvis.web.element import Element, el, safe_url

NETWORKS = {
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "youtube": "YouTube",
    "instagram": "Instagram",
    "facebook": "Facebook",
    "x": "X",
    "tiktok": "TikTok",
    "threads": "Threads",
    "reddit": "Reddit",
    "flickr": "Flickr",
    "telegram": "Telegram",
    "whatsapp": "WhatsApp",
}


def card_element(card: Card) -> Element:
    """The card as one element that says by `data-post-id` whose it is."""
    picture = picture_of(card)
    words = card.text.rstrip()
    side = el(
        "div",
        el(
            "div",
            el("p", *text_nodes(words, card.entities), class_="text", dir="auto"),
            class_="words",
        )
        if words
        else None,
        _label(card),
        class_="side",
    )
    crops, over = card.policy.may_crop, card.policy.overlay_ok
    classes = ["slab"]
    if words:
        classes.append("says")
    if picture:
        classes.append("shows")
        classes += [] if crops else ["whole"]
        classes += [] if crops and over else ["apart", "panel"]
    return el(
        "article",
        el("div", class_="paste"),
        _frame(picture) if picture else None,
        side,
        class_=" ".join(classes),
        data_post_id=card.post,
        data_network=card.network,
        dir=card.dir,
        lang=card.lang or None,
    )


def picture_of(card: Card) -> Media | None:
    """The first thing of the card that may stand as a still picture here."""
    if card.policy.player_only:
        return None
    for media in card.media:
        still = media.type in ("image", "gif") and not media.mime.startswith("video/")
        source = media.url if still else media.poster
        if not media.sensitive and source and safe_url(source):
            return media if still else structs.replace(media, url=source, w=0, h=0)
    return None


def text_nodes(text: str, entities: tuple[Entity, ...]) -> list[Element | str]:
    """The text, its entities marked, each read from its own side; offsets count code points, what
    overlaps is left unmarked.
    """
    nodes: list[Element | str] = []
    done = 0
    for entity in sorted(entities, key=lambda each: each.start):
        if entity.start < done or entity.end <= entity.start or entity.end > len(text):
            continue
        if entity.start > done:
            nodes += plain(text[done : entity.start])
        nodes.append(el("span", text[entity.start : entity.end], class_=entity.type, dir="auto"))
        done = entity.end
    if done < len(text):
        nodes += plain(text[done:])
    return nodes


def plain(text: str) -> list[Element | str]:
    """Text with every emoji as our own picture; it never begins a line."""
    nodes: list[Element | str] = []
    for piece, is_emoji in pieces(text):
        if not is_emoji:
            nodes.append(piece)
            continue
        if nodes and isinstance(nodes[-1], str) and re.search(r"\S $", nodes[-1]):
            nodes[-1] = nodes[-1][:-1] + "\u00a0"
        source = f"/static/emoji/{name_of(piece)}.svg"
        nodes.append(el("img", class_="emoji", alt=piece, src=source))
    return nodes


def _frame(media: Media) -> Element:
    image = el(
        "img",
        src=media.url,
        alt=media.alt,
        width=media.w or None,
        height=media.h or None,
        loading="eager",
    )
    return el("div", el("div", image, class_="pane"), class_="frame")


def _label(card: Card) -> Element:
    """The museum label; what the network does not ask for, roomy layouts alone show (`may`)."""
    author, must = card.author, card.policy.must_show

    def asked(what: str) -> str:
        return "" if what in must else " may"

    parts: list[Element | str] = []
    network = NETWORKS.get(card.network)
    if network:
        use = el("use", href=f"/static/wall/glyphs.svg#{card.network}")
        parts.append(
            el("svg", use, class_="glyph", viewbox="0 0 24 24", role="img", aria_label=network)
        )
    called = ""
    if author is not None:
        if author.avatar and "avatar" in must:
            parts.append(el("img", class_="avatar", alt="", src=author.avatar))
        called = author.name or author.handle
        if called:
            parts.append(el("bdi", *plain(called), class_="name", dir="auto"))
        if author.handle and not _alike(author.handle, called):
            handle = author.handle if author.handle.startswith("@") else f"@{author.handle}"
            named = "handle" + (asked("handle") if called else "")
            parts += [" ", el("bdi", handle, class_=named, dir="auto")]
    if network and "logo" in must:
        parts += [" ", el("span", network, class_="network")]
    parts += [" ", _time(card.created_at_ms, f"when{asked('timestamp')}")]
    return el("footer", *parts, class_="label")


def _alike(handle: str, name: str) -> bool:
    """Whether the handle says no more than the name that stands before it."""
    return handle.lstrip("@").casefold() == name.lstrip("@").casefold()


def _time(at_ms: int, class_: str) -> Element:
    try:
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return el("time", "", class_=class_)
    return el(
        "time", at.strftime("%H:%M"), class_=class_, datetime=at.isoformat(timespec="seconds")
    )
