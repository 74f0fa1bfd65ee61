"""The API of the queue: posts with all that a moderator must see, claims, decisions, undo."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from parvis.core.person import Actor
from parvis.core.post import MediaType, Post
from parvis.core.verdict import Decision, State, Verdict
from parvis.engine import Claim, Placement, Queued, Sought, Step, Tale
from parvis.flow.desk import Asked, Taken
from parvis.flow.explain import Why
from parvis.flow.kept import Kept, kept_of
from parvis.flow.publish import team_media
from parvis.flow.ruling import Kind
from parvis.web.api.types import ActId, PostKey
from parvis.web.asked import actor_of, lang_of, must_stand, number, one_of, wall_of, word
from parvis.web.entry import Entry, Query, answer, body_of
from parvis.web.names import names
from parvis.web.problem import Failed, problem_of
from parvis.web.room import Room
from parvis.web.said import told

STATES: tuple[str, ...] = get_args(State)
MEDIA: tuple[str, ...] = ("any", "none", *get_args(MediaType))
MAX_PAGE = 200
CLAIM_S, MAX_CLAIM_S = 45, 600

Keys = Annotated[tuple[PostKey, ...], Meta(max_length=MAX_PAGE)]
Said = Annotated[str, Meta(max_length=500)]
Rev = Annotated[int, Meta(ge=0, le=2**53)]


class Moment(msgspec.Struct, frozen=True):
    """A step of a post's journey: `written`, `arrived`, `edited`, `shown`, `gone`, `pinned`,
    `featured`, or the state that was decided.
    """

    what: str
    at_ms: int
    by: str = ""


class Item(msgspec.Struct, frozen=True):
    """A post as a moderator sees it, its media at our own addresses. `verdicts` are the checks'
    last ones, also after a person has decided; `claim` says who has it in hand. `kept` says of a
    post off the wall whether a person kept back what it shows (`same`), or it shows something else
    since (`other`).
    """

    post: Post
    placement: Placement
    decision: Decision | None
    verdicts: tuple[Verdict, ...]
    claim: Claim | None
    journey: tuple[Moment, ...]
    pinned: bool = False
    kept: Kept = ""


class Queue(msgspec.Struct, frozen=True):
    """A page of posts, newest first; `before` asks for the next one, and is null at the end.
    `names` says how those are called who decided (`person:…`).
    """

    items: tuple[Item, ...]
    counts: dict[str, int]
    before: int | None = None
    names: dict[str, str] = {}


class Found(msgspec.Struct, frozen=True):
    """A page of a search. It looks at a bounded number of posts (`looked`): go on with `before`
    until it is null, also after an empty page.
    """

    items: tuple[Item, ...]
    before: int | None
    looked: int
    names: dict[str, str] = {}


class Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's decision; with `rev` it is refused (409) when the post changed since.

    `without_media` shows its words alone, and false lets in what was kept back before; where it is
    not said, that stays kept back. `rules` change the wall's policy with it, in one gesture:
    `trust` or `block` its author, `wording` blocks `words`.
    """

    post: PostKey
    state: Literal["approved", "rejected", "hidden", "pending"]
    rev: Rev | None = None
    why: Said = ""
    code: Annotated[str, Meta(max_length=40)] = ""
    without_media: bool | None = None
    rules: Annotated[tuple[Kind, ...], Meta(max_length=3)] = ()
    words: Annotated[str, Meta(max_length=80)] = ""


class DecideOne(Decide, frozen=True, forbid_unknown_fields=True):
    """One decision, and the name of the act."""

    act: ActId = ""


class Decided(msgspec.Struct, frozen=True):
    """What was decided, and the placement's revision after it."""

    decision: Decision
    rev: int


class DecideAll(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many decisions as one gesture: one undo takes them all back."""

    decisions: Annotated[tuple[Decide, ...], Meta(min_length=1, max_length=MAX_PAGE)]
    act: ActId = ""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one of many: 200 with the decision, else the status and a sentence."""

    post: str
    status: int
    decision: Decision | None = None
    rev: int = 0
    detail: str = ""


class Outcomes(msgspec.Struct, frozen=True):
    """One for each decision, in order."""

    outcomes: tuple[Outcome, ...]


class TakeInHand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold these posts, or hold them longer."""

    posts: Keys
    for_s: Annotated[int, Meta(ge=1, le=MAX_CLAIM_S)] = CLAIM_S


class Claimed(msgspec.Struct, frozen=True):
    """Which you hold now, and who holds the others."""

    claimed: tuple[str, ...]
    held: tuple[Claim, ...]


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold these posts no longer."""

    posts: Keys


class Released(msgspec.Struct, frozen=True):
    """How many you held."""

    released: int


_POST = Query(
    "post", "The post's key.", {"type": "string", "minLength": 1, "maxLength": 512}, required=True
)
_BEFORE = Query(
    "before", "Only posts below this order.", {"type": "integer", "minimum": 0, "maximum": 2**62}
)
_LIMIT = Query("limit", "Posts a page.", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE})
_STATE = Query("state", "States, separated by commas.", {"type": "string", "maxLength": 120})


