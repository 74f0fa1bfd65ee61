"""What the door hands to the road: everything of a post but its files, which lie on the shelf."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from parvis.core.post import BLOB, CONSENT, SENT, Author, Media, Post, Raw
from parvis.plug.plain import clean, direction, one_line
from parvis.plug.receipt_word import key_of
from parvis.plug.text_entities import find_entities

MAX_NAME = 40
MAX_CONSENT, MAX_AGE = 4000, 200
"""Characters of the words that a visitor agrees to, and of the line about age behind them."""
YEAR_2100_MS = 4_102_444_800_000

Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Time = Annotated[int, msgspec.Meta(ge=0, le=YEAR_2100_MS)]


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture or film on the shelf."""

    type: Literal["image", "video"]
    sha256: Sha256
    mime: Annotated[str, msgspec.Meta(pattern=r"^(image|video)/[a-z0-9]+\Z")]
    w: Pixels = 0
    h: Pixels = 0
    duration_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    poster: Sha256 | None = None


class Agreed(msgspec.Struct, frozen=True):
    """What the visitor agreed to: the very words, their version and language, and when."""

    version: Annotated[str, msgspec.Meta(max_length=40)]
    lang: Literal["en", "fr", "ar"]
    text: Annotated[str, msgspec.Meta(max_length=MAX_CONSENT + MAX_AGE)]
    at_ms: Time


class Sent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One post. `id` is the hash of its receipt, `who` that of the tab's random word."""

    id: Hash
    text: Annotated[str, msgspec.Meta(max_length=4000)]
    agreed: Agreed
    written_ms: Time
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    lang: Literal["en", "fr", "ar"] = "en"
    who: Hash | None = None
    media: Annotated[tuple[Shown, ...], msgspec.Meta(max_length=5)] = ()
    mark: Annotated[str, msgspec.Meta(max_length=64)] = ""


def post_of(sent: Sent, raw: Raw) -> Post:
    """The post in its first version; edits are later ones of the same key."""
    text = clean(sent.text)
    runs = direction(text)
    name = one_line(sent.name, MAX_NAME)
    spoken = sent.lang if (sent.lang == "ar") == (runs == "rtl") else ""
    return Post(
        key=key_of(sent.id),
        network="phone",
        text=text,
        created_at_ms=sent.written_ms,
        version="1",
        entities=find_entities(text),
        lang=spoken,
        dir=runs,
        media=tuple(_media(each) for each in sent.media),
        author=Author(key=key_of(f"by-{sent.who or sent.id}"), handle=name, name=name),
        received_at_ms=raw.received_at_ms,
        extra={
            CONSENT: msgspec.json.encode(sent.agreed).decode(),
            **({SENT: sent.mark} if sent.mark else {}),
        },
    )


def _media(shown: Shown) -> Media:
    return Media(
        type=shown.type,
        url=BLOB + shown.sha256,
        mime=shown.mime,
        w=shown.w,
        h=shown.h,
        duration_s=shown.duration_s,
        poster=BLOB + shown.poster if shown.poster else "",
    )
