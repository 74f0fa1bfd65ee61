"""New, edited, known or refused: decided from values, without a store."""

from __future__ import annotations

import msgspec

from parvis.core.event import PostEdited, PostRefused, PostSeen
from parvis.core.post import Metric
from parvis.engine import Known, Placement
from parvis.engine.change import Bury, PutPlacement, PutPost, Remember, Reopen
from parvis.flow.keep import Hashed, bury, first_sight, met_again, stamp
from tests.posts import NOW_MS, post, source


def placement(wall: str = "square", **more: object) -> Placement:
    held = Placement(wall, post().key, "hook", "approved", 1, 1, NOW_MS)
    return msgspec.structs.replace(held, **more)


def kinds(changes: tuple[object, ...]) -> list[str]:
    return [type(change).__name__ for change in changes]


def test_first_sight_is_idempotent_by_a_hash_that_names_nobody() -> None:
    write = first_sight(Hashed(post(), "h4sh"), source(), NOW_MS)
    assert write.key == "seen:main:h4sh"
    assert post().key not in write.key
    assert kinds(write.changes) == ["PutPost", "PutPlacement"]
    assert [told.event for told in write.events] == [PostSeen(post().key, "hook")]


def test_an_alias_is_remembered_under_its_hash() -> None:
    write = first_sight(Hashed(post(), "h4sh", "al1as"), source(), NOW_MS)
    assert Remember("alias", "al1as", post().key) in write.changes


def test_the_same_version_is_known() -> None:
    kept, write = met_again(
        Hashed(post(), "h"), Known(post(), placement()), [placement()], source(), NOW_MS
    )
    assert (kept, write) == ("known", None)


def test_an_edit_reopens_the_post_on_every_wall_it_stands_on() -> None:
    walls = [placement("square"), placement("hall")]
    edited = post(version="2", text="Other words")
    kept, write = met_again(Hashed(edited, "h"), Known(post(), walls[0]), walls, source(), NOW_MS)
    assert kept == "edited"
    assert write is not None
    assert write.key == "edit:main:h:2"
    reopened = [change.wall for change in write.changes if isinstance(change, Reopen)]
    assert reopened == ["square", "hall"]
    assert [told.event for told in write.events] == [PostEdited(post().key, "hook", "2")] * 2


def test_new_figures_alone_are_no_edit() -> None:
    liked = post(metrics=(Metric("like", 3),))
    kept, write = met_again(
        Hashed(liked, "h"), Known(post(), placement()), [placement()], source(), NOW_MS
    )
    assert kept == "known"
    assert write is not None
    assert kinds(write.changes) == ["PutPost"]
    assert write.events == ()


def test_a_post_of_another_wall_is_placed_on_this_one() -> None:
    kept, write = met_again(
        Hashed(post(), "h"), Known(post(), None), [placement("hall")], source(), NOW_MS
    )
    assert kept == "new"
    assert write is not None
    assert kinds(write.changes) == ["PutPlacement"]
    assert isinstance(write.events[0].event, PostSeen)


def test_a_post_that_was_seen_but_never_stored_is_new() -> None:
    kept, write = met_again(Hashed(post(), "h"), None, [], source(), NOW_MS)
    assert kept == "new"
    assert write is not None
    assert write.key == ""
    assert isinstance(write.changes[0], PutPost)
    assert isinstance(write.changes[1], PutPlacement)


def test_what_is_buried_is_known_by_its_hash_alone() -> None:
    write = bury("h4sh", "The author's profile says noindex.", source(), NOW_MS)
    assert write.changes == (Bury("h4sh"),)
    assert write.key == "seen:main:h4sh"
    event = write.events[0].event
    assert isinstance(event, PostRefused)
    assert event.post == "h4sh"


def test_a_claimed_time_in_the_future_becomes_our_clock() -> None:
    late = stamp(post(created_at_ms=NOW_MS * 2, received_at_ms=0), source(), NOW_MS)
    assert late.created_at_ms == late.received_at_ms == NOW_MS
    assert late.provenance.source == "hook"


def test_a_missing_time_becomes_our_clock() -> None:
    assert stamp(post(created_at_ms=0, received_at_ms=0), source(), NOW_MS).created_at_ms == NOW_MS
