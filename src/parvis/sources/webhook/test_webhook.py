from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from parvis.core.errors import Refused
from parvis.core.post import Arrival, Gone, Post, Raw, Unreadable
from parvis.plug.door import Answer, Knock
from parvis.plug.item import schema
from parvis.plug.source import Source
from parvis.plug.standard_webhooks import read_keys, sign
from parvis.plug.testkit import MemoryVault, SourceContract, tools
from parvis.plug.vault import EnvVault
from parvis.sources.webhook import MAX_BYTES, open_source

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOW_MS = 1_790_000_000_000
ONE = {"id": "42", "text": "Hello #square", "author": {"name": "Ada", "handle": "@ada"}}


class TestContract(SourceContract):
    folder = __file__


def source(secrets: dict[str, str] | None = None, **settings: Any) -> Source:
    vault = MemoryVault({"secret": SECRET} if secrets is None else secrets)
    return open_source(tools(settings, folder=__file__, vault=vault))


def knock(body: object, headers: dict[str, str] | None = None, **more: Any) -> Knock:
    packed = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = signed(packed) if headers is None else headers
    return Knock("post", "POST", given, {}, packed, NOW_MS, **more)


def signed(
    body: bytes, id_: str = "msg_1", at_s: int = NOW_MS // 1000, secret: str = SECRET
) -> dict[str, str]:
    (key,) = read_keys(secret)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(at_s),
        "webhook-signature": sign(key, id_, at_s, body),
    }


def test_an_empty_variable_opens_no_door() -> None:
    """Whoever names a secret wants a locked door, also when the variable was forgotten."""
    vault = EnvVault({"secret": "STAGE_SECRET"}, environ={})
    with pytest.raises(Refused, match="environment variable STAGE_SECRET"):
        open_source(tools({"open": True}, folder=__file__, vault=vault))


def arrivals(opened: Source, answer: Answer) -> list[Arrival]:
    return [arrival for raw in answer.raws for arrival in opened.read(raw)]


def detail(answer: Answer) -> str:
    assert answer.content_type == "application/problem+json" and not answer.raws
    told = json.loads(answer.body)
    assert told["status"] == answer.status
    return str(told["detail"])


async def test_a_signed_item_becomes_a_post() -> None:
    opened = source()
    answer = await opened.answer(knock(ONE))
    assert answer.status == 200
    assert json.loads(answer.body) == {
        "accepted": [{"item": 0, "id": "42", "key": "webhook:main:42"}],
        "refused": [],
    }
    (post,) = arrivals(opened, answer)
    assert isinstance(post, Post)
    assert (post.key, post.text, post.created_at_ms) == ("webhook:main:42", "Hello #square", NOW_MS)
    assert [each.text for each in post.entities] == ["#square"]
    assert post.author is not None and post.author.handle == "@ada"


async def test_a_whole_item_is_kept_whole() -> None:
    opened = source()
    body = (Path(__file__).parent / "fixtures" / "one.json").read_bytes()
    (post,) = arrivals(opened, await opened.answer(knock(body)))
    assert isinstance(post, Post)
    assert post.created_at_ms == 1_777_881_600_000
    assert (post.lang, post.permalink) == ("fr", "https://example.org/42")
    assert post.extra == {"seat": "B12"}
    assert post.media[0].alt == "La place" and post.media[0].w == 800
    assert [each.text for each in post.entities] == [
        "@ada_l",
        "#FêteDuParvis",
        "https://example.org/fête?a=1",
    ]


async def test_the_name_of_the_setting_stands_in_the_key() -> None:
    opened = source(name="desk")
    (post,) = arrivals(opened, await opened.answer(knock(ONE)))
    assert isinstance(post, Post) and post.key == "webhook:desk:42"
    with pytest.raises(Refused, match="setting name"):
        source(name="two words")


async def test_a_list_goes_through_in_order_and_delete_is_told() -> None:
    opened = source()
    items = [ONE, {"id": "43", "delete": True}]
    told = arrivals(opened, await opened.answer(knock(items)))
    assert [type(each) for each in told] == [Post, Gone]
    assert isinstance(told[1], Gone) and told[1].key == "webhook:main:43"


async def test_a_bad_item_costs_itself_alone() -> None:
    opened = source()
    answer = await opened.answer(knock([ONE, {"id": "43", "author": {"name": 5}}, {"id": "44"}]))
    assert answer.status == 207
    told = json.loads(answer.body)
    assert told["accepted"] == [{"item": 0, "id": "42", "key": "webhook:main:42"}]
    assert [each["item"] for each in told["refused"]] == [1, 2]
    assert told["refused"][0]["because"] == "author.name: expected str, got int; correct it."
    assert "text is missing" in told["refused"][1]["because"]
    assert [type(each) for each in arrivals(opened, answer)] == [Post]


