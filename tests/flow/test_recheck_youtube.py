"""The whole way of a video: a simulated network, its source, the collector, the road, the wall."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from parvis.core.post import DisplayPolicy
from parvis.engine.change import PutSource
from parvis.flow import recheck
from parvis.flow.collect import Collector
from parvis.flow.publish import card_of
from parvis.flow.recheck import duty_of
from parvis.plug.manifest import read_manifest
from parvis.sources import youtube
from parvis.sources.youtube.read import NOT_SHOWN
from parvis.sources.youtube.video import NOT_PUBLIC
from tests.contract.sources.youtube_network import Network, opened
from tests.flow.conftest import Venue
from tests.posts import source
from tests.waiting import until

MANIFEST = read_manifest(Path(youtube.__file__).parent / "plugin.toml")


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    async with opened() as network:
        yield network


async def test_what_was_deleted_or_hidden_leaves_the_wall_within_the_pace(
    venue: Venue, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recheck, "TICK_S", 0.001)
    ids = [network.publish(f"Number {number}") for number in range(4)]
    await venue.declare(PutSource(source(plugin="youtube")))
    collector = Collector(
        venue.road,
        venue.engine,
        open_source=lambda spec: network.source(channels=["@square"]),
        clock=venue.clock,
        duty_of=lambda spec: duty_of(MANIFEST),
    )
    await collector.start()
    try:

        async def all_shown() -> bool:
            return len(await venue.shown()) == 4

        await until(all_shown, 20)
        network.world.delete(ids[0])
        network.world.show(ids[1], "unlisted")
        began_ms = venue.clock.now_ms

        async def two_left() -> bool:
            venue.clock.now_ms += 5_000
            return len(await venue.shown()) == 2

        await until(two_left, 20)
        assert venue.clock.now_ms - began_ms < 2 * 1000 * MANIFEST.policy.recheck_every_s
        assert await venue.why(f"youtube:video:{ids[0]}") == NOT_SHOWN
        assert await venue.why(f"youtube:video:{ids[1]}") == NOT_PUBLIC
    finally:
        await collector.stop()


async def test_no_screen_gets_a_picture_of_a_film(network: Network) -> None:
    """Not the still picture either, which other networks' films have: the player alone shows it."""
    network.publish("Something")
    listening = network.listen(channels=["@square"])
    await listening.poll()
    (post,) = listening.wall.values()
    assert post.media[0].type == "embed" and post.media[0].poster
    assert card_of(post, DisplayPolicy(), 1).media, "it would, were it not for the policy"
    card = card_of(post, MANIFEST.policy, 1)
    assert card.media == ()
    assert card.policy.player_only and not (card.policy.may_crop or card.policy.overlay_ok)
