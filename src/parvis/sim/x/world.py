"""What the simulated network knows, what it bills, and what it is told to do wrong."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from typing import Any

import msgspec

from parvis.sim.crowd import Saying
from parvis.sim.steer import Refusals
from parvis.sim.x.judge import Judge
from parvis.sim.x.rule import Matches, Seen

Json = dict[str, Any]
EPOCH_MS = 1_288_834_974_657
LONG = 280
DAY_MS = 86_400_000
_TAG = re.compile(r"#(\w+)")
_AT = re.compile(r"@(\w+)")
_LINK = re.compile(r"https?://\S+")
PRICES = {"post": 5_000, "author": 10_000}
"""Millionths of a dollar; authors that come along are billed here, which is the worst case."""


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody posts. `author` is a handle; `reply_to`, `quote` and `repost` are ids."""

    text: str
    author: str = "ada"
    name: str = ""
    language: str = "en"
    images: int = 0
    film: bool = False
    sensitive: bool = False
    reply_to: str = ""
    quote: str = ""
    repost: str = ""
    advert: bool = False


class Rule(msgspec.Struct):
    """`acts_ms`: from when on; deleted ones act until `ends_ms`."""

    id: str
    value: str
    tag: str
    acts_ms: int
    matches: Matches
    ends_ms: int = 0


@dataclass(eq=False)
class Listener:
    """One open stream; in `due`, None tears it. `tear_after`: so far into the next line."""

    due: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    asked: dict[str, str] = field(default_factory=dict)
    mute: bool = False
    tear_after: int | None = None
    left: Callable[[], bool] = lambda: False
    """Whether who listened has gone."""


