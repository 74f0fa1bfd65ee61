"""One entry of a feed, whatever its format, and how it becomes a post."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import msgspec

from parvis.core.post import Author, Entity, Media, Post, Unreadable
from parvis.plug.address import safe_href
from parvis.plug.entities import merged
from parvis.plug.markup import Marked, read_markup
from parvis.plug.plain import clean, direction, one_line
from parvis.plug.text_entities import find_entities

MAX_TEXT = 1200
MAX_TITLE = 300
MAX_MEDIA = 4
YEAR_2100_MS = 4_102_444_799_000
_LANG = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
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
            own = _hash(post.permalink, post.text.partition("\n")[0])
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
    media = _once([*entry.media, *pictures])
    link = safe_href(entry.link, head.link)
    permalink = link if link.startswith(("http://", "https://")) else ""
    version = _hash(msgspec.json.encode((text, media, permalink)).decode())
    return Post(
        key=f"feed:{host}:{_id(entry, url, text)}",
        network="feed",
        text=text,
        created_at_ms=min(max(entry.at_ms, 0), YEAR_2100_MS) or received_at_ms,
        version=version,
        entities=entities,
        lang=_lang(entry.lang) or _lang(head.lang),
        dir=direction(text),
        media=media,
        author=_author(entry, head, host, title),
        permalink=permalink,
        received_at_ms=received_at_ms,
    )


def _id(entry: Entry, url: str, text: str) -> str:
    said = entry.id.strip() or entry.link.strip()
    if not said:
        return _hash(text, *(each.url for each in entry.media))
    if len(said) > 400 or _NO_KEY.search(said):
        return _hash(said)
    return said if _URI.match(said) else f"{_hash(url)}/{said}"


def _author(entry: Entry, head: Head, host: str, title: str) -> Author:
    said = one_line(entry.author, 100)
    if not said or "@" in said:
        said = title or one_line(head.title, 100) or host
    slug = "-".join(_NO_WORD.split(said.lower())).strip("-") or "unnamed"
    page = safe_href(entry.author_url)
    return Author(
        key=f"feed:{host}:@{slug[:200]}",
        handle=host,
        name=said,
        url=page if page.startswith("http") else "",
        avatar=head.icon,
    )


def _marked(words: Words, most: int) -> Marked:
    if words.html:
        return read_markup(words.value, base=words.base, most=most)
    text = clean(words.value[: most * 4]).strip()
    return Marked(text if len(text) <= most else text[: most - 1].rstrip() + "…", ())


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


def _once(media: Iterable[Media]) -> tuple[Media, ...]:
    found: dict[str, Media] = {}
    for each in media:
        url = safe_href(each.url)
        if url.startswith("http") and url not in found:
            alt = one_line(each.alt, 1500)
            poster = each.poster if safe_href(each.poster).startswith("http") else ""
            found[url] = msgspec.structs.replace(each, url=url, alt=alt, poster=poster)
    return tuple(found.values())[:MAX_MEDIA]


def _lang(said: str) -> str:
    said = said.strip().replace("_", "-")
    return said if _LANG.fullmatch(said) and len(said) <= 35 else ""


def _hash(*parts: str) -> str:
    joined = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=8).hexdigest()
