"""The one helper that waits."""

from __future__ import annotations

import pytest

from tests.waiting import until, until_now


async def test_it_gives_the_first_answer_that_is_true() -> None:
    answers = iter([0, "", None, "now"])
    assert await until(lambda: next(answers)) == "now"


async def test_it_asks_coroutines_too() -> None:
    answers = iter([False, True])

    async def ask() -> bool:
        return next(answers)

    assert await until(ask) is True


async def test_it_gives_up_and_says_what_it_saw() -> None:
    with pytest.raises(TimeoutError, match="the last answer was 0"):
        await until(lambda: 0, within_s=0.02)


def test_it_waits_without_an_event_loop() -> None:
    assert until_now(lambda: 7) == 7
