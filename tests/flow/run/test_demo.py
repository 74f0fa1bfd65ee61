from __future__ import annotations

import random
from pathlib import Path

import pytest

from parvis.core.errors import Later, Refused
from parvis.plug.testkit import FakeHttp
from parvis.run.demo import EVENT, SAID, Crowd, open_demo
from parvis.run.settings import load
from parvis.run.wire_up import open_house


async def test_the_demo_declares_what_this_installation_has(tmp_path: Path) -> None:
    house = await open_house(load({"data": str(tmp_path / "data")}, {}))
    demo = await open_demo()
    try:
        applied = await house.declaring.apply(demo.event, where="the demo")
        assert applied.walls == ("demo",)
        assert "SERVER" not in demo.event
        assert demo.allow_private[0] in demo.event
        assert demo.allow_private[0].startswith("127.0.0.1:")
    finally:
        await demo.stop()
        await house.close()


def test_the_crowd_speaks_the_walls_tag() -> None:
    assert 'hashtags = ["parvis"]' in EVENT
    assert len(set(SAID)) == len(SAID) >= 12
    assert all("#parvis" in said for said in SAID)


async def test_the_crowd_goes_on_when_it_is_not_heard(caplog: pytest.LogCaptureFixture) -> None:
    crowd = Crowd(FakeHttp(), "http://127.0.0.1:1", random.Random(1))
    for error in (Refused("No."), Later("Not now.")):

        async def fails(error: Exception = error) -> None:
            raise error

        await crowd._safely(fails())
    assert [record.getMessage() for record in caplog.records] == ["demo.unheard"] * 2
