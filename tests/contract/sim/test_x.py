"""The simulated X is exact on the wire, bills, and punishes who opens the stream too soon."""

from __future__ import annotations

import argparse
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from parvis import sim
from parvis.core.errors import Refused
from parvis.plug.testkit import ManualClock
from parvis.sim import serving
from parvis.sim.x import World, serve
from parvis.sim.x.judge import Judge
from parvis.sim.x.rule import Seen, read_rule
from parvis.sim.x.world import Draft
from tests.waiting import until

BEARER = {"Authorization": "Bearer sim-token"}
RULES = "/2/tweets/search/stream/rules"
STREAM = "/2/tweets/search/stream"


class Caller:
    """A client without manners."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self.world = world
        self.session = session

    async def get(self, path: str, **params: str) -> tuple[int, Any, Any]:
        async with self.session.get(path, params=params) as reply:
            return reply.status, await reply.json(content_type=None), reply.headers

    async def post(self, path: str, body: object, **params: str) -> tuple[int, Any]:
        async with self.session.post(path, json=body, params=params) as reply:
            return reply.status, await reply.json(content_type=None)

    async def rule(self, value: str, tag: str = "") -> Any:
        return (await self.post(RULES, {"add": [{"value": value, "tag": tag}]}))[1]


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    world = World(clock=ManualClock(), acts_after_s=0.0, beat_s=0.05)
    async with (
        serving(serve(world)) as url,
        aiohttp.ClientSession(url, headers=BEARER) as session,
    ):
        yield Caller(world, session)


def clock_of(world: World) -> ManualClock:
    assert isinstance(world.clock, ManualClock)
    return world.clock


async def test_lines_end_in_crlf_and_signs_of_life_are_bare(caller: Caller) -> None:
    await caller.rule("#parvis", "wall:1")
    async with caller.session.get(STREAM, params={"expansions": "author_id"}) as reply:
        assert reply.status == 200 and reply.headers["Transfer-Encoding"] == "chunked"
        assert await reply.content.readuntil(b"\r\n") == b"\r\n"
        id_ = caller.world.post(Draft("Hello #parvis"))
        line = b"\r\n"
        while line == b"\r\n":
            line = await reply.content.readuntil(b"\r\n")
        assert line.endswith(b"}\r\n") and line.count(b"\n") == 1
        told = json.loads(line)
        assert told["data"]["id"] == id_ and told["includes"]["users"][0]["username"] == "ada"
        (rule,) = told["matching_rules"]
        assert rule["tag"] == "wall:1"
        assert await reply.content.readuntil(b"\r\n") == b"\r\n", "it lives"


async def test_one_connection_and_no_more(caller: Caller) -> None:
    await caller.rule("#parvis")
    async with caller.session.get(STREAM) as first:
        assert first.status == 200
        status, told, headers = await caller.get(STREAM)
        assert status == 429 and told["title"] == "ConnectionException"
        assert told["connection_issue"] == "TooManyConnections"
        assert int(headers["x-rate-limit-reset"]) > caller.world.clock() // 1000
        assert headers["x-rate-limit-remaining"] == "48"
    await until(lambda: not caller.world.listeners)


async def test_rules_have_errors_and_caps(caller: Caller) -> None:
    caller.world.rule_cap = 2
    made = await caller.rule("#parvis", "one")
    assert made["meta"]["summary"] == {"created": 1, "not_created": 0, "valid": 1, "invalid": 0}
    again = await caller.rule("#parvis", "another tag")
    assert again["errors"][0]["type"].endswith("/duplicate-rules")
    for wrong in ("(#parvis", "is:retweet", "dreams:of", "#a OR", "x" * 1025, "-cats"):
        assert (await caller.rule(wrong))["errors"][0]["type"].endswith("/invalid-rules"), wrong
    body = {"add": [{"value": "#dry"}]}
    assert (await caller.post(RULES, body, dry_run="true"))[0] == 201
    assert (await caller.get(RULES))[1]["meta"]["result_count"] == 1
    await caller.rule("#two")
    assert (await caller.rule("#three"))["errors"][0]["type"].endswith("/rule-cap")
    ids = [rule["id"] for rule in (await caller.get(RULES))[1]["data"]]
    gone = await caller.post(RULES, {"delete": {"ids": [*ids, "7"]}})
    assert gone[1]["meta"]["summary"] == {"deleted": 2, "not_deleted": 1}
    assert (await caller.get(STREAM))[0] == 409
    assert (await caller.post(RULES, {}))[0] == 400


async def test_a_rule_acts_after_a_while(caller: Caller) -> None:
    caller.world.acts_after_s = 20.0
    await caller.rule("#parvis")
    row = caller.world.posts[caller.world.post(Draft("Hello #parvis"))]
    assert not caller.world.matching(row)
    clock_of(caller.world).advance(20)
    assert caller.world.matching(row)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("#one", True),
        ("#two", False),
        ("(#two OR from:ada) -is:retweet", True),
        ('"well said" @bo', True),
        ("said -#one", False),
        ("is:quote #one", True),
        ('#one -"nobody says it"', True),
        ("sai", False),
    ],
)
def test_rules_find(rule: str, found: bool) -> None:
    marks = {"hashtags": [{"tag": "One"}], "mentions": [{"username": "bo"}]}
    row = {"text": "Well said, well said @bo #One", "entities": marks}
    seen = Seen({**row, "referenced_tweets": [{"type": "quoted", "id": "1"}]}, "Ada")
    assert read_rule(rule)(seen) is found


async def test_searches_go_back_seven_days_page_by_page(caller: Caller) -> None:
    search = "/2/tweets/search/recent"
    old = caller.world.post(Draft("old #parvis"))
    clock_of(caller.world).advance(8 * 86_400)
    ids = [caller.world.post(Draft(f"{number} #parvis")) for number in range(12)]
    status, told, _ = await caller.get(search, query="#parvis", max_results="10")
    assert status == 200 and [row["id"] for row in told["data"]] == ids[:1:-1]
    more = await caller.get(search, query="#parvis", next_token=told["meta"]["next_token"])
    assert [row["id"] for row in more[1]["data"]] == ids[1::-1]
    assert "next_token" not in more[1]["meta"]
    since = await caller.get(search, query="#parvis", since_id=ids[10])
    assert since[1]["meta"]["result_count"] == 1
    assert (await caller.get(search, query="#parvis", since_id=ids[11]))[1] == {
        "meta": {"result_count": 0}
    }
    for wrong in ({"since_id": old}, {"max_results": "9"}, {"query": "#" + "a" * 512}):
        assert (await caller.get(search, **{"query": "#parvis", **wrong}))[0] == 400


async def test_lookups_have_partial_errors_and_every_version(caller: Caller) -> None:
    world = caller.world
    first = world.post(Draft("frist"))
    second = world.edit(first, "first")
    closed = world.post(Draft("closed", author="bo"))
    world.account("bo")["protected"] = True
    status, told, _ = await caller.get("/2/tweets", ids=f"{first},{second},{closed},17")
    assert status == 200
    assert [row["text"] for row in told["data"]] == ["frist", "first"]
    assert told["data"][0]["edit_history_tweet_ids"] == [first, second]
    kinds = {each["resource_id"]: each["type"].rpartition("/")[2] for each in told["errors"]}
    assert kinds == {closed: "not-authorized-for-resource", "17": "resource-not-found"}
    world.delete(second)
    assert "data" not in (await caller.get("/2/tweets", ids=f"{first},{second}"))[1]


async def test_it_bills_once_a_day(caller: Caller) -> None:
    id_ = caller.world.post(Draft("Hello"))
    for _ in range(3):
        await caller.get("/2/tweets", ids=id_)
    assert caller.world.bill() == 15_000
    clock_of(caller.world).advance(86_400)
    await caller.get("/2/tweets", ids=id_)
    assert caller.world.bill() == 30_000


async def test_caps_credits_tokens_and_limits_refuse(caller: Caller) -> None:
    caller.world.capped = True
    status, told, _ = await caller.get("/2/tweets", ids="1")
    assert status == 403 and told["type"].endswith("/usage-capped")
    caller.world.broke = True
    assert (await caller.get("/2/tweets", ids="1"))[0] == 402
    caller.world.tokens = frozenset()
    assert (await caller.get("/2/tweets", ids="1"))[0] == 401
    caller.world.tokens = frozenset(("sim-token",))
    caller.world.limits["lookup"] = 2
    status, _, headers = await caller.get("/2/tweets", ids="1")
    assert status == 429 and headers["x-rate-limit-remaining"] == "0"


async def test_who_comes_back_too_soon_is_counted_and_answered_429(caller: Caller) -> None:
    await caller.rule("#parvis")
    await caller.post("/sim/refuse", {"what": "stream", "status": 503, "times": 1})
    assert (await caller.get(STREAM))[0] == 503
    assert (await caller.get(STREAM))[0] == 429
    assert len(caller.world.judge.broken) == 1
    clock_of(caller.world).advance(61)
    async with caller.session.get(STREAM) as reply:
        assert reply.status == 200
    status, told = await caller.post("/sim/judge", {})
    assert status == 200 and told["attempts"] == 3 and len(told["too_soon"]) == 1


def test_the_judge_knows_the_three_rules() -> None:
    clock = ManualClock()
    rules: dict[int, list[float]] = {
        0: [0.25, 0.5, 0.75],
        503: [5, 10, 20, 40, 80, 160, 320, 320],
        429: [60, 120, 240],
    }
    for status, waits in rules.items():
        judge = Judge(clock)
        for wait_s in waits:
            judge.failed(status)
            clock.advance(wait_s - 0.1)
            assert status == 0 or not judge.attempt(), (status, wait_s)
            clock.advance(0.1)
            assert judge.attempt(), (status, wait_s)
        judge.failed(status)
        judge.opened()
        assert judge.attempt()


def test_on_a_kept_connection_one_more_try_is_no_fault() -> None:
    judge = Judge(ManualClock())
    judge.failed(0)
    assert judge.attempt()
    judge.failed(0)
    assert not judge.attempt() and len(judge.broken) == 1


async def test_it_is_steered(caller: Caller) -> None:
    _, made = await caller.post("/sim/post", {"text": "Hello #parvis", "images": 1})
    _, edited = await caller.post("/sim/edit", {"id": made["id"], "text": "Again"})
    assert edited["id"] != made["id"]
    assert (await caller.post("/sim/again", made))[0] == 200
    assert (await caller.post("/sim/protect", {"author": "ada"}))[0] == 200
    assert (await caller.post("/sim/delete", made))[0] == 200
    assert (await caller.post("/sim/delete", made))[0] == 404
    assert (await caller.post("/sim/leave", {"author": "ada"}))[0] == 200
    assert len((await caller.post("/sim/burst", {"count": 3}))[1]["ids"]) == 3
    for verb in ("cut", "disconnect", "silence"):
        assert (await caller.post(f"/sim/{verb}", {}))[1] == {"streams": 0}
    assert (await caller.post("/sim/settings", {"beat_s": 1.5}))[0] == 200
    assert caller.world.beat_s == 1.5
    assert (await caller.post("/sim/settings", {"best_s": 1.5}))[0] == 422


@pytest.mark.parametrize("more", [["--beat", "0"], ["--rate", "-1"], ["--acts", "-1"]])
def test_arguments_that_cannot_be_meant_are_refused(more: list[str]) -> None:
    network = sim.find("x")
    parser = argparse.ArgumentParser()
    network.arguments(parser)
    assert network.build(parser.parse_args([]))
    guide = network.guide("http://sim.example", parser.parse_args([]))
    assert guide.plugin == "x" and guide.secret == "sim-token"
    with pytest.raises(Refused):
        network.build(parser.parse_args(more))