def _text(name: str, about: str, most: int) -> Query:
    return Query(name, about, {"type": "string", "maxLength": most})


def _time(name: str, about: str) -> Query:
    return Query(name, about, {"type": "integer", "minimum": 0, "maximum": 2**53})


_SEARCH = (
    _text("q", "Words that must all stand in the text or the author's name.", 200),
    _STATE,
    _text("network", "Only of this network.", 40),
    _text("author", "Part of the author's name or handle.", 100),
    _text("lang", "Only in this language.", 35),
    _text("media", f"One of {', '.join(MEDIA)}.", 20),
    _time("from", "Written at or after, ms."),
    _time("to", "Written before, ms."),
    _BEFORE,
    _LIMIT,
)


class QueueApi:
    """Posts of a wall and what people do to them."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._engine = room.engine
        self._desk = room.desk

    def entries(self) -> list[Entry]:
        """Every route."""
        return [*self._reads(), *self._acts()]

    def _reads(self) -> list[Entry]:
        wall = "/api/walls/{wall}"
        return [
            Entry(
                method="GET", path=f"{wall}/queue", handle=self.queue, who="viewer",
                about="Posts by state, newest first.", gives=Queue,
                query=(_STATE, _BEFORE, _LIMIT),
            ),
            Entry(
                method="GET", path=f"{wall}/posts", handle=self.posts, who="viewer",
                about="Search over all posts of the wall, newest first.", gives=Found,
                query=_SEARCH,
            ),
            Entry(
                method="GET", path=f"{wall}/why", handle=self.why, who="viewer",
                about="Why a post has its state, and what would change it.", gives=Why,
                query=(_POST, _text("lang", "en or fr.", 35)),
            ),
        ]  # fmt: skip

    def _acts(self) -> list[Entry]:
        wall = "/api/walls/{wall}"
        return [
            Entry(
                method="POST", path=f"{wall}/posts/decide", handle=self.decide, who="moderator",
                about="Decide on a post.", takes=DecideOne, gives=Decided,
            ),
            Entry(
                method="POST", path=f"{wall}/posts/decide_all", handle=self.decide_all,
                who="moderator", about="Decide on many posts at once.", takes=DecideAll,
                gives=Outcomes,
            ),
            Entry(
                method="POST", path=f"{wall}/claim", handle=self.claim, who="moderator",
                about="Take posts in hand, so that nobody else decides on them meanwhile.",
                takes=TakeInHand, gives=Claimed,
            ),
            Entry(
                method="POST", path=f"{wall}/release", handle=self.release, who="moderator",
                about="Let go of posts.", takes=Release, gives=Released,
            ),
        ]  # fmt: skip

    # reads ----------------------------------------------------------------------------------------
    async def queue(self, request: Request) -> Response:
        """GET /api/walls/{wall}/queue."""
        wall = await wall_of(self._engine, request)
        states = one_of(request, "state", STATES, "pending")
        limit = number(request, "limit", 50, most=MAX_PAGE, least=1) or 50
        before = number(request, "before", None, most=2**62)
        found = await self._engine.queue_of_wall(wall.id, states, before=before, limit=limit)
        rest = found[-1].placement.order if len(found) == limit else None
        counts = dict(await self._engine.counts(wall.id))
        items = await self._items(wall.id, found)
        page = Queue(items, counts, rest, await self._names(items))
        return answer(told(page, lang_of(request, wall.lang)))

    async def posts(self, request: Request) -> Response:
        """GET /api/walls/{wall}/posts."""
        wall = await wall_of(self._engine, request)
        media = one_of(request, "media", MEDIA)
        if len(media) > 1:
            raise Failed(422, "media takes one kind at a time.")
        sought = Sought(
            words=tuple(word(request, "q", 200).split()),
            states=tuple(one_of(request, "state", STATES)),
            network=word(request, "network", 40),
            author=word(request, "author", 100),
            lang=word(request, "lang", 35),
            media=media[0] if media else "",
            from_ms=number(request, "from", 0, most=2**53) or 0,
            to_ms=number(request, "to", 0, most=2**53) or 0,
        )
        limit = number(request, "limit", 50, most=MAX_PAGE, least=1) or 50
        before = number(request, "before", None, most=2**62)
        seen = await self._engine.search(wall.id, sought, before=before, limit=limit)
        items = await self._items(wall.id, seen.items)
        page = Found(items, seen.before, seen.looked, await self._names(items))
        return answer(told(page, lang_of(request, wall.lang, by_query=False)))

    async def _names(self, items: Sequence[Item]) -> dict[str, str]:
        said = {step.by for item in items for step in item.journey}
        return await names(self._engine, said)

    async def _items(self, wall: str, found: Sequence[Queued]) -> tuple[Item, ...]:
        keys = [queued.post.key for queued in found]
        tales = await self._engine.tales(wall, keys)
        claims = await self._engine.claims(wall, keys)
        pinned = {card.post for card in (await self._engine.picks(wall)).pinned}
        return tuple(item_of(queued, tales, claims, pinned) for queued in found)

    async def why(self, request: Request) -> Response:
        """GET /api/walls/{wall}/why."""
        wall = await wall_of(self._engine, request)
        post = word(request, "post", 512)
        await must_stand(self._engine, wall.id, post)
        lang = lang_of(request, wall.lang)
        return answer(told(await self._desk.why(wall.id, post, lang), lang))

    # acts -----------------------------------------------------------------------------------------
    async def decide(self, request: Request) -> Response:
        """POST /api/walls/{wall}/posts/decide."""
        asked = await body_of(request, DecideOne)
        wall = await wall_of(self._engine, request)
        await must_stand(self._engine, wall.id, asked.post)
        by = actor_of(request).by
        taken = await self._desk.decide(wall.id, _asked(asked), by=by, id=asked.act)
        return answer(told(Decided(taken.decision, taken.rev), lang_of(request, wall.lang)))

    async def decide_all(self, request: Request) -> Response:
        """POST /api/walls/{wall}/posts/decide_all."""
        asked = await body_of(request, DecideAll)
        wall = await wall_of(self._engine, request)
        asks = [_asked(each) for each in asked.decisions]
        by = actor_of(request).by
        outcomes = await self._desk.decide_all(wall.id, asks, by=by, id=asked.act)
        pairs = zip(asks, outcomes, strict=True)
        made = Outcomes(tuple(_outcome(one.post, outcome) for one, outcome in pairs))
        return answer(told(made, lang_of(request, wall.lang)))

    async def claim(self, request: Request) -> Response:
        """POST /api/walls/{wall}/claim."""
        asked = await body_of(request, TakeInHand)
        wall = await wall_of(self._engine, request)
        who: Actor = actor_of(request)
        keys = list(dict.fromkeys(asked.posts))
        known = await self._engine.known(wall.id, keys)
        here = [key for key in keys if key in known and known[key].placement is not None]
        mine = set(
            await self._engine.take(
                wall.id, here, by=who.by, name=who.name, for_s=float(asked.for_s)
            )
        )
        held = await self._engine.claims(wall.id, [key for key in here if key not in mine])
        return answer(Claimed(tuple(key for key in here if key in mine), tuple(held.values())))

    async def release(self, request: Request) -> Response:
        """POST /api/walls/{wall}/release."""
        asked = await body_of(request, Release)
        wall = await wall_of(self._engine, request)
        by = actor_of(request).by
        return answer(Released(await self._engine.let_go(wall.id, asked.posts, by=by)))


def _asked(decide: Decide) -> Asked:
    return Asked(
        decide.post,
        decide.state,
        decide.why,
        decide.rev,
        decide.code or "person",
        decide.without_media,
        tuple(dict.fromkeys(decide.rules)),
        decide.words,
    )


def _outcome(post: str, outcome: Taken | Exception) -> Outcome:
    if isinstance(outcome, Taken):
        return Outcome(post, 200, outcome.decision, outcome.rev)
    status = problem_of(outcome).status_code
    return Outcome(post, status, detail=str(outcome))


def item_of(
    queued: Queued,
    tales: Mapping[str, Tale],
    claims: Mapping[str, Claim],
    pinned: Collection[str] = (),
) -> Item:
    """A line of the queue with all that a moderator must see."""
    post = queued.post
    tale = tales.get(post.key, Tale())
    came = Moment("arrived", queued.placement.received_at_ms)
    steps = [moment for step in tale.steps if (moment := moment_of(step)) is not None]
    journey = (Moment("written", post.created_at_ms), came, *steps)
    claim = claims.get(post.key)
    kept: Kept = "" if queued.placement.state == "approved" else kept_of(tale.said, post)
    if post.media:
        post = msgspec.structs.replace(post, media=team_media(post))
    on = post.key in pinned
    return Item(post, queued.placement, queued.decision, tale.verdicts, claim, journey, on, kept)


_WHAT = {"post.edited": "edited", "card.shown": "shown", "card.gone": "gone"}


def moment_of(step: Step) -> Moment | None:
    """The step as a moment; None for what nobody needs in a line of dots."""
    if step.event == "post.decided":
        return Moment(step.state, step.at_ms, step.by)
    if step.event == "picks.changed" and step.state == "on":
        return Moment("pinned" if step.why == "pin" else "featured", step.at_ms)
    what = _WHAT.get(step.event)
    return Moment(what, step.at_ms) if what else None
