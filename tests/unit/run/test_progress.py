"""What a waiting person sees."""

from __future__ import annotations

import io

import pytest

from parvis.run.progress import Wait, megabytes
from tests.waiting import until_now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


STEPS = {"fetching": 10.0, "building": 30.0}


def test_a_short_wait_says_nothing() -> None:
    out, clock = io.StringIO(), Clock()
    wait = Wait(STEPS, out, clock=clock)
    with wait.step("fetching"):
        clock.now += 1.9
        wait.draw()
    assert out.getvalue() == ""


def test_without_a_terminal_it_writes_plain_lines_but_not_too_many() -> None:
    out, clock = io.StringIO(), Clock()
    wait = Wait(STEPS, out, clock=clock)
    with wait.step("fetching"):
        clock.now += 5
        wait.draw()
        wait.draw()
    lines = out.getvalue().splitlines()
    assert lines == ["[1/2] fetching: 12 %, about 35 s left"]


def test_on_a_terminal_it_draws_one_bar_and_wipes_it() -> None:
    out, clock = Terminal(), Clock()
    wait = Wait(STEPS, out, clock=clock)
    with wait.step("fetching"):
        clock.now += 10
    with wait.step("building") as tell:
        clock.now += 10
        tell(1 / 3)
        wait.draw()
        assert "[2/2] building ████████████░░░░░░░░░░░░ 20 s left" in out.getvalue()
    assert "\n" not in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[K")


def test_a_slow_machine_is_told_more_time() -> None:
    clock = Clock()
    wait = Wait(STEPS, io.StringIO(), clock=clock)
    with wait.step("fetching"):
        clock.now += 40  # four times what was expected
    with wait.step("building"):
        assert 30 < wait.left_s() <= 120


def test_an_unfinished_step_never_looks_finished() -> None:
    clock = Clock()
    wait = Wait({"fetching": 1.0}, io.StringIO(), clock=clock)
    with wait.step("fetching"):
        clock.now += 1000
        assert wait.fraction() < 1
    assert wait.fraction() == 1


@pytest.mark.parametrize("told", [-1.0, 0.5, 7.0])
def test_a_told_fraction_stays_between_none_and_all(told: float) -> None:
    wait = Wait({"fetching": 1.0}, io.StringIO(), clock=Clock())
    with wait.step("fetching") as tell:
        tell(told)
        assert wait.fraction() == min(1.0, max(0.0, told))


def test_it_draws_by_itself_while_the_work_runs() -> None:
    out = io.StringIO()
    wait = Wait(STEPS, out, quiet_s=0.0)
    with wait.step("fetching"):
        assert until_now(out.getvalue).startswith("[1/2] fetching: ")


def test_a_step_that_fails_leaves_a_clean_line() -> None:
    out, clock = Terminal(), Clock()
    wait = Wait(STEPS, out, clock=clock)
    with pytest.raises(ZeroDivisionError), wait.step("fetching"):
        clock.now += 3
        wait.draw()
        raise ZeroDivisionError
    assert out.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("size", "words"), [(512_000, "512 kB"), (1_000_000, "1 MB"), (134_700_000, "135 MB")]
)
def test_sizes_are_read_by_people(size: int, words: str) -> None:
    assert megabytes(size) == words
