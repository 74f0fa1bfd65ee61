"""The YouTube source and its simulator, over real sockets with the real client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, Post
from parvis.sim.steer import Refusal
from parvis.sim.youtube.world import channel_id
from parvis.sources.youtube import YouTube
from parvis.sources.youtube.looks import PUSHED_S
from tests.contract.sources.youtube_network import DAY_S, Network, opened
from tests.waiting import until


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    async with opened() as network:
        yield network


async def asked_after(source: YouTube, posts: list[Post]) -> list[Arrival]:
    return [each async for raw in source.recheck(posts) for each in source.read(raw)]


async def test_one_search_for_all_tags_and_words_every_quarter_of_an_hour(
    network: Network,
) -> None:
    network.publish("A walk #Parvis")
    network.publish("It merely says parvis")
    network.publish("Keywords", tags=("parvis",))
    network.publish("Rock & <roll> at the old harbour")
    listening = network.listen(tags=["#parvis"], words=["old harbour"])
    page = await listening.poll()
    assert listening.texts() == ["A walk #Parvis", "Keywords", "Rock & <roll> at the old harbour"]
    (first,) = network.asked("search")
    assert first["q"] == ['#parvis|"old harbour"'] and "publishedAfter" not in first
    assert 900 <= page.again_in_s < 905
    network.publish("The second #parvis")
    await network.go_on(listening, page)
    assert "The second #parvis" in listening.texts() and len(listening.raws) == 2
    assert "publishedAfter" in network.asked("search")[1]
    (who,) = {post.author.handle for post in listening.wall.values() if post.author}
    assert who == "@square"


async def test_a_whole_day_of_searches_stays_within_a_hundred(network: Network) -> None:
    listening = network.listen(tags=["parvis"])
    page = await listening.poll()
    began_ms = network.clock()
    while network.clock() + page.again_in_s * 1000 < began_ms + DAY_S * 1000:
        page = await network.go_on(listening, page)
    assert 94 <= network.world.quota.searched <= 100
    assert network.world.quota.spent == 0


async def test_a_look_too_soon_asks_nothing(network: Network) -> None:
    listening = network.listen(tags=["parvis"])
    await listening.poll()
    for _ in range(5):
        await listening.poll()
    again = network.listen(tags=["parvis"])  # after a restart too
    again.cursor = listening.cursor
    page = await again.poll()
    assert len(network.asked("search")) == 1 and page.again_in_s > 800


async def test_the_first_look_has_a_limit_that_holds(network: Network) -> None:
    for number in range(6):
        network.publish(f"Number {number}")
    listening = network.listen(channels=["@square"], limit=2)
    page = await listening.poll()
    assert listening.texts() == ["Number 4", "Number 5"]
    network.publish("Number 6")
    await network.go_on(listening, page)
    restarted = network.listen(channels=["@square"], limit=2)
    restarted.cursor = listening.cursor
    network.clock.advance(4000)
    network.publish("Number 7")
    await restarted.poll()
    assert listening.texts()[-1] == "Number 6" and len(listening.wall) == 3
    assert "Number 3" not in restarted.texts() and "Number 7" in restarted.texts()


async def test_a_channel_costs_a_unit_and_news_two_more(network: Network) -> None:
    network.publish("First")
    listening = network.listen(channels=["@Square"])
    page = await listening.poll()
    assert network.world.quota.spent == 4  # which channel, its list, the video, whose it is
    page = await network.go_on(listening, page)
    assert network.world.quota.spent == 5
    network.publish("Second")
    await network.go_on(listening, page)
    assert network.world.quota.spent == 7 and listening.texts() == ["First", "Second"]


async def test_what_could_not_be_stored_is_handed_over_again(network: Network) -> None:
    network.publish("Once")
    source = network.source(channels=["@square"])
    first = await source.poll("")
    assert first.raws
    network.clock.advance(first.again_in_s)
    again = await source.poll("")  # the store was away: the place did not move
    assert [raw.body for raw in again.raws] == [raw.body for raw in first.raws]
    network.clock.advance(again.again_in_s)
    assert not (await source.poll(again.cursor)).raws


async def test_what_failed_half_way_is_not_taken_for_seen(network: Network) -> None:
    network.publish("Patience")
    network.world.refusals.put(Refusal("videos", 503, 1))
    listening = network.listen(channels=["@square"])
    with pytest.raises(Later) as later:
        await listening.poll()
    network.clock.advance(later.value.retry_after_s)
    await listening.poll()
    assert listening.texts() == ["Patience"]


async def test_a_look_that_fails_beside_others_takes_nothing_for_seen(network: Network) -> None:
    network.publish("Patience #parvis")
    video = network.publish("With comments")
    network.comment(video, "Bravo")
    network.world.refusals.put(Refusal("videos", 503, 1))
    listening = network.listen(tags=["parvis"], videos=[video])
    page = await listening.poll()
    assert listening.texts() == ["Bravo"], "the place has moved"
    while "Patience #parvis" not in listening.texts():
        assert len(network.asked("search")) < 3
        page = await network.go_on(listening, page)


async def test_comments_come_with_their_edits_and_answers_of_the_recheck(network: Network) -> None:
    video = network.publish("With comments")
    first = network.comment(video, "Bravo & <b>merci</b>")
    listening = network.listen(videos=[f"https://youtu.be/{video}"])
    page = await listening.poll()
    assert listening.texts() == ["Bravo & <b>merci</b>"]
    network.clock.advance(60)
    network.comment(video, "The second")
    network.world.amend(first, "Bravo!")
    page = await network.go_on(listening, page)
    assert listening.texts() == ["Bravo!", "The second"]
    page = await network.go_on(listening, page)
    assert not page.raws
    network.world.delete(first)
    found = await asked_after(listening.source, list(listening.wall.values()))
    assert sorted(type(each).__name__ for each in found) == ["Gone", "Post"]


async def test_a_chat_is_never_asked_too_soon_and_everything_of_it_arrives(
    network: Network,
) -> None:
    video = network.publish("Live", live=True)
    network.say(video, "before")
    listening = network.listen(chat=[video], units=1_000_000)
    page = await listening.poll()
    waits = []
    for number in range(12):
        network.say(video, f"message {number:02d}")
        waits.append(round(page.again_in_s, 2))
        page = await network.go_on(listening, page)
    chat = network.world.chat_of(video)
    assert chat is not None and chat.early == 0
    assert listening.texts() == ["before", *(f"message {number:02d}" for number in range(12))]
    assert set(waits) == {1.53, 4.97, 2.21}, "as the network says, each time anew"
    assert all(post.kind == "chat" for post in listening.wall.values())


async def test_the_simulated_network_punishes_whoever_comes_too_soon(network: Network) -> None:
    video = network.publish("Live", live=True)
    listening = network.listen(chat=[video], units=1_000_000)
    page = await listening.poll()
    network.clock.advance(page.again_in_s)
    source = network.source(chat=[video], units=1_000_000)
    await listening.poll()
    with pytest.raises(Later, match="slow down") as later:
        await source.poll("")  # somebody else with the same key
    assert later.value.retry_after_s >= 30
    spent = network.world.quota.spent
    with pytest.raises(Later):
        await source.poll("")
    assert network.world.quota.spent == spent, "no storm"


async def test_of_what_was_said_before_only_the_newest_is_taken(network: Network) -> None:
    video = network.publish("Live", live=True)
    for number in range(9):
        network.say(video, f"before {number}")
    listening = network.listen(chat=[video], units=1_000_000, limit=2)
    page = await listening.poll()
    assert listening.texts() == ["before 7", "before 8"]
    for number in range(5):
        network.say(video, f"then {number}")
    await network.go_on(listening, page)
    assert len(listening.wall) == 7


async def test_deletions_and_bans_of_a_chat_take_its_messages_off(network: Network) -> None:
    video = network.publish("Live", live=True)
    listening = network.listen(chat=[video], units=1_000_000)
    page = await listening.poll()
    rude = network.say(video, "rude")
    for text in ("loud", "louder"):
        network.say(video, text, "@rude")
    network.say(video, "kind")
    page = await network.go_on(listening, page)
    assert len(listening.wall) == 4
    chat = network.world.chat_of(video)
    assert chat is not None
    chat.delete(rude, network.world.at())
    page = await network.go_on(listening, page)
    assert listening.texts() == ["kind", "loud", "louder"]
    chat.ban(channel_id("@rude"), "@rude", network.world.at())
    await network.go_on(listening, page)
    assert listening.texts() == ["kind"]


async def test_a_chat_ends_and_the_next_stream_of_a_channel_is_found(network: Network) -> None:
    network.publish("No stream")
    first = network.publish("Live one", live=True)
    listening = network.listen(chat=["@square"], units=1_000_000)
    page = await listening.poll()
    network.say(first, "hello one")
    page = await network.go_on(listening, page)
    network.world.end(first)
    page = await network.go_on(listening, page)
    chats = len(network.asked("messages"))
    assert page.again_in_s >= 119
    page = await network.go_on(listening, page)
    assert len(network.asked("messages")) == chats, "it is over"
    second = network.publish("Live two", live=True)
    network.say(second, "hello two")
    await network.go_on(listening, page)
    assert listening.texts() == ["hello one", "hello two"]


async def test_a_chat_goes_on_after_a_restart_and_after_a_stale_place(network: Network) -> None:
    video = network.publish("Live", live=True)
    listening = network.listen(chat=[video], units=1_000_000)
    page = await listening.poll()
    network.say(video, "meanwhile")
    restarted = network.listen(chat=[video], units=1_000_000)
    restarted.cursor = listening.cursor
    page = await network.go_on(restarted, page)
    assert restarted.texts() == ["meanwhile"]
    restarted.cursor = restarted.cursor.replace('"token":"', '"token":"x')
    network.say(video, "later")
    page = await network.go_on(restarted, page)
    await network.go_on(restarted, page)
    assert restarted.texts() == ["later", "meanwhile"]


async def test_the_units_of_a_day_last_the_hours_of_the_chat(network: Network) -> None:
    video = network.publish("Live", live=True)
    listening = network.listen(chat=[video], units=2000, chat_hours=2, channels=["@square"])
    page = await listening.poll()
    began_ms = network.clock()
    early = 0
    while network.clock() < began_ms + 2 * 3_600_000:
        page = await network.go_on(listening, page)
        if network.clock() < began_ms + 3_600_000:
            early = len(network.asked("messages"))
    polls = len(network.asked("messages"))
    assert 0.4 < early / polls < 0.6, "spread evenly"
    assert 300 <= polls <= 380, "about 1,900 units at five each"
    assert network.world.quota.spent < 2000


async def test_something_is_kept_from_the_chat(network: Network) -> None:
    video = network.publish("Live", live=True)
    listening = network.listen(chat=[video], units=2000, channels=["@square"])
    await listening.poll()
    spent = (await listening.source._units.today()).units
    await listening.source._units.take(2000 - spent - 60)
    network.clock.advance(40_000)
    asked = len(network.asked("messages")), len(network.asked("playlistItems"))
    await listening.poll()
    now = len(network.asked("messages")), len(network.asked("playlistItems"))
    assert now == (asked[0], asked[1] + 1)


@pytest.mark.parametrize("spent_by", ["us", "others"])
async def test_a_spent_quota_stops_everything_until_it_is_renewed(
    network: Network, spent_by: str
) -> None:
    video = network.publish("Live", live=True)
    network.comment(video, "hello")
    units = 100 if spent_by == "us" else 10_000
    listening = network.listen(
        chat=[video], channels=["@square"], videos=[video], units=units, chat_hours=24
    )
    await listening.poll()
    if spent_by == "us":
        await listening.source._units.take(100 - (await listening.source._units.today()).units)
    else:
        network.world.quota.spent = 10_000
    network.clock.advance(20_000)  # whatever was spread is due
    with pytest.raises(Later, match=r"spent.*2026-11-26 08:00 UTC") as later:
        await listening.poll()
    assert later.value.retry_after_s > 18 * 3600
    asked = len(network.world.asked)
    for _ in range(10):
        network.clock.advance(300)
        with pytest.raises(Later):
            await listening.poll()
        probe = await listening.source.probe()
        assert not probe.ok and "spent" in probe.says
    with pytest.raises(Later):
        await asked_after(listening.source, list(listening.wall.values()))
    assert len(network.world.asked) == asked, "no storm"
    network.clock.advance(DAY_S)
    network.comment(video, "the next day")
    await listening.poll()
    assert "the next day" in listening.texts()


async def test_spent_searches_leave_the_rest_alone(network: Network) -> None:
    network.publish("Of the channel")
    network.world.quota.searches = 0
    listening = network.listen(tags=["parvis"], channels=["@square"])
    page = await listening.poll()
    assert listening.texts() == ["Of the channel"] and page.again_in_s <= 301
    for _ in range(5):
        page = await network.go_on(listening, page)
    assert len(network.asked("search")) == 1


async def test_comments_that_are_turned_off_cost_themselves_alone(network: Network) -> None:
    video = network.publish("Silent")
    network.world.silent.add(video)
    with pytest.raises(Refused, match="turned off"):
        await network.listen(videos=[video]).poll()
    listening = network.listen(videos=[video], channels=["@square"])
    page = await listening.poll()
    assert listening.texts() == ["Silent"]
    for _ in range(5):
        page = await network.go_on(listening, page)
    assert len(network.asked("commentThreads")) == 2


@pytest.mark.parametrize(
    ("settings", "key", "says"),
    [
        ({"tags": ["parvis"]}, "wrong", "does not know this key"),
        ({"channels": ["@nobody"]}, "sim-key", "knows no channel @nobody"),
        ({"videos": ["nobodysvid1"]}, "sim-key", "no video nobodysvid1"),
        ({"chat": ["nobodysvid1"]}, "sim-key", "no video nobodysvid1"),
    ],
)
async def test_what_a_person_set_wrong_is_said(
    network: Network, settings: dict[str, Any], key: str, says: str
) -> None:
    probe = await network.source(key=key, **settings).probe()
    assert not probe.ok and says in probe.says
    assert probe.says.count(". ") == 0


async def test_the_probe_says_what_is_left_and_when_it_is_renewed(network: Network) -> None:
    network.publish("Something")
    probe = await network.source(tags=["parvis"], channels=["@square"]).probe()
    assert probe.ok and "#parvis, @square" in probe.says
    assert "9,998 of 10,000 units and 100 of 100 searches are left until 2026-11-26" in probe.says


async def test_fifty_are_asked_after_for_one_unit(network: Network) -> None:
    ids = [network.publish(f"Number {number:02d}") for number in range(53)]
    listening = network.listen(channels=["@square"], limit=50)
    await listening.poll()
    network.world.delete(ids[52])
    network.world.show(ids[51], "private")
    network.world.show(ids[50], "unlisted")
    network.world.edit(ids[49], "Another title")
    spent = network.world.quota.spent
    found = await asked_after(listening.source, list(listening.wall.values()))
    assert network.world.quota.spent == spent + 1
    gone = {each.key.rpartition(":")[2] for each in found if isinstance(each, Gone)}
    assert gone == set(ids[50:])
    texts = {each.text for each in found if isinstance(each, Post)}
    assert "Another title" in texts and len(texts) == 47


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal("videos", 404, -1, "<title>Parked</title>", "text/html"),
        Refusal("videos", 200, -1, "{}"),
        Refusal("videos", 200, -1, '{"kind":"youtube#videoListResponse","items":7}'),
        Refusal("videos", 503, -1),
        Refusal("videos", 429, -1),
        Refusal("videos", 403, -1, '{"error":{"errors":[{"reason":"forbidden"}]}}'),
    ],
)
async def test_trouble_is_no_deletion(network: Network, refusal: Refusal) -> None:
    network.publish("Still there")
    listening = network.listen(channels=["@square"])
    await listening.poll()
    network.world.refusals.put(refusal)
    with pytest.raises((Later, Refused)):
        await asked_after(listening.source, list(listening.wall.values()))


async def test_the_key_is_in_no_address(network: Network) -> None:
    network.publish("Something")
    await network.listen(tags=["some"], channels=["@square"]).poll()
    assert network.world.asked and not any("key" in path for path in network.world.asked)


class Hub:
    """Steers the network from outside, so that its hub tells."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def tell(self, verb: str, **body: object) -> dict[str, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self._network.url}/sim/{verb}", json=body) as reply,
        ):
            assert reply.status == 200, await reply.text()
            found: dict[str, str] = await reply.json()
            return found


