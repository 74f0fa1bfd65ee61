"""The Telegram source against its simulator, over real sockets: asked, and called."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import msgspec
import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import BLOB, Gone
from parvis.plug.copied import TRIES
from parvis.plug.door import Knock
from parvis.sim.steer import Refusal
from parvis.sim.telegram import World
from parvis.sim.telegram.world import NAME
from parvis.sources.telegram import FORGOTTEN_MS
from tests.contract.sources.listening import Listening
from tests.contract.sources.telegram_town import DOORS, Town, opened
from tests.pictures import PLACE, picture
from tests.waiting import until


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with opened(World()) as found:
        yield found


async def test_a_message_its_edit_and_what_is_taken_back_are_seen_at_once(town: Town) -> None:
    listening = town.listen()
    await town.listened()
    id_ = town.post("Hello #Parvis", chat="group")
    town.post("Not for us", chat="group")
    town.post("To you alone")
    await until(lambda: listening.texts() == ["Hello #Parvis", "To you alone"])
    town.world.edit(id_, "Hello again")
    await until(lambda: listening.texts() == ["Hello again", "To you alone"])
    town.post("/delete", chat="group", reply_to=id_, author="bo")
    town.post("/delete", chat="group", reply_to=id_)
    await until(lambda: listening.texts() == ["To you alone"])
    assert len([each for each in listening.arrivals if isinstance(each, Gone)]) == 1
    town.post("/delete")
    await until(lambda: not listening.wall)
    assert listening.ended is None and listening.connected == 1


async def test_a_picture_is_copied_and_the_token_leaves_with_nothing(town: Town) -> None:
    town.world.files["p1"] = picture()
    listening = town.listen()
    town.post("Look", photo="p1")
    await until(lambda: listening.texts() == ["Look"])
    (post,) = listening.wall.values()
    (shown,) = post.media
    kept = await town.shelf.blobs.open(shown.url.removeprefix(BLOB))
    assert PLACE.encode() not in kept and (shown.w, shown.h) == (320, 200)
    assert set(town.shelf.of.values()) == {post.key}
    secret = town.world.token.partition(":")[2].encode()
    assert all(secret not in raw.body and not raw.url for raw in listening.raws)
    assert secret not in msgspec.json.encode(post)


async def test_an_album_is_one_post_and_an_edit_keeps_its_copies(town: Town) -> None:
    town.world.files |= {"p1": picture(), "p2": picture(colour=(1, 90, 200))}
    town.post("Two of them", photo="p1", album="77")
    second = town.post(photo="p2", album="77")
    listening = town.listen(town.source(answer=True))
    await until(lambda: bool(town.world.said))
    assert len(listening.raws) == 1, "what came together is told together"
    (post,) = listening.wall.values()
    assert len(post.media) == 2 and len({each.url for each in post.media}) == 2
    assert len(town.world.said) == 1, "one answer for one album"
    town.world.edit(second, "And a caption")
    await until(lambda: len(listening.raws) == 2)
    (edited,) = listening.wall.values()
    assert [each.url for each in edited.media] == [each.url for each in post.media]
    assert edited.version != post.version


async def test_a_picture_that_cannot_be_had_costs_itself_alone(town: Town) -> None:
    town.world.files |= {"page": b"<!doctype html><title>no picture</title>"}
    listening = town.listen()
    town.post("gone", photo="missing")
    town.post("no picture", photo="page")
    await until(lambda: listening.texts() == ["gone", "no picture"])
    assert not any(post.media for post in listening.wall.values())


async def test_trouble_with_a_file_is_tried_again_and_not_for_ever(town: Town) -> None:
    town.world.files["p1"] = picture()
    town.world.refusals.put(Refusal("file", 429, TRIES - 1))
    town.post("late", photo="p1")
    listening = Listening(town.source())
    for _ in range(TRIES - 1):
        await town.begin(listening)
        assert isinstance(listening.ended, Later) and not listening.wall
    town.begin(listening)
    await until(lambda: bool(listening.wall))
    assert len(next(iter(listening.wall.values())).media) == 1
    town.world.refusals.put(Refusal("file", 429))
    town.post("without", photo="p1")
    await until(lambda: isinstance(listening.ended, Later))
    for _ in range(TRIES):
        if len(listening.wall) < 2:
            town.begin(listening)
            await until(lambda: len(listening.wall) == 2 or town.world.poller is None)
    await until(lambda: len(listening.wall) == 2)


async def test_it_goes_on_where_it_stopped(town: Town) -> None:
    listening = Listening(town.source())
    task = town.begin(listening)
    town.post("before")
    await until(lambda: len(listening.wall) == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    town.post("meanwhile")
    again = Listening(town.source())
    again.cursor = listening.cursor
    town.begin(again)
    await until(lambda: again.texts() == ["meanwhile"])


async def test_nothing_is_forgotten_there_before_it_is_kept_here(town: Town) -> None:
    listening = Listening(town.source())
    for number in range(3):
        town.post(f"{number}")
    stream = listening.source.stream("")
    listening.take(await anext(stream))
    await stream.aclose()  # type: ignore[attr-defined]
    assert len(town.world.updates) == 3, "only asking on from there lets Telegram forget"
    town.begin(listening)
    await until(lambda: listening.texts() == ["0", "1", "2"])


async def test_after_a_week_of_silence_the_new_numbers_are_found(town: Town) -> None:
    listening = Listening(town.source())
    listening.cursor = f"999999999@{town.clock()}"
    town.clock.advance(FORGOTTEN_MS / 1000 + 1)
    town.post("after a long time")
    town.begin(listening)
    await until(lambda: listening.texts() == ["after a long time"])
    assert town.world.offsets[0] == 0


async def test_two_programs_for_one_bot_are_told(town: Town) -> None:
    listening = town.listen()
    await town.listened()
    async with aiohttp.ClientSession() as session:
        other = session.post(f"{town.url}/bot{town.world.token}/getUpdates", json={"timeout": 5})
        task = asyncio.create_task(_read(other))
        await until(lambda: listening.ended is not None)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert isinstance(listening.ended, Later) and listening.ended.retry_after_s >= 10
    assert "Another program" in str(listening.ended)


async def _read(asked: object) -> None:
    async with asked:  # type: ignore[attr-defined]
        return


async def test_slowing_down_a_wrong_token_and_a_bad_moment_are_told(town: Town) -> None:
    town.world.retry_after = 17
    listening = town.listen()
    await until(lambda: listening.ended is not None)
    assert isinstance(listening.ended, Later) and listening.ended.retry_after_s == 17
    town.world.retry_after = 0
    wrong = town.source(token="12345:" + "x" * 30)
    probe = await wrong.probe()
    assert not probe.ok and "@BotFather" in probe.says
    with pytest.raises(Refused, match="BotFather"):
        await anext(wrong.stream(""))
    town.world.refusals.put(Refusal("getUpdates", 502))
    await town.begin(listening)
    assert isinstance(listening.ended, Later) and "502" in str(listening.ended)


async def test_the_probe_says_what_the_bot_cannot_see(town: Town) -> None:
    probe = await town.source().probe()
    assert probe.ok and f"@{NAME}" in probe.says and "privacy mode" in probe.says
    town.world.reads_groups = True
    assert "privacy" not in (await town.source().probe()).says
    probe = await town.source(webhook=True, public_url="").probe()
    assert not probe.ok and "public_url" in probe.says


async def test_whoever_writes_is_answered_in_their_language_once(town: Town) -> None:
    town.listen(town.source(answer=True))
    town.post("/start", language="fr-FR")
    id_ = town.post("bonsoir", language="fr")
    town.post("not in a group #parvis", chat="group")
    await until(lambda: len(town.world.said) == 2)
    welcome, thanks = town.world.said
    assert welcome["text"].startswith("Bonjour") and thanks["text"].startswith("Merci")
    assert thanks["reply_parameters"]["message_id"] == id_
    town.world.edit(id_, "bonsoir !")
    town.post("/delete", reply_to=id_)
    await until(lambda: len(town.world.said) == 3)
    assert "taken back" in town.world.said[2]["text"]


async def test_an_answer_that_cannot_be_given_costs_nothing(town: Town) -> None:
    town.world.refusals.put(Refusal("sendMessage", 403))
    listening = town.listen(town.source(answer=True))
    town.post("one")
    town.post("two")
    await until(lambda: len(listening.wall) == 2)
    assert listening.ended is None


async def test_called_instead_of_asked(town: Town) -> None:
    town.world.files["p1"] = picture()
    source = town.source(webhook=True, answer=True)
    listening = town.listen(source)
    await until(lambda: town.world.hook == DOORS + "hook")
    town.post("Look", photo="p1")
    answer = await town.knock(source)
    (raw,) = answer.raws
    listening.take(raw)
    (post,) = listening.wall.values()
    assert len(post.media) == 1
    assert msgspec.json.decode(answer.body)["method"] == "sendMessage"
    assert (await town.knock(source, secret="guessed")).status == 401
    town.post("/other")
    town.world.updates.pop(0)
    assert (await town.knock(source)).raws == ()
    assert "getUpdates" not in town.world.asked


async def test_a_slow_picture_is_fetched_once_however_often_telegram_calls(town: Town) -> None:
    town.world.files["p1"] = picture()
    source = town.source(webhook=True)
    town.listen(source)
    await until(lambda: bool(town.world.secret))
    source._calls.within_s = 0.0
    town.post("Look", photo="p1")
    with pytest.raises(Later):
        await town.knock(source)
    source._calls.within_s = 20.0
    assert len((await town.knock(source)).raws) == 1
    assert town.world.asked.count("file") == 1


async def test_a_door_that_telegram_cannot_reach_is_told(town: Town) -> None:
    source = town.source(webhook=True)
    town.world.hook, town.world.error = DOORS + "hook", "Connection refused"
    town.post("waits")
    listening = town.listen(source)
    await until(lambda: listening.ended is not None)
    assert "Connection refused" in str(listening.ended) and DOORS in str(listening.ended)


async def test_our_own_webhook_goes_when_the_setting_does_and_nobody_elses(town: Town) -> None:
    town.world.hook = DOORS + "hook"
    listening = Listening(town.source())
    await town.begin(listening)
    assert isinstance(listening.ended, Later) and not town.world.hook
    town.world.hook = "https://other.example/hook"
    await town.begin(listening)
    assert isinstance(listening.ended, Refused) and "another program" in str(listening.ended)
    assert town.world.hook
    knock = Knock("hook", "POST", {}, {}, b"{}", 1)
    assert (await town.source().answer(knock)).status == 404, "closed where nobody is to call"
