"""The parts of a post as API v2 has it: words, marks, media, what it refers to.

Offsets count code points of the text as it is sent, before `&amp;` and the like are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Final, NamedTuple

from parvis.core.post import Media, MediaType, PostKind, Sensitivity
from parvis.plug.entities import merged
from parvis.plug.fields import Fields, ident, rows, table, text, whole
from parvis.plug.hashtags import fold
from parvis.plug.media import attached
from parvis.plug.offsets import Mark, Marked, in_code_points, marked
from parvis.plug.plain import one_line
from parvis.plug.text_entities import find_entities

SHOWN_BY: Final = "https://x.com"
_MOST_LETTERS: Final = 30_000
_MOST_MARKS: Final = 200
_MEDIA: Mapping[str, MediaType] = {"photo": "image", "video": "video", "animated_gif": "gif"}
_KINDS: Mapping[str, PostKind] = {
    "retweeted": "repost",
    "reposted": "repost",
    "quoted": "quote",
    "replied_to": "reply",
}
MOST_BITRATE: Final = 2_500_000
"""Bits a second: more than a wall shows, and than a venue's line may bear."""


class Refers(NamedTuple):
    """What a post is, and the ids of what it answers, quotes and repeats."""

    kind: PostKind
    parent: str = ""
    quoted: str = ""
    reposted: str = ""


class Content(NamedTuple):
    """A text that its marks belong to: of a long post the whole one."""

    words: str
    entities: Fields


def content_of(row: Fields) -> Content:
    """What is said, and the marks that belong to it."""
    note = table(row, "note_tweet") or table(row, "note_post")
    if words := text(note, "text"):
        return Content(words[:_MOST_LETTERS], table(note, "entities"))
    return Content(text(row, "text")[:_MOST_LETTERS], table(row, "entities"))


def read_text(row: Fields) -> Marked:
    """Its words as they are read; links to what hangs on the post itself are left out, for they
    stand for the pictures below.
    """
    words, entities = content_of(row)
    words = words[: _pictures_at(words, entities)]
    said = marked(words, _marks(words, entities), unescape)
    return Marked(said.text, merged(said.entities, find_entities(said.text)))


def _pictures_at(words: str, entities: Fields) -> int:
    """Where the links to the post's own pictures begin, that stand at its end."""
    cut = len(words)
    found = [each for each in rows(entities, "urls")[:_MOST_MARKS] if text(each, "media_key")]
    for each in sorted(found, key=lambda one: whole(one, "start"), reverse=True):
        start, end = whole(each, "start"), whole(each, "end")
        if start < end and words[start:end] == text(each, "url") and not words[end:cut].strip():
            cut = min(cut, start)
    return cut


def _marks(words: str, entities: Fields) -> Iterator[Mark]:
    place = in_code_points(words)
    for name in ("hashtags", "mentions", "urls", "cashtags"):
        for each in rows(entities, name)[:_MOST_MARKS]:
            start, end = place(whole(each, "start")), place(whole(each, "end"))
            if not 0 <= start < end:
                continue
            found = words[start:end]
            if name == "hashtags" and fold(found[1:]) == fold(text(each, "tag")):
                yield Mark(start, end, "tag", f"{SHOWN_BY}/hashtag/{found[1:]}")
            elif name == "cashtags" and found[1:].casefold() == text(each, "tag").casefold():
                yield Mark(start, end, "cashtag")
            elif name == "mentions" and (who := text(each, "username")):
                if found[1:].casefold() == who.casefold():
                    yield Mark(start, end, "mention", f"{SHOWN_BY}/{who}")
            elif name == "urls" and found == text(each, "url"):
                yield Mark(start, end, "link", found, text(each, "display_url"))


def tags_of(row: Fields) -> tuple[str, ...]:
    """The hashtags that the network found."""
    return tuple(text(each, "tag") for each in rows(content_of(row).entities, "hashtags"))


def named_in(row: Fields) -> tuple[str, ...]:
    """The handles of whom it mentions."""
    return tuple(text(each, "username") for each in rows(content_of(row).entities, "mentions"))


def history_of(row: Fields) -> tuple[str, ...]:
    """The ids of all its versions, the first one first; its own where the network does not say."""
    given = row.get("edit_history_tweet_ids") or row.get("edit_history_post_ids")
    found = [ident({"id": each}) for each in given[:20]] if isinstance(given, list) else []
    found = [each for each in found if each]
    return tuple(found) or (ident(row),)


def refers(row: Fields) -> Refers:
    """A repost is one whatever else it is; a quote that is an answer is an answer."""
    given = rows(row, "referenced_tweets") or rows(row, "referenced_posts")
    ids = {_KINDS[says]: ident(each) for each in given if (says := text(each, "type")) in _KINDS}
    order: Sequence[PostKind] = ("repost", "reply", "quote")
    kind: PostKind = next((each for each in order if each in ids), "post")
    return Refers(kind, ids.get("reply", ""), ids.get("quote", ""), ids.get("repost", ""))


def read_media(row: Fields, media: Mapping[str, Fields], *, sensitive: bool) -> tuple[Media, ...]:
    """Pictures and films, of each film the best version that a wall can bear."""
    keys = table(row, "attachments").get("media_keys")
    found = (
        [media[key] for key in keys if isinstance(key, str) and key in media]
        if (isinstance(keys, list))
        else []
    )
    return attached(one for each in found if (one := _medium(each, sensitive)))


def _medium(row: Fields, sensitive: bool) -> Media | None:
    kind = _MEDIA.get(text(row, "type"))
    if kind is None:
        return None
    url, mime = text(row, "url"), ""
    if kind != "image":
        url, mime = _film(rows(row, "variants"))
    return Media(
        type=kind,
        url=url,
        mime=mime,
        alt=text(row, "alt_text"),
        w=whole(row, "width"),
        h=whole(row, "height"),
        duration_s=whole(row, "duration_ms") / 1000,
        poster=text(row, "preview_image_url"),
        sensitive=sensitive,
    )


def _film(variants: Sequence[Fields]) -> tuple[str, str]:
    def rate(row: Fields) -> int:
        return whole(row, "bit_rate") or whole(row, "bitrate")

    films = [row for row in variants if text(row, "content_type") == "video/mp4"]
    borne = [row for row in films if rate(row) <= MOST_BITRATE]
    if borne:
        return text(max(borne, key=rate), "url"), "video/mp4"
    if films:
        return text(min(films, key=rate), "url"), "video/mp4"
    streams = [row for row in variants if "mpegurl" in text(row, "content_type").lower()]
    return (text(streams[0], "url"), "application/vnd.apple.mpegurl") if streams else ("", "")


def sensitivity_of(row: Fields) -> Sensitivity:
    """What author or network warned of, and where it must not be shown."""
    withheld = table(row, "withheld")
    countries = withheld.get("country_codes")
    labels = [
        f"withheld in {one_line(each, 4)}"
        for each in (countries[:30] if isinstance(countries, list) else [])
        if isinstance(each, str)
    ]
    if withheld.get("copyright") is True:
        labels.append("withheld for copyright")
    flag = row.get("possibly_sensitive") is True or bool(labels)
    return Sensitivity(flag=flag, labels=tuple(labels))
