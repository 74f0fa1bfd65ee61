"""What `up` says once it serves, and the lines of `trace`."""

from __future__ import annotations

import asyncio
import re
from argparse import Namespace
from pathlib import Path

import msgspec
import pytest

from parvis.core.errors import Refused
from parvis.engine import Step
from parvis.run import welcome
from parvis.run.commands import trace
from parvis.run.settings import load
from parvis.run.wire_up import open_house
from parvis.web import reach
from parvis.web.api.served import served
from parvis.web.api.types import Served, ServedSource, ServedWall
from tests.street import EVENT, KEY, Street
from tests.studio import owner

FEED = """
[[wall.source]]
id = "zblog"
plugin = "feed"
settings = { url = "https://blog.example/feed.xml" }
"""


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


class Answers:
    """What a process serves, told step by step."""

    def __init__(self, *steps: tuple[ServedSource, ...], address: str = "http://h:1") -> None:
        self._steps = [Served(address, "", (ServedWall("square", step),)) for step in steps]

    async def __call__(self, _room: object) -> Served:
        return self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]


WELL = ServedSource("hook", "webhook", True, "Well.", doors=("/in/hook/post",))
QUIET = ServedSource("town", "mastodon", True, "No post of #squares.", "square")
NAMED = ServedSource("town", "mastodon", True, "None (the nearest is #Square).", "square")
ILL = ServedSource("town", "mastodon", False, "It is closed.", "square")
ASKING = ServedSource("town", "mastodon")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (WELL, "  source  hook (webhook): Well.  POST http://h:1/in/hook/post"),
        (QUIET, "  source  town (mastodon): No post of #squares. Nearest: square."),
        (NAMED, "  source  town (mastodon): None (the nearest is #Square)."),
        (ILL, "  source! town (mastodon): It is closed. Nearest: square."),
        (ASKING, "  source  town (mastodon): Still asking the network."),
    ],
)
async def test_a_source_says_in_one_line_how_it_is(
    street: Street,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    source: ServedSource,
    line: str,
) -> None:
    monkeypatch.setattr(welcome, "SOURCES_ANSWER_S", 0.0)
    monkeypatch.setattr(welcome, "served", Answers((source,)))
    await welcome.say_ready(street.house, "http://h:1")
    assert capsys.readouterr().out.splitlines()[-1] == line


async def test_lines_come_as_sources_answer_and_each_once(
    street: Street, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(welcome, "ASK_AGAIN_S", 0.0)
    hook = ServedSource("hook", "webhook")
    steps = Answers((ASKING, hook), (ASKING, WELL), (ASKING, WELL), (ILL, WELL))
    monkeypatch.setattr(welcome, "served", steps)
    await welcome.say_ready(street.house, "http://h:1")
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in said if line.startswith("  source")] == ["hook", "town"]
    assert said[0] == "ready http://h:1" and said[3].startswith("  studio ")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://0.0.0.0:8000", False),
        ("http://192.0.2.7:8000", False),
    ],
)
async def test_a_wall_that_no_phone_can_open_is_told(
    street: Street, capsys: pytest.CaptureFixture[str], address: str, told: bool
) -> None:
    await welcome.say_ready(street.house, address)
    assert (f"  {welcome.ONLY_HERE}" in capsys.readouterr().out.splitlines()) is told


async def test_what_the_store_has_of_the_last_run_is_not_said_of_this_one(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(street.house.collector, "is_asking", lambda id_: id_ == "hook")
    answer = await street.get("/api/served", key=True)
    assert (await street.get("/api/served")).status == 401
    now = msgspec.json.decode(answer.body, type=Served)
    sources = {one.id: one for one in now.walls[0].sources}
    hook, signed = sources["hook"], sources["signed"]
    assert hook.healthy is None and hook.says == "" and signed.healthy is True


async def test_the_door_of_what_is_polled_is_for_its_network_alone(street: Street) -> None:
    feed = EVENT + FEED
    await street.house.declaring.apply(feed)
    for one in (await served(street.house.room)).walls[0].sources:
        source = street.house.collector.source(one.id)
        assert source is not None and source.doors()
        assert bool(one.doors) is (one.plugin == "webhook"), one.id


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
    assert trace.run(Namespace(post="1", **args)) == 0
    assert capsys.readouterr().out.splitlines() == [key, *said]
    assert trace.run(Namespace(post="1", **{**args, "json": True})) == 0
    assert capsys.readouterr().out.startswith('{"at_ms"')
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
