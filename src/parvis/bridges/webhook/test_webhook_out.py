from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

from parvis.bridges.webhook import open_bridge
from parvis.core.errors import Later, Refused
from parvis.core.event import CardGone, CardShown, Fact, PostDecided, WallChanged
from parvis.core.post import Author
from parvis.core.wire import Card
from parvis.plug.bridge import Bridge, News
from parvis.plug.standard_webhooks import read_keys, verify
from parvis.plug.testkit import BridgeContract, FakeHttp, ManualClock, MemoryVault, tools

URL = "https://hooks.example.org/parvis"
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOW_MS = 1_790_000_000_000
SHOWN = Fact("square", 42, NOW_MS, CardShown("test::1"))
CARD = Card("test::1", "test", "Hello", 1, NOW_MS, NOW_MS, author=Author("", "@ada", "Ada"))


class TestContract(BridgeContract):
    folder = __file__
    settings: ClassVar = {"url": URL}
    secrets: ClassVar = {"secret": SECRET}
    url = URL


def bridge(http: FakeHttp | None = None, secret: str = SECRET, **settings: Any) -> Bridge:
    vault = MemoryVault({"secret": secret})
    given = {"url": URL, **settings}
    return open_bridge(
        tools(given, folder=__file__, http=http, vault=vault, clock=ManualClock(NOW_MS))
    )


def news(fact: Fact, card: Card | None = None) -> News:
    return News(f"{fact.wall}.{fact.seq}", fact, "a1b2", card)


async def told(fact: Fact, card: Card | None = None, **more: Any) -> tuple[dict[str, Any], Any]:
    http = FakeHttp().answers(URL, b"", status=204)
    await bridge(http, **more).tell(news(fact, card))
    return json.loads(http.asked[0].body), http.asked[0]


async def test_the_message_is_thin() -> None:
    body, _ = await told(SHOWN)
    assert body == {
        "type": "card.shown",
        "timestamp": "2026-09-21T14:13:20.000Z",
        "data": {"wall": "square", "post": "test::1", "ref": "a1b2", "seq": 42},
    }


async def test_words_come_along_only_with_the_card() -> None:
    body, _ = await told(SHOWN, CARD)
    assert body["data"]["text"] == "Hello"
    assert body["data"]["author"] == {"name": "Ada", "handle": "@ada"}
    other, _ = await told(Fact("square", 43, NOW_MS, CardGone("test::2")), CARD)
    assert "text" not in other["data"]


async def test_of_a_bare_card_only_ids_are_told() -> None:
    there = "https://example.org/1"
    only = Card("test::1", "test", "", 1, NOW_MS, NOW_MS, permalink=there)
    body, _ = await told(SHOWN, only)
    ids = {"wall": "square", "post": "test::1", "ref": "a1b2", "seq": 42}
    assert body["data"] == {**ids, "network": "test", "permalink": there}


async def test_a_long_text_stays_under_20_kilobytes() -> None:
    long = Card("test::1", "test", "é🎉" * 20_000, 1, NOW_MS, NOW_MS)
    _, asked = await told(SHOWN, long)
    assert len(asked.body) < 20_000


async def test_it_is_signed_over_its_bytes_with_every_secret() -> None:
    _, asked = await told(SHOWN, secret=f"{OTHER} {SECRET}")
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert headers["webhook-id"] == "square.42"
    for secret in (SECRET, OTHER):
        assert verify(read_keys(secret), headers, asked.body, NOW_MS) == "square.42"


async def test_wants_what_is_named() -> None:
    decided = Fact("square", 1, NOW_MS, PostDecided("test::1", "approved", "d"))
    assert bridge().wants(SHOWN) and not bridge().wants(decided)
    assert bridge(events=["post.decided"]).wants(decided)
    assert not bridge().wants(Fact("square", 1, NOW_MS, WallChanged("square")))
    assert bridge(events=["card.shown"]).wants(Fact("square", 1, NOW_MS, CardGone("test::1")))
    with pytest.raises(Refused, match=r"'cards'; use card\.shown"):
        bridge(events=["cards"])
    with pytest.raises(Refused, match="credential secret"):
        bridge(secret="short")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, Refused),
        (307, Refused),
        (401, Refused),
        (410, Refused),
        (400, Later),
        (404, Later),
        (429, Later),
        (500, Later),
        (503, Later),
    ],
)
async def test_what_an_answer_means(status: int, error: type[Exception]) -> None:
    http = FakeHttp().answers(URL, b"", status=status, headers={"retry-after": "9"})
    with pytest.raises(error) as raised:
        await bridge(http).tell(news(SHOWN))
    if status in (429, 503):
        assert isinstance(raised.value, Later) and raised.value.retry_after_s == 9
