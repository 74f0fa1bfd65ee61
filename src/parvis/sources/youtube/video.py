"""A video as a post: title, the beginning of its description, and the player's address.

https://developers.google.com/youtube/v3/docs/videos (read 2026-11)
"""

from __future__ import annotations

import re

from parvis.core.post import Arrival, Author, Gone, Media, Sensitivity
from parvis.plug.address import web_address
from parvis.plug.digest import short_hash
from parvis.plug.fields import Fields, table, text
from parvis.plug.language import language_tag
from parvis.plug.plain import clean, one_line, shortened
from parvis.sources.youtube.asking import VIDEO_ID
from parvis.sources.youtube.post import (
    MOST_OF_TEXT,
    author_of,
    count,
    key_of,
    made,
    metrics_of,
    watch,
)

NOT_PUBLIC = "It is no longer public on YouTube."
MOST_OF_DESCRIPTION = 500
_LENGTH = re.compile(
    r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?)?", re.ASCII
)
_SIZES = ("maxres", "standard", "high", "medium", "default")
_FACES = ("medium", "default", "high")
_COUNTS = {"view": "viewCount", "like": "likeCount", "reply": "commentCount"}
_FOR_ADULTS = Sensitivity(True, "", ("age_restricted",))


def read_video(item: Fields, channels: Fields, received_ms: int) -> Arrival | None:
    """None for what is none."""
    snippet, id_ = table(item, "snippet"), text(item, "id")
    if not VIDEO_ID.fullmatch(id_):
        return None
    status = table(item, "status")
    if text(status, "privacyStatus") not in ("", "public"):
        return Gone(key_of("video", id_), NOT_PUBLIC)
    said = _words(snippet)
    if not said:
        return None
    details = table(item, "contentDetails")
    for_adults = text(table(details, "contentRating"), "ytRating") == "ytAgeRestricted"
    # neither of these is played outside YouTube
    plays = status.get("embeddable") is not False and not for_adults
    lang = text(snippet, "defaultLanguage") or text(snippet, "defaultAudioLanguage")
    return made(
        key_of("video", id_),
        said,
        "post",
        snippet,
        received_ms,
        version=short_hash(f"{said}\n{plays}"),
        lang=language_tag(lang),
        media=(_player(id_, snippet, details),) if plays else (),
        author=_owner(snippet, channels),
        permalink=watch(id_),
        metrics=metrics_of(table(item, "statistics"), _COUNTS),
        sensitivity=_FOR_ADULTS if for_adults else Sensitivity(),
    )


def _words(snippet: Fields) -> str:
    title = one_line(text(snippet, "title"), 200)
    described = clean(text(snippet, "description")[:MOST_OF_TEXT]).strip()
    return f"{title}\n\n{shortened(described, MOST_OF_DESCRIPTION)}".strip()


def _owner(snippet: Fields, channels: Fields) -> Author | None:
    id_ = text(snippet, "channelId")
    channel = table(channels, id_)
    about, figures = table(channel, "snippet"), table(channel, "statistics")
    hidden = figures.get("hiddenSubscriberCount") is True
    return author_of(
        "channel",
        id_,
        text(about, "title") or text(snippet, "channelTitle"),
        text(about, "customUrl"),
        _thumbnail(about, _FACES),
        -1 if hidden else count(figures, "subscriberCount"),
    )


def _player(id_: str, snippet: Fields, details: Fields) -> Media:
    """The player's address: nothing else may show the film."""
    return Media(
        type="embed",
        url=f"https://www.youtube-nocookie.com/embed/{id_}",
        alt=one_line(text(snippet, "title"), 200),
        duration_s=_length_s(text(details, "duration")),
        poster=_thumbnail(snippet, _SIZES),
    )


def _thumbnail(snippet: Fields, sizes: tuple[str, ...]) -> str:
    thumbnails = table(snippet, "thumbnails")
    addresses = (web_address(text(table(thumbnails, size), "url")) for size in sizes)
    return next(filter(None, addresses), "")


def _length_s(said: str) -> float:
    found = _LENGTH.fullmatch(said[:40])
    if found is None:
        return 0.0
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
