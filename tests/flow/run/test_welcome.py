"""What `up` says once it serves, and the lines of `trace`."""

from __future__ import annotations

import asyncio
import re
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from parvis.core.errors import Refused
from parvis.engine import Health, Step
from parvis.run import welcome
from parvis.run.commands import trace
from parvis.run.settings import load
from parvis.run.wire_up import open_house
from parvis.web import reach
from tests.street import EVENT, KEY, Street
from tests.studio import owner


async def test_every_wall_source_and_door_is_named(
    street: Street, capsys: pytest.CaptureFixture[str]
) -> None:
    await welcome.say_ready(street.house, "http://127.0.0.1:8000")
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "ready http://127.0.0.1:8000"
    assert "  wall    http://127.0.0.1:8000/w/square" in said
    assert "  phone   http://127.0.0.1:8000/p/square" in said
    opened = [line for line in said if line.startswith("  studio  http://127.0.0.1:8000/studio")]
    assert re.fullmatch(r".*/studio#first=[\w-]{43}", opened[0])
    await owner(street)
    assert await welcome.opening(street.house) == ""
    (hook,) = [line for line in said if " hook " in line]
    assert "(webhook): Waits to be called." in hook
    assert hook.endswith("POST http://127.0.0.1:8000/in/hook/post")


async def test_a_source_that_is_ill_is_marked_and_one_that_says_nothing_is_not_waited_for(
    street: Street, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(welcome, "SOURCES_ANSWER_S", 0.0)
    told = {one.source: one for one in await street.house.engine.health("square")}
    hook, signed = told["hook"], told["signed"]
    ill = msgspec.structs.replace(signed, healthy=False, says="It is closed.", nearest="square2")
    for known, said in (
        ((hook, ill), "It is closed. Nearest: square2."),
        ((hook,), "Still asking"),
    ):

        async def health(_wall: str, known: Sequence[Health] = known) -> Sequence[Health]:
            return known

        monkeypatch.setattr(street.house.engine, "health", health)
        await welcome.say_ready(street.house, "http://127.0.0.1:8000")
        (line,) = [line for line in capsys.readouterr().out.splitlines() if " signed " in line]
        assert said in line and ("source!" in line) is (len(known) == 2)


async def test_without_a_wall_it_says_how_to_declare_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = await open_house(load({"data": str(tmp_path), "key": KEY}, {}))
    try:
        await welcome.say_ready(house, "http://0.0.0.0:8000")
    finally:
        await house.close()
    said = capsys.readouterr().out
    assert said.startswith("ready http://127.0.0.1:8000\n") and "parvis up EVENT.toml" in said


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("http://0.0.0.0:80", "http://127.0.0.1:80"),
        ("http://[::]:80", "http://[::1]:80"),
        ("http://192.0.2.7:80", "http://192.0.2.7:80"),
        ("https://wall.example:443", "https://wall.example:443"),
    ],
)
def test_a_wildcard_is_reached_at_loopback(address: str, reached: str) -> None:
    assert reach.reachable(address) == reached


def test_a_step_says_when_what_by_whom_and_why() -> None:
    step = Step(2_500, "square", 7, "post.decided", "rule:words", "A listed word.", "rejected")
    line = trace.line_of(step, 1_000)
    at, after, *rest = line.split("  ")
    assert at.endswith(":02.500") and after == "+1.500 s"
    assert rest == ["square", "post.decided", "rejected", "by rule:words: A listed word."]
    assert trace.line_of(Step(0, "square", 1, "post.seen"), 0).endswith("square  post.seen")


def test_the_journey_is_told_from_a_folder_that_nobody_serves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def live() -> str:
        house = await open_house(load({"data": str(tmp_path), "key": KEY}, {}))
        await house.declaring.apply(EVENT.replace('id = "signed"\n', 'id = "s"\nenabled = false\n'))
        await house.start()
        try:
            return await Street(house).tell("1", "Hello")
        finally:
            await house.stop()

    key = asyncio.run(live())
    args = {"data": str(tmp_path), "json": False}
    assert trace.run(Namespace(post=key, **args)) == 0
    said = capsys.readouterr().out.splitlines()
    assert "post.seen" in said[0] and any("approved" in line for line in said)
    for wrong, says in (
        ("a:b:c", "ever came here"),
        ("", "Give the post's key"),
        ("x" * 513, "512"),
    ):
        with pytest.raises(Refused, match=says):
            trace.run(Namespace(post=wrong, **args))
    with pytest.raises(Refused, match="no data folder"):
        trace.run(Namespace(post=key, data=str(tmp_path / "none"), json=False))
