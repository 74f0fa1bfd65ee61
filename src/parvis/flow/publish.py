"""Publish: a cleared post becomes a card, the public and minimal form that obeys the network's
display policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

import msgspec

from parvis.core.event import (
    CardGone,
    CardShown,
    Fact,
    FormatChanged,
    PicksChanged,
    WallChanged,
)
from parvis.core.post import BLOB, Author, DisplayPolicy, Media, Post
from parvis.core.rights import Output
from parvis.core.wire import (
    Card,
    CardPolicy,
    Face,
    Format,
    FormatFace,
    Hide,
    Message,
    Picked,
    Reset,
    Show,
    face_of,
)
from parvis.engine import Engine
from parvis.flow import staff
from parvis.plug.plain import shortened

PolicyOf = Callable[[str], DisplayPolicy]
"""What the network of a source extension allows, by the extension's id."""

NOTHING = DisplayPolicy(redistribute="none")
MOST_NAME, MOST_HANDLE = 60, 100
"""Signs of a name on a screen: a longer one takes the room of the words."""


def card_of(post: Post, policy: DisplayPolicy, now_ms: int) -> Card:
    """The card; the engine gives it its `order`. Media come from our own address, never from the
    network's.
    """
    return Card(
        post=post.key,
        network=post.network,
        text=post.text,
        order=0,
        shown_at_ms=now_ms,
        created_at_ms=post.created_at_ms,
        kind=post.kind,
        entities=post.entities,
        lang=post.lang,
        dir=post.dir,
        media=tuple(
            media
            for number in range(len(post.media))
            if (media := _on_screen(post, number, policy)) is not None
        ),
        author=_public_author(post),
        permalink=post.permalink,
        policy=CardPolicy(
            must_show=policy.must_show,
            may_crop=policy.may_crop,
            overlay_ok=policy.overlay_ok,
            player_only=policy.media == "player_only",
        ),
    )


def _shows(post: Post, number: int, policy: DisplayPolicy) -> bool:
    media = post.media[number]
    if media.url.startswith(BLOB):
        return True
    moves = media.mime.startswith("video/")
    still = media.type in ("image", "gif") and bool(media.url) and not moves
    return still and policy.media != "player_only"


def _on_screen(post: Post, number: int, policy: DisplayPolicy) -> Media | None:
    """A picture, a film of our own, or the still picture of a film that stays with its network."""
    if _shows(post, number, policy):
        return _public_media(post, number)
    media = post.media[number]
    if policy.media == "player_only" or not media.poster:
        return None
    still = f"/media/{number}p?post={quote(post.key, safe='')}"
    public = _public_media(post, number)
    return msgspec.structs.replace(
        public, type="image", url=still, mime="", poster="", duration_s=0.0
    )


def _public_media(post: Post, number: int) -> Media:
    media = post.media[number]
    of_post = f"?post={quote(post.key, safe='')}"
    moves = media.type == "video"
    return Media(
        type=media.type,
        url=f"/media/{number}{of_post}",
        mime=media.mime if moves else "",
        poster=f"/media/{number}p{of_post}" if moves and media.poster else "",
        duration_s=media.duration_s if moves else 0.0,
        alt=media.alt,
        w=media.w,
        h=media.h,
        blurhash=media.blurhash,
        focus=media.focus,
        sensitive=media.sensitive,
    )


def team_media(post: Post) -> tuple[Media, ...]:
    """Every picture and film of the post under our own address, for whoever moderates it; what only
    its network's player may show has no address.
    """
    return tuple(
        _on_screen(post, number, DisplayPolicy())
        or msgspec.structs.replace(media, url="", poster="")
        for number, media in enumerate(post.media)
    )


def _public_author(post: Post) -> Author | None:
    author = post.author
    if author is None:
        return None
    avatar = f"/media/avatar?post={quote(post.key, safe='')}" if author.avatar else ""
    name, handle = shortened(author.name, MOST_NAME), shortened(author.handle, MOST_HANDLE)
    return Author(key="", handle=handle, name=name, url=author.url, avatar=avatar)


