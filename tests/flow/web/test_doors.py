from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest
from starlette.requests import Request

from parvis.core.errors import Refused
from parvis.core.post import Raw
from parvis.plug.door import Act
from parvis.web.admit import Bucket, Visitor
from parvis.web.doors import Doors, Intake
from parvis.web.problem import Failed
from parvis.web.visitors import Visitors
from tests.street import SECRET, Street


def signed(body: bytes, *, id_: str = "msg_1", secret: str = SECRET, at: int = 0) -> dict[str, str]:
    stamp = str(at or int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{id_}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": id_,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


async def test_what_is_acknowledged_is_stored(street: Street) -> None:
    key = await street.tell("1", "Hello")
    assert [card["post"] for card in await street.cards()] == [key]


async def test_the_same_item_again_changes_nothing(street: Street) -> None:
    await street.tell("1", "Hello")
    await street.tell("1", "Hello")
    assert len(await street.cards()) == 1


async def test_many_at_once_are_all_stored(street: Street) -> None:
    said = [{"id": f"m{n}", "text": f"Words {n}", "author": {"name": f"P{n}"}} for n in range(150)]
    answers = await asyncio.gather(*(street.post("/in/hook/post", one, key=False) for one in said))
    assert {answer.status for answer in answers} == {200}
    await street.house.road.idle()
    counts = await street.house.engine.counts("square")
    assert sum(counts.values()) == 150


async def test_a_signature_opens_and_a_wrong_one_does_not(street: Street) -> None:
    body = json.dumps({"id": "s1", "text": "Signed", "author": {"name": "Stage"}}).encode()
    path = "/in/signed/post"
    assert (await street.post(path, body, key=False)).status == 401
    assert (await street.post(path, body)).status == 401, "the owner's key is no signature"
    changed = body.replace(b"Signed", b"Forged")
    assert (await street.post(path, changed, key=False, headers=signed(body))).status == 401
    old = signed(body, at=int(time.time()) - 3600)
    assert (await street.post(path, body, key=False, headers=old)).status == 401
    assert (await street.post(path, body, key=False, headers=signed(body))).status == 200
    await street.house.road.idle()
    assert [card["text"] for card in await street.cards()] == ["Signed"]


async def test_bytes_that_only_mean_the_same_are_not_what_was_signed(street: Street) -> None:
    body = b'{"id":"s1","text":"Signed","author":{"name":"Stage"}}'
    respaced = json.dumps(json.loads(body), indent=1).encode()
    answer = await street.post("/in/signed/post", respaced, key=False, headers=signed(body))
    assert answer.status == 401


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_that_is_too_long_is_refused_while_it_is_read(
    street: Street, declared: bool
) -> None:
    body = b" " * (1024 * 1024 + 1)
    headers = {"content-length": str(len(body))} if declared else {}
    answer = await street.post("/in/hook/post", body, key=False, headers=headers)
    assert answer.status == 413


async def test_headers_and_query_are_bounded(street: Street) -> None:
    many = {f"x-{n}": "1" for n in range(200)}
    assert (await street.post("/in/hook/post", {}, headers=many)).status == 431
    assert (await street.post("/in/hook/post", {}, headers={"x": "y" * 20_000})).status == 431
    long = await street.ask("/in/hook/schema.json", params={"q": "y" * 9_000})
    assert long.status == 414


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/in/nobody/post", 404),
        ("POST", "/in/hook/nothing", 404),
        ("GET", "/in/hook/post", 405),
        ("DELETE", "/in/hook/post", 405),
        ("PATCH", "/in/hook/post", 405),
        ("GET", "/in/hook/schema.json", 200),
        ("POST", "/p/square/nothing/vote", 404),
        ("POST", "/p/nowhere/lunch/vote", 404),
        ("GET", "/p/square/lunch/vote", 405),
        ("POST", "/p/square/lunch/nothing", 404),
    ],
)
async def test_only_declared_doors_open(
    street: Street, method: str, path: str, status: int
) -> None:
    answer = await street.ask(path, method=method)
    assert answer.status == status
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert json.loads(answer.body)["detail"].endswith(".")


async def test_a_fault_in_a_batch_is_its_own() -> None:
    class Picky:
        async def receive_raws(self, source: str, raws: list[Raw]) -> None:
            await asyncio.sleep(0)
            if any(raw.body == b"bad" for raw in raws):
                raise Refused("This one is bad.")

    intake = Intake(Picky(), "hook")  # type: ignore[arg-type]
    told = await asyncio.gather(
        *(intake.store([Raw(body)]) for body in (b"a", b"bad", b"c")), return_exceptions=True
    )
    assert told[0] is None
    assert told[2] is None
    assert isinstance(told[1], Refused)


