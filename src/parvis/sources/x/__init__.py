"""X: one stream for an account, searches for what it missed, and never more than the ceiling."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Post, Raw
from parvis.plug.cursor import Cursor
from parvis.plug.fields import Fields, ident, table, text
from parvis.plug.meter import Hold, Meter
from parvis.plug.pace import next_wait_s, spread_s
from parvis.plug.source import Page, Probe, Source
from parvis.plug.tools import Tools
from parvis.sources.x import read as reading
from parvis.sources.x.api import AT_ONCE, Api
from parvis.sources.x.asking import read_asking
from parvis.sources.x.line import Told, line_of
from parvis.sources.x.look import LIST, Look
from parvis.sources.x.paid import Paid
from parvis.sources.x.post import history_of, named_in, refers, tags_of

FASTEST_S = 15.0
"""Between two looks, where searches stand in for the stream; half of what the network allows."""
RULES_ACT_MS = 30_000
"""After so long new rules act (about 20 s), and one more search finds what fell between."""
SPARE = 0.1
"""How much of the ceiling is kept to ask after what is on show: its deletions must be followed."""
AHEAD = 100
"""So many posts of the stream are set aside at a time, and half of them are always left, for they
may be on the road when it is cut; never more than a twentieth of the ceiling.
"""
_TAG, _KNOWN = "rule_tag", "known_accounts"


class X(Source):
    """Hashtags, accounts, mentions and words."""

    streams = True
    polls = True
    recheck_at_once = AT_ONCE

    def __init__(self, tools: Tools) -> None:
        self._asking = read_asking(tools.settings)
        self._clock = tools.clock
        self._memory = tools.memory
        token = tools.vault.secret("token")
        self._api = Api(tools.http, self._asking.server, token, reposts=self._asking.reposts)
        self._line = line_of(self._asking.server, token, tools.clock)
        prices = {"post": self._asking.price_post, "author": self._asking.price_author}
        self._meter = Meter(
            tools.memory,
            tools.clock,
            network="X",
            prices=prices,
            ceiling=self._asking.ceiling,
        )
        self._paid = Paid(tools.clock)
        self._spare = round(self._meter.ceiling * SPARE)
        self._look = Look(self._api, self._asking, self._meter, self._paid, self._spare)
        self._pace_s = FASTEST_S
        self._others = 0

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """Pure; see `reading`."""
        return reading.read(raw)

    async def stream(self, cursor: str) -> AsyncIterator[Raw]:
        """What was missed first, with the stream already open, so that nothing falls between."""
        at = Cursor.read(cursor)
        step = min(self._most_of_one() * AHEAD, self._meter.ceiling // 20)
        hold = await self._meter.hold(step, spare=self._spare)
        try:
            tag = await self._tag()
            changed = await self._sync(tag)
            began_ms = self._clock()
            look_at_ms = began_ms + RULES_ACT_MS if changed else 0
            async with self._line.open(tag, self._api) as lines:
                async for raw in self._look.missed(at, began_ms):
                    yield self._stamped(raw, gap_fill=bool(cursor))
                async for told in lines:
                    heard = await self._heard(told, at, hold)
                    if heard is not None:
                        yield heard
                    await self._afford(hold, step)
                    if look_at_ms and self._clock() >= look_at_ms:
                        look_at_ms = 0
                        async for raw in self._look.since(reading.id_at(began_ms), at):
                            yield self._stamped(raw, gap_fill=True)
        finally:
            await hold.settle()

    async def poll(self, cursor: str) -> Page:
        """Where another holds the account's stream: the same by searches."""
        at = Cursor.read(cursor)
        now_ms = self._clock()
        raws = [self._stamped(raw, gap_fill=False) async for raw in self._look.missed(at, now_ms)]
        self._pace_s = next_wait_s(self._pace_s, FASTEST_S, news=at.write() != cursor)
        searches = len(self._asking.searches())
        wait_s = max(self._pace_s, FASTEST_S * searches)
        wait_s = spread_s(wait_s, self._api.headers, searches, now_ms)
        return Page(tuple(raws), at.write(), wait_s)

    async def probe(self) -> Probe:
        """Whether the token opens the stream, everybody is there, and what this month has cost."""
        try:
            rules = await self._api.rules()
            tag = await self._tag()
            self._others = sum(rule.tag != tag for rule in rules)
            await self._everybody()
            await (await self._meter.hold(self._most_of_one(), spare=self._spare)).settle()
        except (Refused, Later) as error:
            return Probe(ok=False, says=str(error))
        says = [f"X streams {self._asking.label} to us.", self._meter.says]
        if self._others:
            says.append(
                f"The account has {self._others} stream rules that are not of this source; what"
                " they find is paid for as well."
            )
        return Probe(ok=True, says=" ".join(filter(None, says)), since_ms=self._clock())

    async def recheck(self, posts: Sequence[Post]) -> AsyncIterator[Raw]:
        """A hundred a request; what was read today already costs nothing again."""
        asked = {id_: key for key, id_ in map(reading.ids_of, posts) if id_}
        while asked:
            ids = list(asked)[:AT_ONCE]
            body, found = await self._look.posts(ids)
            here = {id_: asked.pop(id_) for id_ in ids}
            yield self._stamped(Raw(body, kind=reading.LOOKUP), gap_fill=True)
            if left := reading.left_out(found, here):
                yield self._stamped(left, gap_fill=True)
            for row in _rows(found):
                newest = history_of(row)[-1]
                if newest not in here and ident(row) in here:  # edited since: a new id has it
                    asked[newest] = here[ident(row)]

    async def _heard(self, told: Told, at: Cursor, hold: Hold) -> Raw | None:
        """The line as a raw, where it is for us; what it cost is counted either way."""
        if told.said is None:
            return Raw(told.line, kind=reading.LINE) if told.line else None
        await hold.use(self._meter.cost(self._paid.note(told.said)))
        at.move(LIST, ident(table(told.said, "data")))
        if not (told.ours or not told.tags) or not self._wants(told.said, told):
            return None
        return self._stamped(Raw(told.line, at.write(), kind=reading.LINE), gap_fill=False)

    def _wants(self, said: Fields, told: Told) -> bool:
        """Rules find who quotes a post as well as the post; and now and then no rule is named."""
        post = table(said, "data")
        if told.ours and refers(post).kind != "quote":
            return True
        users = {ident(each): each for each in _rows(table(said, "includes"), "users")}
        author = text(users.get(ident(post, "author_id"), {}), "username")
        return self._asking.wants(text(post, "text"), author, tags_of(post), named_in(post))

    async def _afford(self, hold: Hold, step: int) -> None:
        """Raises `Later` when no more can be set aside; then the rest stays counted, for what is on
        the road is paid for too.
        """
        if hold.rest <= step // 2 and not await hold.fill(step, spare=self._spare):
            hold.rest = 0
            raise Later("X has been read up to the ceiling of this month.")

    async def _sync(self, tag: str) -> bool:
        """Our rules as the settings have them; those of others are left alone. Whether it changed
        any.
        """
        wanted = self._asking.rules(tag.replace(":", " "))
        rules = await self._api.rules()
        ours = {rule.value: rule.id for rule in rules if rule.tag == tag}
        self._others = len(rules) - len(ours)
        new = [value for value in wanted if value not in ours]
        old = [id_ for value, id_ in ours.items() if value not in wanted]
        if new:
            await self._api.change_rules(tag, add=new)
        if old:
            await self._api.change_rules(tag, delete=old)
        return bool(new)

    async def _tag(self) -> str:
        """What marks our rules among those of the account, for good."""
        tag = await self._memory.recall(_TAG) or ""
        if not tag.startswith("parvis:"):
            tag = f"parvis:{secrets.token_hex(6)}"
            await self._memory.remember(_TAG, tag)
        return tag

    async def _everybody(self) -> None:
        """Raises `Refused` naming an account that nobody has; each is asked after once."""
        known = (await self._memory.recall(_KNOWN) or "").split()
        handles = [*self._asking.accounts, *self._asking.mentions]
        ask = [each for each in dict.fromkeys(handles) if each.casefold() not in known]
        for at in range(0, len(ask), AT_ONCE):
            some = ask[at : at + AT_ONCE]
            await self._meter.hold(self._meter.cost({"author": len(some)}), spare=self._spare)
            if nobody := await self._api.nobody(some):
                raise Refused(f"Nobody on X is called @{nobody[0]}; check how it is spelt.")
            known += [each.casefold() for each in some]
            await self._memory.remember(_KNOWN, " ".join(known))

    def _most_of_one(self) -> int:
        return self._meter.cost(self._look.most(1))

    def _stamped(self, raw: Raw, *, gap_fill: bool) -> Raw:
        return msgspec.structs.replace(raw, received_at_ms=self._clock(), gap_fill=gap_fill)


def _rows(answer: Mapping[str, object], name: str = "data") -> Sequence[Fields]:
    found = answer.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def open_source(tools: Tools) -> X:
    """Raises `Refused` for settings that cannot be meant, and without the credential."""
    return X(tools)