async def messages(engine: Engine, wall: str, facts: Sequence[Fact]) -> list[tuple[int, Message]]:
    """The facts as messages to screens, in order, each with its sequence.

    A card or a format that changed several times is told once, at its last place: each message says
    how it is now. What takes a card off or changes the wall keeps every place it had, because a
    screen cuts its cards to the wall's capacity after each message. A journal line whose post has
    been erased since no longer names it: whoever replays it gets `Reset`, and with it the wall as
    it is.
    """
    if any(is_erased(fact) for fact in facts):
        return [(facts[-1].seq, Reset())]
    last: dict[tuple[str, str, int], Fact] = {}
    for fact in facts:
        subject = subject_of(fact)
        if subject is None:
            continue
        kind, name = subject
        if isinstance(fact.event, CardGone):
            last.pop((kind, name, 0), None)
        in_place = isinstance(fact.event, CardGone | WallChanged)
        last[kind, name, fact.seq if in_place else 0] = fact
    shown = [name for (kind, name, place) in last if kind == "card" and not place]
    cards = await engine.cards(wall, shown) if shown else {}
    told: list[tuple[int, Message]] = []
    for (kind, name, place), fact in sorted(last.items(), key=lambda item: item[1].seq):
        message: Message | None
        if kind == "card":
            card = None if place else cards.get(name)
            message = Show(card) if card is not None else Hide(name)
        elif kind == "wall":
            row = await engine.wall(wall)
            message = Face(face_of(row)) if row is not None else None
        elif kind == "picks":
            message = Picked(await engine.picks(wall))
        else:
            message = await _format_message(engine, wall, name)
        if message is not None:
            told.append((fact.seq, message))
    return told


def is_erased(fact: Fact) -> bool:
    """Whether this line told screens of a post whose key was erased (keys have colons, hashes
    none).
    """
    event = fact.event
    return isinstance(event, CardShown | CardGone) and ":" not in event.post


def subject_of(fact: Fact) -> tuple[str, str] | None:
    """What a screen is told of this fact, and about which thing; None for nothing."""
    event = fact.event
    if isinstance(event, CardShown | CardGone):
        return "card", event.post
    if isinstance(event, WallChanged):
        return "wall", event.wall
    if isinstance(event, FormatChanged):
        return "format", event.format
    if isinstance(event, PicksChanged):
        return "picks", ""
    return None


async def _format_message(engine: Engine, wall: str, format_id: str) -> Message | None:
    snapshot = await engine.snapshot_of_wall(wall)
    if snapshot is None:
        return None
    for face in snapshot.formats:
        if face.format == format_id:
            return Format(face)
    return Format(FormatFace(format=format_id, plugin="", view={}), gone=True)


def bare(card: Card) -> Card:
    """The card where only ids may be passed on: key and address of the post."""
    return msgspec.structs.replace(
        card, text="", entities=(), media=(), author=None, lang="", dir="ltr", policy=CardPolicy()
    )


async def policies_of(
    engine: Engine, wall: str, posts: Sequence[str], policy_of: PolicyOf
) -> Mapping[str, DisplayPolicy]:
    """What each post's network allows; a post that we do not hold, or whose source is gone, is left
    out: nothing may leave of it.
    """
    plugins = {id_: spec.plugin for id_, spec in (await staff.sources_of(engine, wall)).items()}
    known = await engine.known(wall, posts)

    def allowed(plugin: str) -> DisplayPolicy:
        return staff.POLICY if plugin == staff.NETWORK else policy_of(plugin)

    return {
        key: allowed(plugins[held.placement.source])
        for key, held in known.items()
        if held.placement is not None and held.placement.source in plugins
    }


async def passed_on(
    engine: Engine, wall: str, card: Card, policy: DisplayPolicy, output: Output, now_ms: int
) -> Card | None:
    """The card as its network and its rights let `output` have it; None where they do not."""
    if policy.redistribute == "ids_only":
        return bare(card)
    if policy.redistribute == "full":
        rights = await engine.rights(wall, card.post)
        if any(right.covers(output, now_ms) for right in rights):
            return card
    return None