async def test_a_small_request_waits_for_one_large_one_at_most() -> None:
    batches: list[list[bytes]] = []

    class Slow:
        async def receive_raws(self, source: str, raws: list[Raw]) -> None:
            batches.append([raw.body[:5] for raw in raws])
            await asyncio.sleep(0)

    intake = Intake(Slow(), "hook")  # type: ignore[arg-type]
    pages = [intake.store([Raw(b"page%d" % number + b" " * 20_000)]) for number in range(4)]
    await asyncio.gather(*pages, *(intake.store([Raw(b"one %d" % number)]) for number in range(3)))
    assert batches == [
        [b"one 0", b"one 1", b"one 2", b"page0"],
        [b"page1"],
        [b"page2"],
        [b"page3"],
    ]


async def test_a_vote_counts_once_for_each_page(street: Street) -> None:
    for who, answer in (("a", "0"), ("a", "1"), ("b", "1")):
        sent = {"answer": answer, "who": who}
        assert (await street.post("/p/square/lunch/vote", sent, key=False)).status == 200
    snapshot = json.loads((await street.get("/api/walls/square/snapshot")).body)
    view = snapshot["formats"][0]["view"]
    assert [answer["count"] for answer in view["answers"]] == [0, 2]


async def form_vote(street: Street, **fields: str) -> tuple[int, str, str]:
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "accept": "text/html,*/*;q=0.8",
        "sec-fetch-site": "same-origin",
    }
    answer = await street.ask(
        "/p/square/lunch/vote", method="POST", headers=headers, body=urlencode(fields).encode()
    )
    return answer.status, answer.headers.get("location", ""), answer.body.decode()


async def test_a_plain_form_votes_and_comes_back_to_the_result(street: Street) -> None:
    page = (await street.get("/p/square")).body.decode()
    assert '<form method="post" action="/p/square/lunch/vote?lang=en">' in page
    assert "Soup or salad?" in page
    status, location, _ = await form_vote(street, answer="1", who="w" * 32)
    assert (status, location) == (303, "/p/square?done=lunch#vote")
    back = (await street.get("/p/square", done="lunch")).body.decode()
    assert 'Salad</span><span class="share" dir="ltr">100\u202f%</span>' in back
    assert "Your vote counts." in back
    assert "/p/square/lunch/vote" not in back


async def test_a_form_that_is_refused_says_why_in_its_place(street: Street) -> None:
    status, _, page = await form_vote(street, answer="7", who="x")
    assert status == 400
    assert "names an answer of this poll" in page
    assert "<form" in page


async def test_a_vote_from_another_site_does_not_count(street: Street) -> None:
    headers = {"sec-fetch-site": "cross-site", "content-type": "application/json"}
    answer = await street.ask(
        "/p/square/lunch/vote", method="POST", headers=headers, body=b'{"answer": "0"}'
    )
    assert answer.status == 403


async def test_one_address_cannot_flood_a_poll_but_a_hall_may_vote(street: Street) -> None:
    from parvis.web.admit import Bucket
    from parvis.web.doors import ACTS_AT_ONCE, ACTS_PER_S

    bucket = Bucket(ACTS_PER_S, ACTS_AT_ONCE, clock=lambda: 0.0)
    waits = [bucket.take("one address") for _ in range(3_500)]
    assert waits[:3_000] == [0.0] * 3_000
    assert all(waits[3_000:])


async def test_who_votes_too_often_shuts_nobody_else_out(street: Street) -> None:
    doors = Doors(street.house.room, Visitors(street.house.room))
    doors._by_address = Bucket(0.001, 1.0)
    doors._by_format = Bucket(0.001, 3.0)

    def spend(address: str) -> bool:
        visitor = Visitor(address, "localhost", "http://localhost")
        try:
            doors._spend(Request({"type": "http", "parvis.visitor": visitor}), "square/lunch")
        except Failed as failed:
            assert failed.status == 429
            return False
        return True

    assert [spend("192.0.2.1") for _ in range(50)] == [True] + [False] * 49
    assert spend("192.0.2.2") and spend("192.0.2.3"), "the loud one spent its own share alone"


async def test_a_vote_that_cannot_be_kept_fails_alone(street: Street) -> None:
    good = [Act("vote", f"p{number}", {"answer": "0"}, 1) for number in range(5)]
    bad = Act("vote", "\ud800", {"answer": "1"}, 1)
    acts = street.house.road.act
    said = await asyncio.gather(
        *(acts("square", "lunch", [act]) for act in (*good[:2], bad, *good[2:])),
        return_exceptions=True,
    )
    assert [isinstance(each, Exception) for each in said] == [False, False, True] + [False] * 3
    held = await street.house.engine.format_state("square", "lunch")
    assert held is not None and sorted(held[0]["votes"]) == ["p0", "p1", "p2", "p3", "p4"]
