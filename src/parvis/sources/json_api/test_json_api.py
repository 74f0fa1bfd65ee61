"""Any JSON: mapped, tried, watched for what leaves it."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import Gone, Post, Raw, Unreadable
from parvis.plug.testkit import DictMemory, FakeHttp, MemoryVault, SourceContract, tools
from parvis.sources import json_api
from parvis.sources.json_api import JsonApi, open_source

URL = "https://scores.example/today.json?day=2"
SCORES: dict[str, Any] = {
    "games": [
        {"n": 1, "home": "Rennes", "away": "Brest", "score": [2, 1], "at": 1_793_646_000},
        {"n": 2, "home": "Lorient", "away": "Vannes", "score": [0, 0], "at": 1_793_646_060_000},
    ]
}
MAPPING = {
    "items": "games",
    "id": "n",
    "text": "join(' ', [home, to_string(score[0]), to_string(score[1]), away])",
    "time": "at",
    "name": "'League'",
}


class TestContract(SourceContract):
    folder = __file__
    settings: ClassVar[dict[str, Any]] = {
        "url": URL,
        "name": "name",
        "handle": "handle",
        "avatar": "avatar",
        "picture": "picture",
        "alt": "alt",
        "link": "link",
        "time": "time",
        "lang": "lang",
    }


def source(http: FakeHttp | None = None, memory: DictMemory | None = None, **more: Any) -> JsonApi:
    token = more.pop("token", "")
    return open_source(
        tools(
            {"url": URL} | MAPPING | more,
            folder=json_api.__file__,
            http=http or FakeHttp(),
            memory=memory or DictMemory(),
            vault=MemoryVault({"token": token} if token else {}),
        )
    )


def answering(*answers: object) -> FakeHttp:
    http = FakeHttp()
    for each in answers:
        http.answers(URL, json.dumps(each), headers={"content-type": "application/json"})
    return http


def read(value: object, **more: Any) -> list[Any]:
    return list(source(**more).read(Raw(json.dumps(value).encode(), received_at_ms=1)))


def test_expressions_say_which_value_is_what() -> None:
    first, second = read(SCORES)
    assert (first.text, second.text) == ("Rennes 2 1 Brest", "Lorient 0 0 Vannes")
    assert first.author is not None and first.author.name == "League"
    assert first.created_at_ms == 1_793_646_000_000, "seconds"
    assert second.created_at_ms == 1_793_646_060_000, "milliseconds"
    assert first.key.startswith("json_api:scores.example/") and first.key.endswith(":1")


def test_another_score_is_another_version_of_the_same_post() -> None:
    before = read(SCORES)[0]
    after = read({"games": [{**SCORES["games"][0], "score": [3, 1]}]})[0]
    assert after.key == before.key and after.version != before.version


def test_two_lists_of_one_host_do_not_share_keys() -> None:
    other = read(SCORES, url="https://scores.example/yesterday.json")[0]
    assert other.key != read(SCORES)[0].key
    assert read(SCORES, url="https://scores.example/today.json?day=3")[0].key == (
        read(SCORES)[0].key
    )


def test_a_row_that_does_not_fit_costs_itself_alone() -> None:
    rows = [{"n": 1, "home": 7, "away": None, "score": "x"}, *SCORES["games"], None, "x", 4]
    arrivals = read({"games": rows})
    assert sum(isinstance(each, Post) for each in arrivals) == 2
    assert sum(isinstance(each, Unreadable) for each in arrivals) == 4


def test_markup_stays_words() -> None:
    (post,) = read(
        [{"id": 1, "text": "<b onclick=x>Hi</b>\u202e"}], items="@", id="id", text="text"
    )
    assert post.text == "<b onclick=x>Hi</b>"


@pytest.mark.parametrize("name", ["items", "text", "picture"])
def test_an_expression_that_is_none_is_refused_by_name(name: str) -> None:
    with pytest.raises(Refused, match=f"setting {name} .*no JMESPath"):
        source(None, None, **{name: "a.[b"})


async def test_the_first_look_and_what_changed_since() -> None:
    http = FakeHttp()
    for _ in range(2):
        http.answers(URL, SCORES, headers={"etag": '"7"'})
    first = await source(http).poll("")
    assert len(first.raws) == 1 and first.again_in_s == 60
    quiet = await source(http).poll(first.cursor)
    assert not quiet.raws and quiet.again_in_s == 90


async def test_what_leaves_the_list_leaves_the_wall_where_that_was_asked() -> None:
    less = {"games": SCORES["games"][1:]}
    memory = DictMemory()
    opened = source(answering(SCORES, less, less, less), memory, vanish=True)
    keys = [
        post.key for post in opened.read((await opened.poll("")).raws[0]) if isinstance(post, Post)
    ]
    told = [
        [each for raw in (await opened.poll("")).raws for each in opened.read(raw)]
        for _ in range(3)
    ]
    gone = [[each.key for each in look if isinstance(each, Gone)] for look in told]
    assert gone == [[keys[0]], [keys[0]], []], "told twice: the first may not have been kept"
    stays = source(answering(SCORES, less), DictMemory())
    await stays.poll("")
    assert len((await stays.poll("")).raws) == 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("<!doctype html>", "no JSON"),
        ('{"matches": [], "day": 1}', "items finds no list.*matches, day"),
        ("7", "items finds no list.*none"),
    ],
)
async def test_trouble_is_said_and_takes_nothing_off(answer: str, says: str) -> None:
    http = FakeHttp().answers(URL, answer).answers(URL, answer)
    memory = DictMemory({"kept": '{"keys": ["json_api:x:1"]}'})
    opened = source(http, memory, vanish=True)
    with pytest.raises(Refused, match=says):
        await opened.poll("")
    assert not (await opened.probe()).ok


async def test_a_mapping_is_tried() -> None:
    probe = await source(answering(SCORES)).probe()
    assert probe.ok and probe.found == 2
    assert "2 posts; the latest reads “Lorient 0 0 Vannes” by League" in probe.says
    wrong = await source(answering(SCORES), text="headline").probe()
    assert not wrong.ok and "correct what text is" in wrong.says
    assert (await source(answering({"games": []})).probe()).says.endswith("empty list so far.")
    away = FakeHttp().answers(URL, "", error=Later("It cannot be reached."))
    assert (await source(away).probe()).says == "It cannot be reached."


@pytest.mark.parametrize(
    ("token", "header", "sent"),
    [
        ("abc", "Authorization", "Bearer abc"),
        ("Basic abc", "Authorization", "Basic abc"),
        ("abc", "X-Api-Key", "abc"),
    ],
)
async def test_the_key_stands_where_the_service_wants_it(
    token: str, header: str, sent: str
) -> None:
    http = answering(SCORES)
    await source(http, header=header, token=token).poll("")
    assert http.asked[0].headers[header] == sent


def test_only_the_first_rows_count() -> None:
    assert len(read(SCORES, limit=1)) == 1
