"""Visitors' acts: every one counts once, whoever else acts at the same time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from parvis.core.errors import Refused
from parvis.core.wall import FormatSpec
from parvis.engine import Write
from parvis.engine.change import PutFormat, PutFormatState
from parvis.flow.play import Play
from parvis.plug.door import Act, Answer, Door, Form, Knock
from parvis.plug.format import Format
from tests.flow.conftest import Venue
from tests.posts import NOW_MS


class Tally(Format):
    """Counts acts by what they do; one of them breaks it."""

    def start(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {}

    def reduce(self, state: dict[str, Any], acts: Sequence[Act]) -> dict[str, Any]:
        if any(act.action == "break" for act in acts):
            raise ValueError("it breaks")
        counted = Counter(state)
        counted.update(act.who for act in acts)
        return dict(counted)

    def view(self, state: dict[str, Any]) -> dict[str, Any]:
        return {"acts": sum(state.values())}

    def doors(self) -> tuple[Door, ...]:
        return ()

    def form(self, state: dict[str, Any]) -> Form | None:
        return None

    def answer(self, knock: Knock, state: dict[str, Any]) -> Answer:
        return Answer()


def act(who: str, action: str = "vote") -> Act:
    return Act(action, who, {}, NOW_MS)


async def play_on(venue: Venue, **more: Any) -> Play:
    spec = FormatSpec(**{"id": "t", "wall": "square", "plugin": "tally", "settings": {}, **more})
    state = PutFormatState("square", "t", spec.plugin, {}, {}, 0)
    await venue.engine.write(Write((PutFormat(spec), state)))
    return Play(venue.engine, {"tally": Tally()}, venue.clock)


async def state_of(venue: Venue) -> dict[str, Any]:
    held = await venue.engine.format_state("square", "t")
    assert held is not None
    return held[0]


async def test_two_nodes_reduce_the_same_format_and_no_act_is_lost(venue: Venue) -> None:
    """Each write is against the state it was made from; whoever was slower does it again."""
    one = await play_on(venue)
    other = Play(venue.engine, {"tally": Tally()}, venue.clock)
    views = await asyncio.gather(
        *(play.act("square", "t", [act(f"{n}")]) for n in range(30) for play in (one, other))
    )
    assert await state_of(venue) == {f"{n}": 2 for n in range(30)}
    assert max(view["acts"] for view in views) == 60


async def test_an_answer_holds_the_act_it_answers(venue: Venue) -> None:
    play = await play_on(venue)
    views = await asyncio.gather(*(play.act("square", "t", [act("a")]) for _ in range(5)))
    assert all(view["acts"] >= 1 for view in views)
    assert (await play.act("square", "t", []))["acts"] == 5


async def test_a_format_that_breaks_costs_those_who_acted_together(venue: Venue) -> None:
    play = await play_on(venue)
    with pytest.raises(ValueError, match="it breaks"):
        await play.act("square", "t", [act("a"), act("b", "break")])
    assert await play.act("square", "t", [act("c")]) == {"acts": 1}
    assert await state_of(venue) == {"c": 1}


async def test_what_was_accepted_is_finished_before_a_stop(venue: Venue) -> None:
    play = await play_on(venue)
    acting = asyncio.create_task(play.act("square", "t", [act("a")]))
    await asyncio.sleep(0)
    await play.stop()
    assert acting.done() and acting.result() == {"acts": 1}


@pytest.mark.parametrize(
    ("more", "asked", "says"),
    [
        ({}, "other", "no format other on the wall square"),
        ({"enabled": False}, "t", "no format t on the wall square"),
        ({"plugin": "gone"}, "t", "format t of the wall square is not ready"),
    ],
)
async def test_a_format_that_is_not_there_is_said(
    venue: Venue, more: dict[str, Any], asked: str, says: str
) -> None:
    play = await play_on(venue, **more)
    with pytest.raises(Refused, match=says):
        await play.act("square", asked, [act("a")])