async def test_a_hub_tells_of_new_videos_and_of_deletions(network: Network) -> None:
    network.publish("Before", channel="@square")
    network.publish("Of another", channel="@harbour")
    source = network.source(channels=["@square", "@harbour"], public=True)
    listening = network.listen(source)
    page = await listening.poll()
    await until(lambda: len(network.world.hub.subscribers) == 2)
    assert len({door.name for door in source.doors()}) == 2
    hub = Hub(network)
    new = (await hub.tell("publish", title="At once", channel="@harbour"))["id"]
    await until(lambda: [e.text for e in network.pushed if isinstance(e, Post)] == ["At once"])
    await hub.tell("edit", id=new, text="Mended")
    await until(lambda: any(isinstance(e, Post) and e.text == "Mended" for e in network.pushed))
    await hub.tell("delete", id=new)
    await until(lambda: [e.key for e in network.pushed if isinstance(e, Gone)])
    assert network.pushed[-1] == Gone(f"youtube:video:{new}", network.pushed[-1].because)  # type: ignore[union-attr]
    page = await network.go_on(listening, page)
    assert page.again_in_s > PUSHED_S - 5, "a hub that pushes saves looks"


async def test_a_hub_comes_again_when_the_network_could_not_say(network: Network) -> None:
    network.publish("Before")
    source = network.source(channels=["@square"], public=True)
    await network.listen(source).poll()
    await until(lambda: network.world.hub.subscribers)
    network.world.refusals.put(Refusal("videos", 503, 1))
    await Hub(network).tell("publish", title="Lost for now")
    await until(lambda: len(network.asked("videos")) == 2)
    assert not network.pushed and network.world.hub.subscribers


async def test_without_a_public_address_no_hub_is_asked(network: Network) -> None:
    network.publish("Before")
    page = await network.listen(channels=["@square"]).poll()
    assert not network.world.hub.subscribers and page.again_in_s < 301
