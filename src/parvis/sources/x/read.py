"""What the stream, searches and lookups say, read into arrivals. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from parvis.core.post import (
    Arrival,
    Author,
    Gone,
    Metric,
    OptedOut,
    Post,
    Provenance,
    Raw,
    Unreadable,
)
from parvis.plug.address import web_address
from parvis.plug.fields import Fields, decode, ident, moment_ms, rows, table, text, whole
from parvis.plug.language import language_tag
from parvis.plug.plain import direction, one_line
from parvis.sources.x.asking import HANDLE
from parvis.sources.x.post import (
    SHOWN_BY,
    Refers,
    history_of,
    read_media,
    read_text,
    refers,
    sensitivity_of,
)

NETWORK: Final = "x"
LINE, PAGE, LOOKUP, LEFT = "line", "page", "lookup", "left"
"""`Raw.kind` of our own: a line of the stream, a page of a search, an answer about posts on show,
and what such an answer left out (a list of `[key, flag]`).
"""
PROTECTED: Final = "protected"
NOT_SHOWN: Final = "X no longer shows it: it was deleted there, or its author's account is gone."
_METRICS: Mapping[str, tuple[str, ...]] = {
    "like": ("like_count",),
    "share": ("retweet_count", "repost_count"),
    "reply": ("reply_count",),
    "quote": ("quote_count",),
    "view": ("impression_count",),
    "bookmark": ("bookmark_count",),
}
_OF_A_POST: Final = ("text", "author_id", "edit_history_tweet_ids", "edit_history_post_ids")
_NO_LANGUAGE: Final = frozenset(("und", "zxx", "qam", "qct", "qht", "qme", "qst", "art"))


def read(raw: Raw) -> Iterator[Arrival]:
    """Oldest first; nothing for what is no post."""
    try:
        value = decode(raw.body)
    except ValueError as error:
        yield Unreadable(raw.kind or "answer", str(error))
        return
    if raw.kind == LEFT:
        yield from _left(value)
    elif isinstance(value, dict):
        yield from _Reading(raw, value).posts()
    else:
        yield Unreadable(raw.kind or "answer", "it is no object")


def key_of(id_: str) -> str:
    """Of the first version's id."""
    return f"{NETWORK}:x.com:{id_}" if id_ else ""


def ids_of(post: Post) -> tuple[str, str]:
    """Key and the id of the version that we have; ids are '' for another network's post."""
    found = post.version or post.key.removeprefix(key_of("-")[:-1])
    return post.key, found if post.network == NETWORK and found.isdecimal() else ""


def _left(value: object) -> Iterator[Arrival]:
    for row in value if isinstance(value, list) else []:
        match row:
            case [str(key), str(flag)] if key.startswith(key_of("-")[:-1]):
                if (id_ := key.rpartition(":")[2]).isdecimal() and len(id_) < 30:
                    yield OptedOut(key, PROTECTED) if flag else Gone(key, NOT_SHOWN)


