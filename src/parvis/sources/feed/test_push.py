from __future__ import annotations

import hashlib
import hmac
import json
import re

import pytest

from parvis.core.post import Post
from parvis.plug.door import Answer, Knock
from parvis.plug.source import Source
from parvis.plug.testkit import DictMemory, FakeHttp, ManualClock, tools
from parvis.plug.websub import LEASE_S, WebSub, linked
from parvis.sources.feed import open_source

URL = "https://blog.example/feed"
HUB = "https://hub.example/"
DOORS = "https://parvis.example/doors/7/"
ITEM = "<item><title>{0}</title><guid>https://blog.example/{0}</guid></item>"
FEED = (
    '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>Blog</title>'
    f'<a:link rel="hub" href="{HUB}"/><a:link rel="self" href="{URL}"/>{{}}</channel></rss>'
)


class Stage:
    """A feed with a hub, and a source that polls it."""

    def __init__(self, public_url: str = DOORS, status: int = 202, feed: str = FEED) -> None:
        self.clock = ManualClock()
        self.memory = DictMemory()
        self.http = FakeHttp().answers(URL, feed.format(ITEM.format("one")))
        self.http.answers(HUB, status=status)
        self.source: Source = open_source(
            tools(
                {"url": URL},
                folder=__file__,
                http=self.http,
                memory=self.memory,
                clock=self.clock,
                public_url=public_url,
            )
        )

    @property
    def asked(self) -> list[dict[str, str]]:
        return [json.loads(each.body) for each in self.http.asked if each.url == HUB]

    async def verify(self, *, word: str | None = None, **change: str) -> Answer:
        asked = self.asked[-1]["hub.callback"].partition("?word=")[2] if self.asked else ""
        query = {
            "word": asked if word is None else word,
            "hub.mode": "subscribe",
            "hub.topic": URL,
            "hub.challenge": "c-123",
            "hub.lease_seconds": "1000",
            **{f"hub.{name}": value for name, value in change.items()},
        }
        return await self.source.answer(Knock("push", "GET", {}, query, b"", self.clock()))

    async def push(self, body: bytes, signature: str) -> Answer:
        headers = {"x-hub-signature": signature, "content-type": "application/rss+xml"}
        return await self.source.answer(Knock("push", "POST", headers, {}, body, self.clock()))

    def sign(self, body: bytes, method: str = "sha256") -> str:
        secret = self.asked[0]["hub.secret"].encode()
        return f"{method}={hmac.new(secret, body, method).hexdigest()}"


async def test_it_subscribes_at_its_own_door_with_a_secret() -> None:
    stage = Stage()
    await stage.source.poll("")
    (form,) = stage.asked
    assert form["hub.mode"] == "subscribe" and form["hub.topic"] == URL
    assert re.fullmatch(re.escape(DOORS) + r"push\?word=[0-9a-f]{32}", form["hub.callback"])
    assert len(form["hub.secret"]) == 64 and form["hub.lease_seconds"] == str(LEASE_S)


async def test_not_without_a_public_address_or_a_hub() -> None:
    hidden, without = (
        Stage(public_url=""),
        Stage(feed='<rss version="2.0"><channel>{}</channel></rss>'),
    )
    for stage in (hidden, without):
        await stage.source.poll("")
        assert stage.asked == []


async def test_it_verifies_what_it_asked_and_nothing_else() -> None:
    stage = Stage()
    assert (await stage.verify()).status == 404
    await stage.source.poll("")
    answer = await stage.verify()
    assert (answer.status, answer.body) == (200, b"c-123")
    assert (await stage.verify(topic="https://evil.example/")).status == 404
    assert (await stage.verify(mode="unsubscribe")).status == 404
    assert (await stage.verify(challenge="")).status == 404


@pytest.mark.parametrize("word", ["", "0" * 32, "é"])
async def test_only_the_hub_may_deny_or_prolong(word: str) -> None:
    stage = Stage()
    await stage.source.poll("")
    await stage.verify()
    for mode in ("denied", "subscribe"):
        assert (await stage.verify(word=word, mode=mode)).status == 404
    body = FEED.format(ITEM.format("two")).encode()
    assert (await stage.push(body, stage.sign(body))).status == 202


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_a_signed_push_becomes_posts(method: str) -> None:
    stage = Stage()
    await stage.source.poll("")
    await stage.verify()
    body = FEED.format(ITEM.format("two")).encode()
    answer = await stage.push(body, stage.sign(body, method))
    assert answer.status == 202
    told = [each for raw in answer.raws for each in stage.source.read(raw)]
    assert [each.text for each in told if isinstance(each, Post)] == ["two"]


