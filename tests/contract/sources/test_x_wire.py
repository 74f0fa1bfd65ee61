"""The X source against its simulator, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import Gone, OptedOut, Post, Unreadable
from parvis.plug.testkit import DictMemory
from parvis.sim.crowd import utterance
from parvis.sim.steer import Refusal
from parvis.sim.x.control import disconnect_all
from parvis.sim.x.world import Rule
from parvis.sources.x import RULES_ACT_MS
from tests.contract.sources.listening import Listening
from tests.contract.sources.x_network import Network, opened
from tests.waiting import until


@pytest.fixture(params=[False, True], ids=["tweet", "post"])
async def network(request: pytest.FixtureRequest) -> AsyncIterator[Network]:
    async with opened(new_names=request.param) as found:
        yield found


async def test_a_post_and_its_edit_are_seen_at_once(network: Network) -> None:
    listening = network.listen()
    await network.listened()
    first = network.post("Hello #Parvis & all", name="Ada Marsh", images=1)
    network.post("Not for us #other")
    network.post("An answer #parvis", reply_to=first)
    network.post("Buy #parvis", advert=True)
    await until(lambda: listening.texts() == ["Hello #Parvis & all"])
    (post,) = listening.wall.values()
    assert post.author is not None and post.author.name == "Ada Marsh" and post.media
    network.world.edit(first, "Hello again #parvis")
    await until(lambda: listening.texts() == ["Hello again #parvis"])
    (edited,) = listening.wall.values()
    assert edited.key == post.key and edited.version != post.version
    assert listening.ended is None


async def test_accounts_mentions_words_and_what_is_reposted(network: Network) -> None:
    for handle in ("ada", "bo"):
        network.world.account(handle)
    source = network.source(
        tags=[], accounts=["@ada"], mentions=["bo"], words=["harbour lights"], reposts=True
    )
    listening = network.listen(source)
    await network.listened()
    network.post("mine", author="Ada")
    network.post("to @bo", author="chidi")
    network.post("the Harbour lights tonight", author="chidi")
    network.post("nothing", author="chidi")
    other = network.post("what " + "somebody else " * 12 + "said & meant", author="dalia")
    network.post("", author="ada", repost=other)
    await until(lambda: len(listening.wall) == 4)
    (reposted,) = [post for post in listening.wall.values() if "somebody" in post.text]
    assert reposted.author is not None and reposted.author.handle == "@dalia"
    assert reposted.text.endswith("said & meant") and reposted.kind == "post"


async def test_a_quote_is_taken_only_when_its_own_words_are_meant(network: Network) -> None:
    listening = network.listen()
    await network.listened()
    first = network.post("look #parvis", author="bo")
    network.post("what is this?", author="chidi", quote=first)
    network.post("I know! #parvis", author="dalia", quote=first)
    await until(lambda: len(listening.wall) == 2)
    assert listening.texts() == ["I know! #parvis", "look #parvis"]


async def test_the_first_look_takes_so_many_as_was_asked() -> None:
    async with opened() as network:
        for number in range(30):
            network.post(f"{number:02d} #parvis")
        some = network.listen(network.source(limit=12))
        await until(lambda: len(some.wall) == 12)
        assert some.texts()[0] == "18 #parvis"
        source = network.source(limit=0)
        none = network.listen(source)
        await until(lambda: len(source._line._due) == 2)
        network.post("now #parvis")
        await until(lambda: none.texts() == ["now #parvis"])


async def test_a_cut_anywhere_in_a_line_loses_and_doubles_nothing() -> None:
    async with opened() as network:
        listening = network.listen()
        await network.listened()
        sent: list[str] = []
        places = [*range(4), *range(5, 900, 111)]
        for after in places:
            network.world.cut(after)
            sent.append(f"cut after {after:04d} bytes #parvis")
            network.post(sent[-1])
            await until(lambda: listening.texts() == sorted(sent))
            await network.listened()
        assert listening.connected == len(places) + 1 and not network.world.judge.broken
        assert not any(isinstance(arrival, Unreadable) for arrival in listening.arrivals)
        assert any(raw.gap_fill for raw in listening.raws)


async def test_a_long_gap_is_repaired_page_by_page_oldest_first() -> None:
    async with opened() as network:
        listening = Listening(network.source())
        first = asyncio.create_task(listening.follow())
        await network.listened()
        network.post("before #parvis")
        await until(lambda: len(listening.wall) == 1)
        network.world.cut()
        await first
        for number in range(230):
            network.post(f"{number:03d} #parvis", author=f"p{number % 7}")
        again = asyncio.create_task(listening.follow())
        await until(lambda: len(listening.wall) == 231)
        again.cancel()
        told = [each.text for each in listening.arrivals if isinstance(each, Post)]
        assert [text for text in told if text != "before #parvis"] == sorted(
            text for text in set(told) if text != "before #parvis"
        )
        pages = [raw for raw in listening.raws if raw.kind == "page"]
        assert [bool(raw.cursor) for raw in pages] == [False, False, True]


async def test_a_week_away_is_asked_no_further_back_than_a_search_reaches() -> None:
    async with opened() as network:
        listening = Listening(network.source())
        first = asyncio.create_task(listening.follow())
        await network.listened()
        network.post("long ago #parvis")
        await until(lambda: len(listening.wall) == 1)
        network.world.cut()
        await first
        network.clock.advance(30 * 86_400)
        network.post("today #parvis")
        again = asyncio.create_task(listening.follow())
        await until(lambda: "today #parvis" in listening.texts())
        again.cancel()


async def test_new_rules_act_later_and_what_falls_between_is_found() -> None:
    async with opened(acts_after_s=20.0, beat_s=0.05) as network:
        listening = network.listen(network.source(limit=0))
        await network.listened()
        network.post("too early for the rule #parvis")
        network.clock.advance(RULES_ACT_MS / 1000 - 1)
        network.post("in time #parvis")
        await until(lambda: listening.texts() == ["in time #parvis"])
        network.clock.advance(2)
        await until(lambda: len(listening.wall) == 2)
        await network.stop()
        # rules that act already need no second look
        searches = len(network.asked("recent"))
        again = network.listen(listening.source, listening.cursor)
        await until(lambda: len(network.asked("recent")) == searches + 1)
        network.clock.advance(60)
        network.post("later #parvis")
        await until(lambda: "later #parvis" in again.texts())
        assert len(network.asked("recent")) == searches + 1


async def test_two_walls_share_the_stream_and_leave_each_others_rules_alone() -> None:
    async with opened() as network:
        other = Rule("1", "#cats", "somebody else's", 0, lambda _: False)
        network.world.rules["1"] = other
        one = network.listen(network.source())
        two = network.listen(network.source(tags=["parvis", "harbour"]))
        await until(lambda: one.connected and two.connected and len(network.world.rules) == 3)
        await network.listened()
        network.post("both #parvis")
        network.post("second #harbour")
        await until(lambda: len(two.wall) == 2 and len(one.wall) == 1)
        assert len(network.world.listeners) == 1
        assert len(network.asked("search/stream?")) == 1, "one connection for both"
        assert not other.ends_ms and one.ended is None and two.ended is None


async def test_whoever_stays_opens_it_again_when_the_first_leaves() -> None:
    async with opened() as network:
        one = network.listen()
        await network.listened()
        two = network.listen()
        await until(lambda: two.connected == 1)
        network._tasks[0].cancel()
        network.post("still here #parvis")
        await until(lambda: two.texts() == ["still here #parvis"])
        assert one.ended is None
        await network.stop()
        await until(lambda: not network.world.listeners)


async def test_rules_follow_the_settings_and_a_restart_keeps_them() -> None:
    async with opened() as network:
        memory = DictMemory()
        network.listen(network.source(memory=memory))
        await network.listened()
        await network.stop()
        changes = len(network.asked("POST /2/tweets/search/stream/rules"))
        network.listen(network.source(memory=memory))
        await network.listened()
        assert len(network.asked("POST /2/tweets/search/stream/rules")) == changes
        await network.stop()
        network.listen(network.source(memory=memory, tags=["harbour"]))
        await network.listened()
        alive = [rule for rule in network.world.rules.values() if not rule.ends_ms]
        assert len(alive) == 1 and "#harbour" in alive[0].value
        assert alive[0].tag.startswith("parvis:")


async def test_back_off_rules_are_kept_for_each_kind_of_failure() -> None:
    async with opened() as network:
        listening = Listening(network.source(limit=0))
        waits: list[float] = []

        async def fails() -> None:
            await listening.follow()
            assert isinstance(listening.ended, Later), listening.ended
            waits.append(listening.ended.retry_after_s)
            attempts = network.world.judge.attempts
            await listening.follow()  # sooner than it said: nothing goes out
            assert isinstance(listening.ended, Later)
            assert network.world.judge.attempts == attempts or waits[-1] < 1
            network.clock.advance(waits[-1])

        network.world.refusals.put(Refusal("stream", 503, 4))
        for _ in range(4):
            await fails()
        assert waits == [5, 10, 20, 40]
        waits.clear()
        network.world.limits["stream"] = 0
        for _ in range(2):
            await fails()
        assert waits[0] >= 60 and waits[1] >= 120
        network.world.limits["stream"] = 5_000
        assert not network.world.judge.broken
        task = asyncio.create_task(listening.follow())
        await network.listened()
        network.post("healed #parvis")
        await until(lambda: listening.texts() == ["healed #parvis"])
        network.world.cut()
        await task
        assert isinstance(listening.ended, Later) and listening.ended.retry_after_s == 0
        task = asyncio.create_task(listening.follow())
        await network.listened()
        task.cancel()
        assert not network.world.judge.broken


async def test_a_network_error_waits_a_quarter_of_a_second_more_each_time() -> None:
    async with opened(drops=6) as network:
        listening = network.listen()
        await network.listened()
        network.post("through #parvis")
        await until(lambda: listening.texts() == ["through #parvis"])
        assert network.world.judge.attempts >= 7 and not network.world.judge.broken


async def test_silence_is_a_cut_and_odd_lines_are_not() -> None:
    async with opened(beat_s=0.1) as network:
        listening = network.listen(network.source(silence_s=0.6))
        await network.listened()
        for line in (b"", b"null", b"[]", b"{", b'{"new": "message"}', b"\xf0\x9f", b'{"data":7}'):
            network.world.shout(line)
        first = network.post("after all that #parvis")
        network.world.again(first)
        await until(lambda: listening.texts() == ["after all that #parvis"])
        assert listening.connected == 1, "signs of life keep it open"
        network.world.silence()
        network.post("said to nobody #parvis")
        await until(lambda: len(listening.wall) == 2)
        assert isinstance(listening.ended, Later) and not network.world.judge.broken


async def test_the_end_that_is_said_is_no_failure() -> None:
    async with opened() as network:
        listening = network.listen()
        await network.listened()
        disconnect_all(network.world)
        await until(lambda: listening.connected == 2)
        assert isinstance(listening.ended, Later)
        assert "operational-disconnect" in str(listening.ended)
        assert listening.ended.retry_after_s == 0
        await network.listened()
        assert not network.world.judge.broken


async def test_another_program_holds_the_stream_and_searches_stand_in() -> None:
    async with opened(connections=0) as network:
        listening = network.listen()
        await until(lambda: isinstance(listening.ended, Refused))
        assert "holds the one stream" in str(listening.ended)
        assert not network.world.judge.broken
        network.post("one #parvis")
        page = await listening.poll()
        assert listening.texts() == ["one #parvis"] and page.again_in_s >= 15
        network.post("two #parvis")
        await listening.poll()
        assert listening.texts() == ["one #parvis", "two #parvis"]
        asked = parse_qs(urlsplit(network.asked("recent")[-1]).query)
        assert asked["since_id"] and asked["max_results"] == ["100"]


@pytest.mark.parametrize(
    ("status", "body", "kind", "named"),
    [
        (401, "{}", Refused, "bearer token"),
        (403, '{"type":"https://api.x.com/2/problems/client-forbidden"}', Refused, "pay-per-use"),
        (403, '{"type":"https://api.x.com/2/problems/usage-capped"}', Later, "this month"),
        (402, '{"title":"CreditsDepleted"}', Later, "no credits"),
        (409, "{}", Later, "409"),
        (400, "<html>", Refused, "400"),
        (503, "<html>", Later, "503"),
    ],
)
async def test_refusals_say_what_to_do(
    status: int, body: str, kind: type[Exception], named: str
) -> None:
    async with opened() as network:
        network.world.refusals.put(Refusal("stream", status, -1, body))
        listening = Listening(network.source())
        await listening.follow()
        assert type(listening.ended) is kind and named in str(listening.ended)


async def test_the_probe_names_what_is_wrong() -> None:
    async with opened() as network:
        network.world.account("ada")
        good = await network.source(accounts=["ada"]).probe()
        assert good.ok and "#parvis, @ada" in good.says
        nobody = await network.source(accounts=["ada", "@nobody"]).probe()
        assert not nobody.ok and "@nobody" in nobody.says
        wrong = await network.source(token="other").probe()
        assert not wrong.ok and "bearer token" in wrong.says
        network.world.rules["1"] = Rule("1", "#cats", "x", 0, lambda _: False)
        others = await network.source().probe()
        assert others.ok and "1 stream rules that are not of this source" in others.says


async def test_rules_that_are_not_taken_are_said() -> None:
    async with opened(rule_cap=0) as network:
        listening = Listening(network.source())
        await listening.follow()
        assert isinstance(listening.ended, Refused) and "as many stream rules" in str(
            listening.ended
        )


async def test_deletions_departures_and_edits_are_found_by_asking_again(network: Network) -> None:
    source = network.source()
    listening = network.listen(source)
    await network.listened()
    ids = {name: network.post(f"{name} #parvis", author=name) for name in _PEOPLE}
    await until(lambda: len(listening.wall) == len(ids))
    shown = list(listening.wall.values())
    await network.stop()
    network.world.delete(ids["gone"])
    network.world.leave("left")
    network.world.account("closed")["protected"] = True
    network.world.edit(ids["edited"], "mended #parvis")
    found = [arrival async for raw in source.recheck(shown) for arrival in source.read(raw)]
    keys = {post.text.split()[0]: post.key for post in shown}
    gone = {each.key for each in found if isinstance(each, Gone)}
    assert gone == {keys["gone"], keys["left"]}
    assert {each.key for each in found if isinstance(each, OptedOut)} == {keys["closed"]}
    told = {each.key: each.text for each in found if isinstance(each, Post)}
    assert told == {keys["kept"]: "kept #parvis", keys["edited"]: "mended #parvis"}
    network.world.delete(ids["edited"])
    last = [arrival async for raw in source.recheck(shown) for arrival in source.read(raw)]
    assert keys["edited"] in {each.key for each in last if isinstance(each, Gone)}


_PEOPLE = ("gone", "left", "closed", "edited", "kept")


async def test_lines_that_name_no_rule_are_judged_by_what_they_say() -> None:
    async with opened(names_rules=False) as network:
        listening = network.listen()
        await network.listened()
        network.world.rules["1"] = Rule("1", "#cats", "x", 0, lambda seen: "cats" in seen.tags)
        network.post("not ours #cats")
        network.post("ours #parvis")
        await until(lambda: listening.texts() == ["ours #parvis"])


async def test_a_crowd_is_read_in_every_language(network: Network) -> None:
    listening = network.listen()
    await network.listened()
    for number in range(26):
        network.clock.advance(0.1)
        network.world.say(utterance(number, "parvis"))
    await until(lambda: len(listening.wall) == 26)
    assert {post.dir for post in listening.wall.values()} == {"ltr", "rtl"}
    for post in listening.wall.values():
        (tag,) = [each for each in post.entities if each.type == "tag"]
        assert tag.text == "#parvis" == post.text[tag.start : tag.end]