@dataclass
class World:
    """Accounts, posts, rules, and who listens."""

    clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    tokens: frozenset[str] = frozenset(("sim-token",))
    beat_s: float = 20.0
    acts_after_s: float = 20.0
    """How long a new rule takes to act, and a deleted one to stop."""
    connections: int = 1
    drops: int = 0
    """So many connections are cut before they are answered."""
    rule_cap: int = 1000
    rule_letters: int = 1024
    search_letters: int = 512
    limits: dict[str, int] = field(
        default_factory=lambda: {
            "stream": 50,
            "search": 450,
            "lookup": 3500,
            "rules": 450,
            "change": 100,
            "users": 300,
        }
    )
    """Requests in a quarter of an hour."""
    capped: bool = False
    broke: bool = False
    """No credits are left."""
    names_rules: bool = True
    """Lines name the rules that matched."""
    new_names: bool = False
    """`post` where the documentation still says `tweet` (OpenAPI 2.167)."""
    users: dict[str, Json] = field(default_factory=dict)
    """By handle, small letters."""
    posts: dict[str, Json] = field(default_factory=dict)
    media: dict[str, Json] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    listeners: set[Listener] = field(default_factory=set)
    refusals: Refusals = field(default_factory=Refusals)
    asked: list[str] = field(default_factory=list)
    spent: dict[str, list[int]] = field(default_factory=dict)
    billed: set[tuple[int, str, str]] = field(default_factory=set)
    _last: int = 0

    def __post_init__(self) -> None:
        self.judge = Judge(lambda: self.clock())

    # what happens ---------------------------------------------------------------------------------
    def post(self, draft: Draft) -> str:
        """Publish it; its id."""
        user = self.account(draft.author, draft.name)
        id_ = self.new_id()
        row: Json = {"id": id_, "edit_history_tweet_ids": [id_], "author_id": user["id"]}
        row |= {"created_at": iso(self.clock()), "lang": draft.language}
        row |= {"possibly_sensitive": draft.sensitive, "nullcast": draft.advert}
        row["public_metrics"] = {
            "retweet_count": 1,
            "reply_count": 0,
            "like_count": 3,
            "quote_count": 0,
            "bookmark_count": 0,
            "impression_count": 120,
        }
        refers = {"replied_to": draft.reply_to, "quoted": draft.quote, "retweeted": draft.repost}
        if given := [{"type": kind, "id": of} for kind, of in refers.items() if of]:
            row["referenced_tweets"] = given
        row |= self._said(draft.text)
        if draft.repost in self.posts:
            original = self.posts[draft.repost]
            row["text"] = f"RT @{self.handle_of(original)}: {original['text']}"[:139] + "…"
            row["entities"] = {
                k: [m for m in marks if m["end"] < 100]
                for k, marks in original.get("entities", {}).items()
            }
        self._hang(row, draft)
        self.posts[id_] = row
        self.deliver(row)
        return id_

    def edit(self, id_: str, text: str) -> str:
        """A new post with a new id, that knows those before it; '' when there is none."""
        old = self.posts.get(id_)
        if old is None or id_ != old["edit_history_tweet_ids"][-1]:
            return ""
        new = self.new_id()
        history = old["edit_history_tweet_ids"]
        history.append(new)  # shared by all versions: whoever asks for an old one learns of it
        row = {k: v for k, v in old.items() if k not in ("entities", "note_tweet")}
        row |= {"id": new, "created_at": iso(self.clock())} | self._said(text)
        self.posts[new] = row
        self.deliver(row)
        return new

    def delete(self, id_: str) -> bool:
        """All versions go; nobody is told."""
        row = self.posts.get(id_)
        for each in list(row["edit_history_tweet_ids"]) if row else ():
            self.posts.pop(each, None)
        return row is not None

    def account(self, handle: str, name: str = "") -> Json:
        """Made when there is none."""
        known = self.users.get(handle.casefold())
        if known is None:
            number = str(100_000 + len(self.users))
            known = self.users[handle.casefold()] = {
                "id": number,
                "username": handle,
                "name": name or handle.title(),
                "protected": False,
                "profile_image_url": f"https://pbs.twimg.com/profile_images/{number}/a_normal.jpg",
                "public_metrics": {"followers_count": 42, "tweet_count": 7},
            }
        return known

    def leave(self, handle: str) -> None:
        """The account is gone, and all it wrote."""
        user = self.users.pop(handle.casefold(), None)
        for id_, row in list(self.posts.items()):
            if user is not None and row["author_id"] == user["id"]:
                del self.posts[id_]

    def shout(self, line: bytes) -> None:
        """Bytes as they are, and the end of a line, to every listener."""
        for listener in self.listeners:
            listener.due.put_nowait(line + b"\r\n")

    def again(self, id_: str) -> None:
        """A line comes twice."""
        self.deliver(self.posts[id_])

    def cut(self, after: int | None = None) -> int:
        """Tear every stream: now, or `after` that many bytes of the next line."""
        for listener in list(self.listeners):
            if after is None:
                listener.due.put_nowait(None)
            else:
                listener.tear_after = after
        return len(self.listeners)

    def silence(self) -> int:
        """Open streams say nothing any more, not even that they live."""
        for listener in self.listeners:
            listener.mute = True
        return len(self.listeners)

    # for the crowd --------------------------------------------------------------------------------
    def say(self, saying: Saying) -> str:
        """Somebody of the crowd posts."""
        handle = saying.author.partition("@")[0]
        return self.post(Draft(saying.text, handle, saying.name, saying.language))

    def mend(self, id_: str, saying: Saying) -> None:
        """Somebody corrects it."""
        self.edit(id_, saying.text)

    def take_back(self, id_: str) -> None:
        """Somebody deletes it."""
        self.delete(id_)

    # parts ----------------------------------------------------------------------------------------
    def new_id(self) -> str:
        """A snowflake; each is greater than the one before."""
        self._last = max(self._last + 1, (self.clock() - EPOCH_MS) << 22)
        return str(self._last)

    def handle_of(self, row: Json) -> str:
        """Who wrote it."""
        user = self.user_of(row)
        return str(user["username"]) if user else ""

    def user_of(self, row: Json) -> Json | None:
        """Their account; None once it is gone."""
        return next((u for u in self.users.values() if u["id"] == row["author_id"]), None)

    def seen(self, row: Json, *, stream: bool) -> Seen:
        """As rules see it."""
        quoted = [r["id"] for r in row.get("referenced_tweets", ()) if r["type"] == "quoted"]
        other = self.posts.get(quoted[0]) if quoted and stream else None
        return Seen(row, self.handle_of(row), other)

    def matching(self, row: Json) -> list[Rule]:
        """The rules that act now and find it."""
        now_ms, seen = self.clock(), self.seen(row, stream=True)
        acting = [r for r in self.rules.values() if r.acts_ms <= now_ms]
        return [r for r in acting if not 0 < r.ends_ms <= now_ms and r.matches(seen)]

    def deliver(self, row: Json) -> None:
        """To whoever listens, where a rule finds it; it is billed."""
        user = self.user_of(row)
        if not (found := self.matching(row)) or not user or user["protected"]:
            return
        for listener in self.listeners:
            line = self.answer([row], listener.asked.get("expansions", ""))
            line["data"] = line["data"][0]
            if self.names_rules:
                line["matching_rules"] = [{"id": r.id, "tag": r.tag} for r in found]
            listener.due.put_nowait(msgspec.json.encode(line) + b"\r\n")

    def answer(self, rows: list[Json], expansions: str) -> Json:
        """Rows with what was asked to come along; billed once a day."""
        others = list(self._others(rows)) if "referenced_tweets.id" in expansions else []
        everyone = [*rows, *others] if "referenced_tweets.id.author_id" in expansions else rows
        users = {u["id"]: u for row in everyone if (u := self.user_of(row))}
        keys = [k for r in [*rows, *others] for k in r.get("attachments", {}).get("media_keys", ())]
        more: Json = {"users": list(users.values())}
        if keys and "attachments.media_keys" in expansions:
            more["media"] = [self.media[key] for key in keys]
        if others:
            more["tweets"] = [told(row) for row in others]
        day = self.clock() // DAY_MS
        self.billed |= {(day, "post", row["id"]) for row in (*rows, *others)}
        self.billed |= {(day, "author", id_) for id_ in users}
        found: Json = {"data": [told(row) for row in rows], "includes": more}
        return renamed(found) if self.new_names else found

    def bill(self, month: str = "") -> int:
        """Millionths of a dollar, of a month such as `2026-11`, or of all."""
        return sum(
            PRICES[kind]
            for day, kind, _ in self.billed
            if not month or iso(day * DAY_MS).startswith(month)
        )

    def _others(self, rows: list[Json]) -> Iterator[Json]:
        ids = {r["id"] for row in rows for r in row.get("referenced_tweets", ())}
        return (self.posts[id_] for id_ in sorted(ids) if id_ in self.posts)

    def _said(self, text: str) -> Json:
        said = escape(text, quote=False)
        row: Json = {"text": said}
        if marks := entities_of(said):
            row["entities"] = marks
        if len(text) > LONG:
            row["note_tweet"] = dict(row)
            short = said[: LONG - 1] + "…"
            row |= {"text": short, "entities": entities_of(short)}
        return row

    def _hang(self, row: Json, draft: Draft) -> None:
        kinds = ["photo"] * draft.images + ["video"] * draft.film
        for place, kind in enumerate(kinds):
            key = f"{3 if kind == 'photo' else 7}_{row['id']}{place}"
            medium: Json = {"media_key": key, "type": kind, "width": 1600, "height": 900}
            at = f"https://pbs.twimg.com/media/{key}"
            if kind == "photo":
                medium |= {"url": f"{at}.jpg", "alt_text": f"Picture {place}"}
            else:
                medium |= {"preview_image_url": f"{at}.jpg", "duration_ms": 12_500}
                medium["variants"] = [_variant(rate) for rate in (256_000, 832_000, 10_368_000)]
            self.media[key] = medium
            row.setdefault("attachments", {}).setdefault("media_keys", []).append(key)


