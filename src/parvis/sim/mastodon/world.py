"""What the simulated server knows, and what it is told to do wrong."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from parvis.sim.mastodon.html import as_html
from parvis.sim.mastodon.status import (
    Draft,
    Status,
    iso,
    mention_rows,
    now_ms,
    status_of,
    tag_rows,
)

FIRST_NOTIFICATION = 34_975_535


@dataclass(eq=False)
class Listener:
    """One open stream and what is due to it: events, bytes as they are, or `None`, which tears it.

    `tear_after`: it is torn so many bytes into its next event.
    """

    channel: str
    tag: str
    notifies: bool = False
    due: asyncio.Queue[tuple[str, str] | bytes | None] = field(default_factory=asyncio.Queue)
    mute: bool = False
    beats: int = 0
    tear_after: int | None = None


@dataclass
class Refusal:
    """What is refused: `stream`, `rest`, `hashtags` or `all`; how, and how many more times."""

    what: str
    status: int
    times: int
    body: str = ""
    content_type: str = "application/json; charset=utf-8"


@dataclass
class World:
    """One server's posts, listeners and faults."""

    beat_s: float = 15.0
    clock: Callable[[], int] = now_ms
    tokens: frozenset[str] = frozenset(("sim-token",))
    stream_open: bool = True
    rest_open: bool = True
    streaming_url: str = ""
    """Where streams are, when elsewhere; '' for here."""
    streaming_redirects: bool = False
    streams_here: bool = True
    hashtag_feeds: str = "public"
    owner: str = "parvis"
    """Whose the tokens are."""
    scopes: tuple[str, ...] = ("read",)
    """What the tokens may."""
    follows: frozenset[str] = frozenset()
    """Whose posts the owner's home timeline and user stream have."""
    several: bool = True
    """Whether several statuses may be asked for at once, as from 4.3 on."""
    limit: int = 300
    window_s: int = 300
    statuses: dict[str, Status] = field(default_factory=dict)
    listeners: set[Listener] = field(default_factory=set)
    refusals: list[Refusal] = field(default_factory=list)
    spent: dict[str, tuple[int, int]] = field(default_factory=dict)
    notified: list[tuple[str, str, str]] = field(default_factory=list)
    """The owner's notifications: id, type, id of the status."""
    asked: list[str] = field(default_factory=list)
    """Every path that was asked for, the latest last."""
    most: int = 0
    """How many statuses are kept, and as many notes of what happened; 0: all."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """JPEG by file name, for statuses to show."""
    _last_id: int = 0

    # what happens ---------------------------------------------------------------------------------
    def post(self, draft: Draft, base: str) -> Status:
        """Publish it, and tell the listeners."""
        asked_ms = self.clock()
        at_ms = draft.at_ms or asked_ms
        self._last_id = max(self._last_id + 1, at_ms << 16)
        id_ = str(self._last_id if not draft.at_ms else (draft.at_ms << 16) + len(self.statuses))
        quoted = self.statuses.get(draft.quote)
        status = status_of(draft, base, id_, at_ms=at_ms, asked_ms=asked_ms, quoted=quoted)
        self.statuses[status["id"]] = status
        self._tell("update", status, _json(status))
        if self._mentions_owner(status):
            self.notify("mention", status["id"])
        self._forget()
        return status

    def _forget(self) -> None:
        """A server that runs for days keeps what is recent."""
        if self.most:
            for id_ in list(self.statuses)[: -self.most]:
                del self.statuses[id_]
            del self.asked[: -self.most], self.notified[: -self.most]

    def notify(self, type_: str, id_: str) -> None:
        """Something that concerns the owner happened with a status."""
        self.notified.append((str(FIRST_NOTIFICATION + len(self.notified)), type_, id_))
        told = _json(self.notification(*self.notified[-1]))
        for listener in self.listeners:
            if listener.notifies:
                listener.due.put_nowait(("notification", told))

    def edit(self, id_: str, text: str, base: str, spoiler: str | None = None) -> Status | None:
        """Change the words; the time of the edit tells versions apart."""
        old = self.statuses.get(id_)
        if old is None:
            return None
        status = {
            **old,
            "content": as_html(text, base),
            "tags": tag_rows(text, base),
            "mentions": mention_rows(text, base),
            "edited_at": iso(max(self.clock(), _ms(old["edited_at"]) + 1)),
            "spoiler_text": old["spoiler_text"] if spoiler is None else spoiler,
        }
        self.statuses[id_] = status
        self._tell("status.update", status, _json(status))
        return status

    def delete(self, id_: str) -> bool:
        """Take it away, and tell the listeners."""
        status = self.statuses.pop(id_, None)
        if status is not None:
            self._tell("delete", status, id_)
        return status is not None

    def say(self, event: str, data: str) -> None:
        """An event to every listener."""
        for listener in self.listeners:
            listener.due.put_nowait((event, data))

    def shout(self, line: bytes) -> None:
        """Bytes as they are, to every listener."""
        for listener in self.listeners:
            listener.due.put_nowait(line)

    def cut(self, after: int | None = None) -> int:
        """Tear every connection: now, or `after` that many bytes of the next event."""
        for listener in list(self.listeners):
            if after is None:
                listener.due.put_nowait(None)
            else:
                listener.tear_after = after
        return len(self.listeners)

    def silence(self) -> int:
        """Every open connection says nothing any more, not even heartbeats."""
        for listener in self.listeners:
            listener.mute = True
        return len(self.listeners)

    # what is asked --------------------------------------------------------------------------------
    def timeline(self, wanted: Callable[[Status], bool], query: dict[str, str]) -> list[Status]:
        """One page, newest first; `min_id` gives the page right after it, as the real one does."""
        found = [status for status in self.statuses.values() if wanted(status)]
        return _page(found, query, limit=20, most=40)

    def tagged(
        self,
        tag: str,
        others: Iterable[str] = (),
        every: Iterable[str] = (),
        none: Iterable[str] = (),
    ) -> Callable[[Status], bool]:
        """A test of statuses, as `any[]`, `all[]` and `none[]` of the tag timeline mean it."""
        some = {tag.casefold(), *(other.casefold() for other in others)}
        must = {each.casefold() for each in every}
        never = {each.casefold() for each in none}

        def fits(status: Status) -> bool:
            has = {row["name"].casefold() for row in status["tags"]}
            return bool(
                status["visibility"] == "public" and has & some and has >= must and not has & never
            )

        return fits

    def refusal(self, *areas: str) -> Refusal | None:
        """The refusal that applies now, counted down."""
        for refusal in self.refusals:
            if refusal.what in (*areas, "all") and refusal.times:
                refusal.times -= 1
                return refusal
        return None

    def spend(self, caller: str) -> bool:
        """Counts a request of `caller`; False when there was none left."""
        remaining, reset_ms = self.budget(caller)
        self.spent[caller] = (reset_ms, self.limit - remaining + 1)
        return remaining > 0

    def budget(self, caller: str) -> tuple[int, int]:
        """Requests left to `caller`, and when (ms) they are counted anew."""
        window = self.window_s * 1000
        reset_ms = self.clock() // window * window + window
        counted_to, spent = self.spent.get(caller, (0, 0))
        spent = spent if counted_to == reset_ms else 0
        return max(self.limit - spent, 0), reset_ms

    def notifications(self, types: Iterable[str], query: dict[str, str]) -> list[Status]:
        """One page of the owner's, newest first; deleted statuses take theirs along."""
        wanted = frozenset(types)
        rows = [
            self.notification(*row)
            for row in self.notified
            if row[2] in self.statuses and (not wanted or row[1] in wanted)
        ]
        return _page(rows, query, limit=40, most=80)

    def notification(self, id_: str, type_: str, of: str) -> Status:
        """https://docs.joinmastodon.org/entities/Notification/ (4.3 on: with `group_key`)"""
        status = self.statuses[of]
        return {
            "id": id_,
            "type": type_,
            "created_at": status["created_at"],
            "group_key": f"ungrouped-{id_}",
            "account": status["account"],
            "status": status,
        }

    def _tell(self, event: str, status: Status, data: str) -> None:
        for listener in self.listeners:
            if listener.channel.startswith("user"):
                home = status["account"]["acct"] in self.follows
                told_off = event == "delete" and self._mentions_owner(status)
                hears = listener.channel == "user" and (home or told_off)
            else:
                hears = not listener.tag or self.tagged(listener.tag)(status)
            if hears:
                listener.due.put_nowait((event, data))

    def _mentions_owner(self, status: Status) -> bool:
        return any(row["acct"] == self.owner for row in status["mentions"])


def _page(rows: list[Status], query: dict[str, str], *, limit: int, most: int) -> list[Status]:
    limit = max(1, min(int(query.get("limit") or limit), most))
    low = max(_number(query.get("min_id")), _number(query.get("since_id")))
    high = _number(query.get("max_id"))
    rows = sorted(rows, key=lambda row: int(row["id"]))
    page = [row for row in rows if int(row["id"]) > low and (not high or int(row["id"]) < high)]
    page = page[:limit] if "min_id" in query else page[-limit:]
    return page[::-1]


def _json(status: Status) -> str:
    return msgspec.json.encode(status).decode()


def _ms(at: str | None) -> int:
    return int(datetime.fromisoformat(at).timestamp() * 1000) if at else 0


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,30}", text) else 0
