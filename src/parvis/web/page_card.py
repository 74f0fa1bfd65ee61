"""A card in the page itself, exactly as the browser's kit draws it: text nodes and attributes."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import structs

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
}


def card_element(card: Card) -> Element:
    """The card as one element that says by `data-post-id` whose it is."""
    picture = picture_of(card)
    words = card.text.rstrip()
    sheet = el(
        "div",
        _frame(card, picture) if picture else None,
        el(
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
        ),
        class_="sheet",
    )
    says = (" says" if words else "") + (" shows" if picture else "")
    return el(
        "article",
        sheet,
        class_=f"slab{says}",
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
    """The text, its entities marked; offsets count code points, what overlaps is left unmarked."""
    nodes: list[Element | str] = []
    done = 0
    for entity in sorted(entities, key=lambda each: each.start):
        if entity.start < done or entity.end <= entity.start or entity.end > len(text):
            continue
        if entity.start > done:
            nodes.append(text[done : entity.start])
        nodes.append(el("span", text[entity.start : entity.end], class_=entity.type))
        done = entity.end
    if done < len(text):
        nodes.append(text[done:])
    return nodes


def _frame(card: Card, media: Media) -> Element:
    image = el(
        "img",
        src=media.url,
        alt=media.alt,
        width=media.w or None,
        height=media.h or None,
        loading="eager",
    )
    return el("div", image, class_="frame" if card.policy.may_crop else "frame whole")


def _label(card: Card) -> Element:
    author, must = card.author, card.policy.must_show
    parts: list[Element] = []
    if author is not None:
        if author.avatar and "avatar" in must:
            parts.append(el("img", class_="avatar", alt="", src=author.avatar))
        name = author.name or author.handle
        if name:
            parts.append(el("span", name, class_="name", dir="auto"))
        if author.handle and author.handle != name and "handle" in must:
            handle = author.handle if author.handle.startswith("@") else f"@{author.handle}"
            parts.append(el("span", handle, class_="handle", dir="auto"))
    if network := NETWORKS.get(card.network):
        parts.append(el("span", network, class_="network"))
    if "timestamp" in must:
        parts.append(_time(card.created_at_ms))
    spaced: list[Element | str] = []
    for part in parts:
        spaced += ["\u2002", part] if spaced else [part]
    return el("footer", *spaced, class_="label")


def _time(at_ms: int) -> Element:
    try:
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return el("time", "", class_="when")
    return el(
        "time", at.strftime("%H:%M"), class_="when", datetime=at.isoformat(timespec="seconds")
    )
