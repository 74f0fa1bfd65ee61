"""The browser's `apply` and its reading of the stream, against the server's own."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from typing import Any

import msgspec

from parvis.core.post import Author, Media
from parvis.core.wire import (
    Card,
    Face,
    Format,
    FormatFace,
    Hide,
    Message,
    Picked,
    Picks,
    Reset,
    Show,
    Snapshot,
    WallFace,
    apply,
)
from tests.unit.frontend.node import asked


def plain(value: object) -> Any:
    """As it goes over the wire."""
    return json.loads(msgspec.json.encode(value))


def a_card(chance: random.Random) -> Card:
    name = chance.choice("abcdefghijkl")
    more: dict[str, Any] = {}
    if chance.random() < 0.3:
        more = {"media": (Media("image", "/m/1", w=3, h=2),), "author": Author(name, name, name)}
    order = chance.randrange(8)  # often equal: the order among equals is part of the contract
    return Card(name, "mastodon", chance.choice(["", "Été 👏🏽", "<b>"]), order, 1, 2, **more)


def a_face(chance: random.Random) -> WallFace:
    capacity = chance.choice([0, 1, 3, 50])
    panic = chance.random() < 0.2
    return WallFace("hall", "Hall", "fr", "masonry", "conference", "dark", ("a",), capacity, panic)


def a_message(chance: random.Random) -> Message:
    kind = chance.randrange(14)
    if kind < 6:
        return Show(a_card(chance))
    if kind < 8:
        return Hide(chance.choice("abcdefghijklz"))
    if kind < 9:
        return Face(a_face(chance))
    if kind < 11:
        face = FormatFace(chance.choice(["q1", "q10", "q2"]), "poll", {"n": chance.randrange(9)})
        return Format(face, gone=chance.random() < 0.4)
    if kind < 13:
        pinned = tuple(a_card(chance) for _ in range(chance.randrange(3)))
        featured = a_card(chance) if chance.random() < 0.5 else None
        return Picked(Picks(pinned, featured, 90 if featured else 0))
    return Reset()


def test_snapshot_and_events_end_as_on_the_server() -> None:
    cases: list[dict[str, Any]] = []
    ends: list[Any] = []
    for seed in range(300):
        chance = random.Random(seed)
        state = Snapshot(chance.randrange(5), a_face(chance))
        case: dict[str, Any] = {"snapshot": plain(state), "messages": []}
        for _ in range(chance.randrange(40)):
            message, seq = a_message(chance), chance.randrange(60)
            state = apply(state, message, seq)
            case["messages"].append([plain(message), seq])
        cases.append(case)
        ends.append(plain(state))
    assert asked("apply.mjs", cases) == ends


def test_frames_are_the_same_however_the_stream_is_cut() -> None:
    stream = (
        ': \n\nid: 7\ndata: {"a":1}\n\n: beat\n\ndata: {"type":"reset"}\n\n'
        "id: 8\r\ndata: one\r\ndata: two\r\n\r\nevent: x\nid: nine\ndata:été👏\n\n"
        "id: 9\ndata: unfinished"
    )
    frames = [[7, '{"a":1}'], [None, '{"type":"reset"}'], [8, "one\ntwo"], [None, "été👏"]]
    cuts = [[stream], list(stream)]
    for seed in range(50):
        places = sorted(random.Random(seed).sample(range(1, len(stream)), 9))
        edges = [0, *places, len(stream)]
        cuts.append([stream[a:b] for a, b in pairwise(edges)])
    assert asked("frames.mjs", cuts) == [frames] * len(cuts)
