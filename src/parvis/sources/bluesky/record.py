"""A record `app.bsky.feed.post`, as its author's repository holds it.

Lexicons: https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from parvis.core.post import Media, PostKind, Sensitivity
from parvis.plug.entities import merged
from parvis.plug.fields import Fields, rows, table, text, whole
from parvis.plug.hashtags import fold
from parvis.plug.media import attached
from parvis.plug.offsets import Mark, Marked, in_bytes, marked
from parvis.plug.plain import clean, one_line
from parvis.plug.text_entities import find_entities
from parvis.sources.bluesky.asking import DID

SHOWN_BY: Final = "https://bsky.app"
IMAGES: Final = "https://cdn.bsky.app/img/feed_fullsize/plain"
FILMS: Final = "https://video.bsky.app/watch"
SENSITIVE: Final = frozenset(("porn", "sexual", "nudity", "graphic-media", "gore", "nsfw"))
CLOSED: Final = frozenset(("!no-unauthenticated", "!hide", "!takedown", "!no-promote"))
"""Labels by which author or network keep it from people without an account."""
_MOST_FACETS = 200
_MOST_LETTERS = 20_000


def read_text(record: Fields) -> Marked:
    """Its words; facets count bytes of UTF-8. A hashtag of the wrong place is left to be found in
    the words themselves.
    """
    words = text(record, "text")[:_MOST_LETTERS]
    said = marked(words, _marks(record, words))
    return Marked(said.text, merged(said.entities, find_entities(said.text)))


def _marks(record: Fields, words: str) -> Iterator[Mark]:
    place = in_bytes(words)
    for facet in rows(record, "facets")[:_MOST_FACETS]:
        index = table(facet, "index")
        if "byteStart" not in index or "byteEnd" not in index:
            continue
        start, end = place(whole(index, "byteStart")), place(whole(index, "byteEnd"))
        if not 0 <= start < end:
            continue
        for feature in rows(facet, "features")[:1]:
            kind = text(feature, "$type").rpartition("#")[2]
            if kind == "tag" and fold(words[start + 1 : end]) == fold(text(feature, "tag")):
                yield Mark(start, end, "tag")
            elif kind == "mention" and (did := text(feature, "did")):
                href = f"{SHOWN_BY}/profile/{did}" if DID.fullmatch(did) else ""
                yield Mark(start, end, "mention", href)
            elif kind == "link":
                yield Mark(start, end, "link", text(feature, "uri"))


def tags_of(record: Fields, said: Marked) -> frozenset[str]:
    """Every hashtag of it, folded: in the words, and those beside them."""
    found = {fold(each.text[1:]) for each in said.entities if each.type == "tag"}
    beside = record.get("tags")
    if isinstance(beside, list):
        found.update(fold(tag) for tag in beside[:8] if isinstance(tag, str))
    return frozenset(found)


def mentioned(record: Fields) -> frozenset[str]:
    """The DIDs of whoever it mentions."""
    features = (
        feature
        for facet in rows(record, "facets")[:_MOST_FACETS]
        for feature in rows(facet, "features")
    )
    return frozenset(did for feature in features if (did := text(feature, "did")))


def kind_of(record: Fields) -> tuple[PostKind, str, str]:
    """What it is, and the addresses (`at://…`) of what it answers and quotes."""
    parent = text(table(table(record, "reply"), "parent"), "uri")
    quoted = text(table(_quote(record), "record"), "uri") or text(_quote(record), "uri")
    return ("reply" if parent else "quote" if quoted else "post"), parent, quoted


def _quote(record: Fields) -> Fields:
    embed = table(record, "embed")
    kind = text(embed, "$type")
    if kind == "app.bsky.embed.recordWithMedia":
        return table(table(embed, "record"), "record")
    return table(embed, "record") if kind == "app.bsky.embed.record" else {}


def read_media(record: Fields, did: str, sensitive: bool) -> tuple[Media, ...]:
    """Pictures and the film, at the network's own addresses for them."""
    embed = table(record, "embed")
    if text(embed, "$type") == "app.bsky.embed.recordWithMedia":
        embed = table(embed, "media")
    pictures = [*rows(embed, "images"), *rows(embed, "items")]
    media = [each for row in pictures if (each := _picture(row, did, sensitive))]
    if film := _film(embed, did, sensitive):
        media.append(film)
    return attached(media)


def _picture(row: Fields, did: str, sensitive: bool) -> Media | None:
    cid = cid_of(table(row, "image"))
    if not cid:
        return None
    shape = table(row, "aspectRatio")
    return Media(
        type="image",
        url=f"{IMAGES}/{did}/{cid}@jpeg",
        mime="image/jpeg",
        alt=clean(text(row, "alt")[:5000]).strip(),
        w=whole(shape, "width"),
        h=whole(shape, "height"),
        sensitive=sensitive,
    )


def _film(embed: Fields, did: str, sensitive: bool) -> Media | None:
    cid = cid_of(table(embed, "video"))
    if not cid:
        return None
    shape = table(embed, "aspectRatio")
    at = f"{FILMS}/{quote(did, safe='')}/{cid}"
    return Media(
        type="gif" if text(embed, "presentation") == "gif" else "video",
        url=f"{at}/playlist.m3u8",
        mime="application/vnd.apple.mpegurl",
        alt=clean(text(embed, "alt")[:5000]).strip(),
        w=whole(shape, "width"),
        h=whole(shape, "height"),
        poster=f"{at}/thumbnail.jpg",
        sensitive=sensitive,
    )


def cid_of(blob: Fields) -> str:
    """The content's own name, or ''; older blobs have it beside their type."""
    cid = text(table(blob, "ref"), "$link") or text(blob, "cid")
    return cid if cid.isalnum() and cid.isascii() and len(cid) < 130 else ""


def labels_of(*places: Fields) -> tuple[str, ...]:
    """What author and network say of it, each once; a label that was taken back does not count."""
    found: list[str] = []
    for fields in places:
        given = rows(fields, "labels") or rows(table(fields, "labels"), "values")
        found += [text(row, "val")[:60] for row in given[:50] if row.get("neg") is not True]
    return tuple(dict.fromkeys(one_line(each, 60) for each in found if each.strip()))


def sensitivity_of(labels: tuple[str, ...]) -> Sensitivity:
    """Whether it is to be shown with care."""
    return Sensitivity(flag=not SENSITIVE.isdisjoint(labels), labels=labels)