class _Reading:
    """One answer, being read."""

    def __init__(self, raw: Raw, answer: Fields) -> None:
        self._raw = raw
        self._answer = answer
        self._sha256 = hashlib.sha256(raw.body).hexdigest()
        more = table(answer, "includes")
        self._users = {ident(row): row for row in rows(more, "users")}
        self._media = {text(row, "media_key"): row for row in rows(more, "media")}
        self._others = {ident(row): row for row in (*rows(more, "tweets"), *rows(more, "posts"))}

    def posts(self) -> Iterator[Arrival]:
        data = self._answer.get("data")
        if isinstance(data, dict):
            yield from self._one(table(self._answer, "data"), "data")
        elif isinstance(data, list):
            for place in reversed(range(len(data))):
                row = data[place]
                if isinstance(row, dict):
                    yield from self._one(row, f"data[{place}]")
                else:
                    yield Unreadable(f"data[{place}]", "it is no object")
        elif data is not None:
            yield Unreadable("data", "it is neither a post nor a list of posts")

    def _one(self, row: Fields, where: str) -> Iterator[Arrival]:
        id_ = ident(row)
        if not id_.isdecimal() or not isinstance(row.get("text"), str):
            if not row or any(name in row for name in _OF_A_POST):
                yield Unreadable(where, "it is a post without its id or its text")
            return
        history, refer = history_of(row), refers(row)
        if refer.kind == "repost":
            # it says the beginning of somebody else's words: theirs are taken whole, or not at all
            original = self._others.get(refer.reposted, {})
            if refers(original).kind != "repost":
                yield from self._one(original, where) if original else ()
            return
        if id_ != history[-1] and id_ in history:
            return  # a version that was edited since
        key = key_of(history[0])
        user = self._users.get(ident(row, "author_id"), {})
        if user.get("protected") is True:
            yield OptedOut(key, PROTECTED)
        elif (author := _author(user)) is None:
            yield Unreadable(where, "X did not say who wrote it, and that is to be shown")
        else:
            yield self._post(row, key, id_, author, refer)

    def _post(self, row: Fields, key: str, id_: str, author: Author, refer: Refers) -> Post:
        said = read_text(row)
        sensitivity = sensitivity_of(row)
        received_ms = max(self._raw.received_at_ms, 0)
        created_ms = moment_ms(row, "created_at") or id_ms(id_)
        return Post(
            key=key,
            network=NETWORK,
            text=said.text,
            created_at_ms=min(created_ms, received_ms) if received_ms else created_ms,
            version=id_,
            kind=refer.kind,
            entities=said.entities,
            lang=_lang(row),
            dir=direction(said.text),
            media=read_media(row, self._media, sensitive=sensitivity.flag),
            author=author,
            parent=key_of(refer.parent),
            quoted=key_of(refer.quoted),
            permalink=f"{author.url}/status/{id_}",
            metrics=_metrics(table(row, "public_metrics")),
            sensitivity=sensitivity,
            provenance=Provenance(
                endpoint=self._raw.kind or LOOKUP,
                raw_sha256=self._sha256,
                gap_fill=self._raw.gap_fill,
            ),
            received_at_ms=received_ms,
        )


_EPOCH_MS: Final = 1_288_834_974_657
"""Where the network's ids begin; 22 bits below the milliseconds."""


def id_ms(id_: str) -> int:
    """When an id was given; 0 for those of before November 2010."""
    number = int(id_) if id_.isdecimal() and len(id_) < 20 else 0
    return (number >> 22) + _EPOCH_MS if number > 1 << 40 else 0


def id_at(at_ms: int) -> str:
    """The least id that can be given then."""
    return str(max(at_ms - _EPOCH_MS, 1) << 22)


def _author(user: Fields) -> Author | None:
    id_, handle = ident(user), text(user, "username")
    if not id_ or not HANDLE.fullmatch(handle):
        return None
    figures = table(user, "public_metrics")
    avatar = text(user, "profile_image_url").replace("_normal.", "_400x400.")
    return Author(
        key=f"{NETWORK}:at:{id_}",
        handle=f"@{handle}",
        name=one_line(text(user, "name")[:500], 80) or handle,
        url=f"{SHOWN_BY}/{handle}",
        avatar=web_address(avatar),
        followers=whole(figures, "followers_count") if "followers_count" in figures else -1,
    )


def _metrics(figures: Fields) -> tuple[Metric, ...]:
    given = {
        name: whole(figures, field)
        for name, fields in _METRICS.items()
        for field in fields
        if field in figures
    }
    return tuple(Metric(name, value) for name, value in given.items())


def _lang(row: Fields) -> str:
    lang = language_tag(text(row, "lang"))
    return "" if lang in _NO_LANGUAGE else lang


def left_out(answer: Fields, asked: Mapping[str, str]) -> Raw | None:
    """Of the ids that were asked after, with their keys, those of which the network itself says
    that they are no more, or for nobody's eyes.
    """
    found: list[tuple[str, str]] = []
    for problem in rows(answer, "errors"):
        id_ = ident(problem, "resource_id") or ident(problem, "value")
        kind = text(problem, "type").rpartition("/problems/")[2]
        about = text(problem, "resource_type") in ("tweet", "post")
        if about and id_ in asked:
            if kind == "resource-not-found":
                found.append((asked[id_], ""))
            elif kind == "not-authorized-for-resource":
                found.append((asked[id_], PROTECTED))
    return Raw(msgspec.json.encode(found), kind=LEFT) if found else None