async def test_what_is_not_signed_is_refused() -> None:
    stage = Stage()
    await stage.source.poll("")
    body = FEED.format("").encode()
    assert (await stage.push(body, stage.sign(body))).status == 410  # not verified yet
    await stage.verify()
    right = stage.sign(body)
    wrong = hmac.new(b"guessed", body, hashlib.sha256).hexdigest()
    for signature in ("", "sha256=", f"sha256={wrong}", right[7:], f"md5={right[7:]}", "sha256=é"):
        answer = await stage.push(body, signature)
        assert (answer.status, answer.raws) == (403, ())
    assert (await stage.push(body + b" ", right)).status == 403


async def test_entries_passed_over_at_first_stay_so_when_pushed() -> None:
    stage = Stage()
    stage.http.answers(URL, "")
    items = "".join(ITEM.format(f"n{number}") for number in range(8))
    stage = Stage(feed=FEED.replace("{}", items + "{}"))
    await stage.source.poll("")
    await stage.verify()
    body = FEED.format(items + ITEM.format("one") + ITEM.format("new")).encode()
    answer = await stage.push(body, stage.sign(body))
    told = [each for raw in answer.raws for each in stage.source.read(raw)]
    assert len(told) == 5 + 1


async def test_a_lease_is_renewed_before_it_ends_and_no_sooner() -> None:
    stage = Stage()
    page = await stage.source.poll("")
    await stage.verify(lease_seconds="100000")
    stage.clock.advance(70_000)
    page = await stage.source.poll(page.cursor)
    assert len(stage.asked) == 1
    stage.clock.advance(15_000)
    await stage.source.poll(page.cursor)
    assert len(stage.asked) == 2
    assert stage.asked[0]["hub.secret"] == stage.asked[1]["hub.secret"]


async def test_an_ended_lease_counts_no_more() -> None:
    stage = Stage()
    await stage.source.poll("")
    await stage.verify(lease_seconds="60")
    body = FEED.format("").encode()
    assert (await stage.push(body, stage.sign(body))).status == 202
    stage.clock.advance(61)
    assert (await stage.push(body, stage.sign(body))).status == 410


async def test_an_unwilling_hub_does_not_stop_the_polling_and_is_asked_rarely() -> None:
    stage = Stage(status=500)
    page = await stage.source.poll("")
    assert page.raws
    page = await stage.source.poll(page.cursor)
    assert len(stage.asked) == 1
    stage.clock.advance(3601)
    await stage.source.poll(page.cursor)
    assert len(stage.asked) == 2


async def test_a_denial_ends_the_subscription() -> None:
    stage = Stage()
    await stage.source.poll("")
    await stage.verify()
    assert (await stage.verify(mode="denied")).status == 200
    body = FEED.format("").encode()
    assert (await stage.push(body, stage.sign(body))).status == 410


def test_links_of_a_header() -> None:
    header = '<https://a.example/>; rel="hub", <https://b.example/f>; title=x; rel=self'
    assert linked(header, "hub") == "https://a.example/"
    assert linked(header, "self") == "https://b.example/f"
    assert linked(header, "next") == "" and linked("<" * 9000, "hub") == ""


async def test_several_topics_of_one_source_have_doors_and_secrets_of_their_own() -> None:
    http = FakeHttp().answers(HUB, status=202)
    memory = DictMemory()
    held = tools({"url": URL}, folder=__file__, http=http, memory=memory, public_url=DOORS)
    hubs = [WebSub(held, name) for name in ("push", "push-one", "push-two")]
    for number, each in enumerate(hubs):
        await each.follow(HUB, f"{URL}/{number}")
        await each.follow(HUB, f"{URL}/{number}")
    forms = [json.loads(each.body) for each in http.asked]
    assert [form["hub.topic"] for form in forms] == [f"{URL}/{number}" for number in range(3)]
    assert len({form["hub.secret"] for form in forms}) == 3
    query = {
        "word": forms[1]["hub.callback"].partition("?word=")[2],
        "hub.mode": "subscribe",
        "hub.topic": f"{URL}/1",
        "hub.challenge": "c",
    }
    knock = Knock("push-one", "GET", {}, query, b"", held.clock())
    assert [(await each.answer(knock)) for each in hubs[::2]] == [
        Answer(404, b"There is nothing at this address.")
    ] * 2
    answered = await hubs[1].answer(knock)
    assert answered is not None and answered.body == b"c"
    assert [await each.live() for each in hubs] == [False, True, False]
