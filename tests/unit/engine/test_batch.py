from __future__ import annotations

import pytest

from parvis.core.event import CardGone, Interaction, SourceChanged
from parvis.core.wall import FormatSpec
from parvis.engine import Write
from parvis.engine.batch import about, digest, kind_of, wall_of
from parvis.engine.change import (
    Bury,
    Change,
    DropWall,
    ErasePost,
    PutFormat,
    PutSource,
    PutWall,
    Reopen,
)
from parvis.engine.cluster.lanes import lane_of
from parvis.engine.commit import runs
from parvis.engine.erase import blank
from tests.engines import both, put_wall, seen
from tests.posts import post, source, wall


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (PutWall(wall()), "square"),
        (PutSource(source(wall="tower")), "tower"),
        (PutFormat(FormatSpec("f", "tower", "poll")), "tower"),
        (Reopen("square", "k"), "square"),
        (DropWall("square"), "square"),
        (Bury("h"), None),
    ],
)
def test_the_wall_whose_lock_a_change_needs(change: Change, name: str | None) -> None:
    assert wall_of(change) == name


def test_events_are_found_by_what_they_are_about() -> None:
    assert about(CardGone("k")) == "k"
    assert about(Interaction("k", "tap")) == "k"
    assert about(SourceChanged("hook", True)) == ""
    assert kind_of(CardGone("k")) == "card.gone"


def test_a_key_is_kept_as_a_hash_of_any_text() -> None:
    assert digest("a") != digest("b")
    assert len(digest("x" * 10_000)) == len(digest("\udc80")) == 40


def test_writes_that_reach_across_are_cut_out_in_order() -> None:
    one, two, three = put_wall("a"), put_wall("b"), put_wall("c")
    erase, drop = Write((ErasePost("k", "h"),)), Write((DropWall("a"),))
    cut = [list(run) for run in runs([one, two, erase, drop, three])]
    assert cut == [[one, two], [erase], [drop], [three]]
    assert list(runs([])) == []


def test_a_write_goes_to_the_lane_of_its_first_wall() -> None:
    assert lane_of(both(seen(post(1), "tower"), seen(post(1), "square"))) == "square"
    assert lane_of(Write((Bury("h"),))) == ""


def test_a_key_is_blanked_wherever_it_stands_alone() -> None:
    value = {"post": "k", "data": {"k": ["k", "other k", 1, None]}}
    assert blank(value, "k", "h") == {"post": "h", "data": {"h": ["h", "other k", 1, None]}}
