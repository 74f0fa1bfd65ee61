"""One entry of a feed, whatever its format, and how it becomes a post."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from parvis.core.post import Author, Entity, Media, Post, Unreadable
from parvis.plug.address import web_address
from parvis.plug.digest import short_hash
from parvis.plug.entities import merged
from parvis.plug.language import language_tag
from parvis.plug.markup import Marked, read_markup
from parvis.plug.media import attached
from parvis.plug.moment import YEAR_2100_MS
from parvis.plug.plain import clean, direction, one_line, shortened
from parvis.plug.text_entities import find_entities

MAX_TEXT = 1200
MAX_TITLE = 300
MAX_MEDIA = 4
_NO_KEY = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")
_URI = re.compile("[A-Za-z][A-Za-z0-9+.-]*:.")
_NO_WORD = re.compile(r"[\W_]+")


class Words(msgspec.Struct, frozen=True):
    """A text of the feed; `base` is what relative addresses in its HTML refer to."""

    value: str = ""
    html: bool = True
    base: str = ""


class Entry(msgspec.Struct, frozen=True):
    """What a feed says of one entry; `at_ms` 0 where it names no time."""

    id: str = ""
    link: str = ""
    title: Words = Words()
    body: Words = Words()
    author: str = ""
    author_url: str = ""
    at_ms: int = 0
    lang: str = ""
    media: tuple[Media, ...] = ()


class Head(msgspec.Struct, frozen=True):
    """What a feed says of itself; `ttl_s` 0 where it does not say."""

    title: str = ""
    link: str = ""
    lang: str = ""
    icon: str = ""
    hub: str = ""
    topic: str = ""
    ttl_s: int = 0


class Parsed(msgspec.Struct, frozen=True):
    """A whole document; `because` says why it is no feed. Entries as they stand, newest first."""

    head: Head = Head()
    entries: tuple[Entry | Unreadable, ...] = ()
    because: str = ""


class Looked(msgspec.Struct, frozen=True):
    """The posts of a document, oldest first, and what could not be read."""

    posts: tuple[Post, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


def posts_of(parsed: Parsed, url: str, title: str, received_at_ms: int) -> Looked:
    """Every entry as a post or with the reason why not; `url` is the feed's address as set."""
    if parsed.because:
        return Looked(unreadable=(Unreadable("$", parsed.because),))
    host = urlsplit(url).hostname or "unknown"
    posts: list[Post] = []
    bad: list[Unreadable] = []
    for number, entry in enumerate(parsed.entries):
        if isinstance(entry, Unreadable):
            bad.append(entry)
            continue
        post = _post(entry, parsed.head, host, url, title, received_at_ms)
        if post.text or post.media:
            posts.append(post)
        else:
            bad.append(Unreadable(f"entry {number}", "It has neither title, text nor picture."))
    return Looked(tuple(reversed(_told_apart(posts))), tuple(bad))


def _told_apart(posts: Sequence[Post]) -> list[Post]:
    """Each key once: the same entry twice is one, different ones under one id get keys of their
    own.
    """
    uses = Counter(key for key, _ in {(post.key, post.version) for post in posts})
    told: dict[str, Post] = {}
    for post in posts:
        if uses[post.key] > 1:
            own = short_hash(post.permalink, post.text.partition("\n")[0])
            post = msgspec.structs.replace(post, key=f"{post.key}#{own}")
        told.setdefault(post.key, post)
    return list(told.values())


def _post(entry: Entry, head: Head, host: str, url: str, title: str, received_at_ms: int) -> Post:
    body = _marked(entry.body, MAX_TEXT)
    text, entities = _joined(_marked(entry.title, MAX_TITLE), body)
    pictures = [
        Media(type="image", url=each.url, alt=each.alt, w=each.w, h=each.h)
        for each in body.pictures
        if each.w != 1 and each.h != 1  # a counter's picture
    ]
    media = attached([*entry.media, *pictures], MAX_MEDIA)
    permalink = web_address(entry.link, head.link)
    version = short_hash(msgspec.json.encode((text, media, permalink)).decode())
    return Post(
        key=f"feed:{host}:{_id(entry, url, text)}",
        network="feed",
        text=text,
        created_at_ms=min(max(entry.at_ms, 0), YEAR_2100_MS) or received_at_ms,
        version=version,
        entities=entities,
        lang=language_tag(entry.lang) or language_tag(head.lang),
        dir=direction(text),
        media=media,
        author=_author(entry, head, host, title),
        permalink=permalink,
        received_at_ms=received_at_ms,
    )


def _id(entry: Entry, url: str, text: str) -> str:
    said = entry.id.strip() or entry.link.strip()
    if not said:
        return short_hash(text, *(each.url for each in entry.media))
    if len(said) > 400 or _NO_KEY.search(said):
        return short_hash(said)
    return said if _URI.match(said) else f"{short_hash(url)}/{said}"


def _author(entry: Entry, head: Head, host: str, title: str) -> Author:
    said = one_line(entry.author, 100)
    if not said or "@" in said:
        said = title or one_line(head.title, 100) or host
    slug = "-".join(_NO_WORD.split(said.lower())).strip("-") or "unnamed"
    return Author(
        key=f"feed:{host}:@{slug[:200]}",
        handle=host,
        name=said,
        url=web_address(entry.author_url),
        avatar=head.icon,
    )


def _marked(words: Words, most: int) -> Marked:
    if words.html:
        return read_markup(words.value, base=words.base, most=most)
    text = clean(words.value[: most * 4]).strip()
    return Marked(shortened(text, most), ())


def _joined(title: Marked, body: Marked) -> tuple[str, tuple[Entity, ...]]:
    """Title, empty line, body; the title alone or left out where one says the other again."""
    head = " ".join(title.text.split())
    if not body.text or _heard(body.text) == _heard(head):
        text, shift, kept = head or body.text, 0, () if head else body.entities
    elif not head or _heard(body.text).startswith(_heard(head)):
        text, shift, kept = body.text, 0, body.entities
    else:
        text, shift, kept = f"{head}\n\n{body.text}", len(head) + 2, body.entities
    entities = [
        msgspec.structs.replace(each, start=each.start + shift, end=each.end + shift)
        for each in kept
    ]
    return text, merged(entities, find_entities(text))


def _heard(text: str) -> str:
    return _NO_WORD.sub(" ", text.casefold()).strip()