def _variant(rate: int) -> Json:
    url = f"https://video.twimg.com/ext/{rate}.mp4"
    return {"bit_rate": rate, "content_type": "video/mp4", "url": url}


def told(row: Json) -> Json:
    """As the network says it, without what it keeps to itself."""
    return {name: value for name, value in row.items() if name != "nullcast"}


def renamed(value: Any) -> Any:
    """The same in the names of OpenAPI 2.167."""
    if isinstance(value, list):
        return [renamed(each) for each in value]
    if not isinstance(value, dict):
        return value
    names = {"tweets": "posts", "retweet_count": "repost_count"}
    return {
        names.get(name, name.replace("_tweet", "_post").replace("tweet_count", "post_count")): (
            renamed(each)
        )
        for name, each in value.items()
    }


def entities_of(text: str) -> Json:
    """Marks in code points of the text as it is sent."""
    found: Json = {}
    for name, pattern, field_ in (("hashtags", _TAG, "tag"), ("mentions", _AT, "username")):
        marks = [
            {"start": each.start(), "end": each.end(), field_: each[1]}
            for each in pattern.finditer(text)
        ]
        if marks:
            found[name] = marks
    if links := [
        {
            "start": each.start(),
            "end": each.end(),
            "url": each[0],
            "display_url": each[0].partition("://")[2][:26],
            "expanded_url": each[0],
        }
        for each in _LINK.finditer(text)
    ]:
        found["urls"] = links
    return found


def iso(at_ms: int) -> str:
    """As the network writes times."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"