async def test_a_list_without_a_good_item_is_refused_whole() -> None:
    answer = await source().answer(knock([{"id": ""}, 7]))
    assert answer.status == 422 and not answer.raws


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "not valid JSON"),
        (b'{"id": "1", "text": "cut', 400, "not valid JSON"),
        (b'[{"id": "1"', 400, "not valid JSON"),
        (b"[" * 5000, 400, "not valid JSON"),
        (b'{"id": "1", "text": "\xff\xfe"}', 400, "not valid JSON"),
        (b"null", 422, "expected object"),
        ([], 422, "The list is empty"),
        ({"text": "x"}, 422, "id is missing; add it."),
        ({"id": "1", "text": "x", "colour": 1}, 422, "colour is unknown; remove it."),
        ({"id": "1", "text": 5}, 422, "text: expected str, got int"),
        ({"id": "1 2", "text": "x"}, 422, "id: must have no blanks in it; correct it."),
        ({"id": "1\n", "text": "x"}, 422, "id ends in a line break"),
        ({"id": "1", "text": "x" * 20_001}, 422, "text: expected str of length <= 20000"),
        ({"id": "1", "text": "x", "created_at": "2026-01-01"}, 422, "created_at: "),
        ({"id": "1", "text": "x", "created_at": "2026-01-01T00:00:00"}, 422, "created_at: "),
        (
            {"id": "1", "text": "x", "media": [{"url": "javascript:a"}]},
            422,
            "media[0].url: must be a web address",
        ),
        ({"id": "1", "text": "x", "lang": "no lang"}, 422, "lang: must be a language tag"),
        ({"id": "1", "text": "x", "kind": "shout"}, 422, "kind: invalid enum value"),
        ({"id": "1", "text": "x", "extra": {"alias": "y"}}, 422, "extra may not hold"),
        ({"id": "1", "text": "x", "extra": {"a": 1}}, 422, "extra"),
        ({"id": "1", "text": "x", "extra": dict.fromkeys("abcdefghijk", "")}, 422, "extra: "),
        ([ONE] * 101, 413, "The list has 101 items; send at most 100."),
    ],
)
async def test_bad_bodies_get_a_sentence(body: object, status: int, said: str) -> None:
    answer = await source().answer(knock(body))
    assert answer.status == status
    assert said in detail(answer)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"webhook-id": ""}, "The header webhook-id is missing"),
        ({"webhook-timestamp": ""}, "The header webhook-timestamp is missing"),
        ({"webhook-signature": ""}, "The header webhook-signature is missing"),
        ({"webhook-timestamp": "soon"}, "must be whole seconds"),
        ({"webhook-timestamp": "²"}, "must be whole seconds"),
        ({"webhook-timestamp": str(NOW_MS // 1000 - 301)}, "more than 5 minutes off"),
        ({"webhook-timestamp": str(NOW_MS // 1000 + 301)}, "more than 5 minutes off"),
        ({"webhook-timestamp": str(NOW_MS // 1000 - 1)}, "No signature fits"),
        ({"webhook-id": "msg_2"}, "No signature fits"),
        ({"webhook-id": "\udcff"}, "No signature fits"),
        ({"webhook-id": "x" * 201}, "more than 200"),
        ({"webhook-signature": "v1,AAAA"}, "No signature fits"),
        ({"webhook-signature": "v1,é\udcff"}, "No signature fits"),
        ({"webhook-signature": "v1a," + "A" * 44}, "No signature fits"),
    ],
)
async def test_what_is_not_signed_is_refused(change: dict[str, str], said: str) -> None:
    body = json.dumps(ONE).encode()
    answer = await source().answer(knock(body, {**signed(body), **change}))
    assert answer.status == 401
    assert said in detail(answer)


async def test_the_bytes_are_signed_not_their_meaning() -> None:
    headers = signed(json.dumps(ONE).encode())
    reordered = json.dumps(dict(reversed(ONE.items()))).encode()
    assert (await source().answer(knock(reordered, headers))).status == 401


async def test_one_of_several_signatures_and_secrets_is_enough() -> None:
    body = json.dumps(ONE).encode()
    old, new = signed(body, secret=OTHER), signed(body)
    both = {
        **new,
        "webhook-signature": f"v1a,x {old['webhook-signature']} {new['webhook-signature']}",
    }
    assert (await source().answer(knock(body, both))).status == 200
    changing = source({"secret": f"{OTHER} {SECRET}"})
    assert (await changing.answer(knock(body, old))).status == 200
    assert (await changing.answer(knock(body, new))).status == 200


async def test_standard_webhooks_published_example() -> None:
    """The example of the specification, signed there with the same secret."""
    key = read_keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")[0]
    body = b'{"test": 2432232314}'
    told = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["", "abc", "whsec_", "whsec_###", "whsec_c2hvcnQ="])
def test_a_bad_secret_is_refused_when_opened(secret: str) -> None:
    with pytest.raises(Refused, match="credential secret"):
        source({"secret": secret})


async def test_a_token_counts_only_without_a_secret() -> None:
    bearer = {"authorization": "Bearer s3cret"}
    assert (await source({"token": "s3cret"}).answer(knock(ONE, bearer))).status == 200
    for wrong in ({}, {"authorization": "Bearer no"}, {"authorization": "Basic s3cret"}):
        answer = await source({"token": "s3cret"}).answer(knock(ONE, wrong))
        assert answer.status == 401 and "Bearer" in detail(answer)
    both = source({"token": "s3cret", "secret": SECRET})
    assert (await both.answer(knock(ONE, bearer))).status == 401


async def test_never_open_by_default() -> None:
    closed = source({})
    answer = await closed.answer(knock(ONE, {}))
    assert answer.status == 403 and "closed" in detail(answer)
    assert not (await closed.probe()).ok
    opened = source({}, open=True)
    assert (await opened.answer(knock(ONE, {}))).status == 200
    assert (await opened.probe()).ok


async def test_the_same_message_again_reads_the_same() -> None:
    opened = source()
    first = arrivals(opened, await opened.answer(knock(ONE)))
    again = await opened.answer(knock(ONE))
    assert again.status == 200
    assert arrivals(opened, again) == first


async def test_a_message_sent_again_does_not_undo_a_later_one() -> None:
    opened = source()
    late = json.dumps([ONE, {"id": "9", "text": "kept"}]).encode()
    await opened.answer(knock(late, signed(late, "msg_1")))
    edit = json.dumps({**ONE, "text": "edited"}).encode()
    (edited,) = arrivals(opened, await opened.answer(knock(edit, signed(edit, "msg_2"))))
    assert isinstance(edited, Post) and edited.text == "edited"
    again = await opened.answer(knock(late, signed(late, "msg_1")))
    assert again.status == 200
    assert [each["id"] for each in json.loads(again.body)["accepted"]] == ["42", "9"]
    texts = [each.text for each in arrivals(opened, again) if isinstance(each, Post)]
    assert texts == ["kept"]


async def test_an_edit_is_another_version_of_the_same_key() -> None:
    opened = source({}, open=True)
    (first,) = arrivals(opened, await opened.answer(knock(ONE, {})))
    (second,) = arrivals(opened, await opened.answer(knock({**ONE, "text": "new"}, {})))
    assert isinstance(first, Post) and isinstance(second, Post)
    assert first.key == second.key and first.version != second.version


async def test_what_cannot_be_seen_is_taken_out() -> None:
    opened = source({}, open=True)
    odd = {"id": "1", "text": "a\u202eb\u0000c", "extra": {"k": "\u0000v"}}
    (post,) = arrivals(opened, await opened.answer(knock(odd, {})))
    assert isinstance(post, Post)
    assert post.text == "abc" and post.extra == {"k": "v"}


def test_a_body_cut_on_its_way_is_unreadable() -> None:
    opened = source({}, open=True)
    told = list(opened.read(Raw(body=b'[{"id"')))
    assert [type(each) for each in told] == [Unreadable]


async def test_the_schema_is_served_and_committed_as_it_is() -> None:
    committed = json.loads((Path(__file__).parent / "schema.json").read_bytes())
    assert committed == json.loads(msgspec.json.encode(schema())), (
        "write schema.json again from plug.item.schema()"
    )
    answer = await source().answer(Knock("schema.json", "GET", {}, {}, b"", NOW_MS))
    assert answer.status == 200 and json.loads(answer.body) == committed


async def test_doors_are_bounded_and_others_are_not_there() -> None:
    opened = source()
    assert {door.name: door.max_bytes for door in opened.doors()} == {
        "post": MAX_BYTES,
        "schema.json": 1024,
    }
    assert (await opened.answer(Knock("other", "POST", {}, {}, b"", NOW_MS))).status == 404
    assert (await opened.answer(Knock("post", "GET", {}, {}, b"", NOW_MS))).status == 404
