"""The contract, and what is read and asked; the fixtures are of our own writing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from parvis.core.errors import Refused
from parvis.core.post import Arrival, Gone, OptedOut, Post, Raw, Unreadable
from parvis.plug.testkit import SourceContract, recorded, sound
from parvis.sources.x.asking import RULE_LETTERS, SEARCH_LETTERS, read_asking
from parvis.sources.x.read import LEFT, LINE, LOOKUP, PAGE, id_at, id_ms, ids_of, key_of, read

FIXTURES = Path(__file__).parent / "fixtures"
NOW_MS = 1_796_000_000_000
FIRST = "1994123456789012480"
SETTINGS: dict[str, Any] = {
    "server": "https://api.example",
    "tags": ["parvis"],
    "accounts": [],
    "mentions": [],
    "words": [],
    "replies": False,
    "reposts": False,
    "limit": 20,
    "ceiling": 50.0,
    "price_post": 0.005,
    "price_author": 0.01,
}


class TestContract(SourceContract):
    folder = __file__
    settings: ClassVar[dict[str, Any]] = {"tags": ["parvis"]}
    secrets: ClassVar[dict[str, str]] = {"token": "t"}


def load(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def arrivals(value: object, kind: str = LINE) -> list[Arrival]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(read(Raw(body, kind=kind, received_at_ms=NOW_MS)))


def one(value: object, kind: str = LINE) -> Post:
    (arrival,) = arrivals(value, kind)
    assert isinstance(arrival, Post), arrival
    return arrival


def test_a_line_becomes_a_post() -> None:
    post = one(load("line.post.json"))
    assert post.key == f"x:x.com:{FIRST}" and post.version == FIRST
    assert post.text == (
        "👋🏽 Thé & café au quai, merci @bo_harbour ! #VeilléesDuPort example.org/programme/20…"
    )
    assert [(each.type, each.text, each.href) for each in post.entities] == [
        ("mention", "@bo_harbour", "https://x.com/bo_harbour"),
        ("tag", "#VeilléesDuPort", "https://x.com/hashtag/VeilléesDuPort"),
        ("link", "example.org/programme/20…", "https://t.co/prog26wall"),
    ]
    assert post.author is not None
    assert (post.author.key, post.author.handle) == ("x:at:8104", "@ada_marsh")
    assert (post.author.name, post.author.followers) == ("Ada Marsh 🌿", 1204)
    assert post.author.avatar.endswith("/face_400x400.jpg")
    assert post.permalink == f"https://x.com/ada_marsh/status/{FIRST}"
    assert (post.lang, post.dir, post.kind) == ("fr", "ltr", "post")
    (picture,) = post.media
    assert (picture.type, picture.w, picture.h) == ("image", 1600, 900)
    assert picture.alt == "Le quai, vu de la grue"
    assert {each.name: each.value for each in post.metrics} == {
        "like": 30,
        "share": 2,
        "reply": 1,
        "quote": 0,
        "view": 2210,
        "bookmark": 4,
    }


def test_a_page_is_read_from_its_oldest_post_on() -> None:
    quote, reply, original = arrivals(load("page.search.json"), PAGE)
    assert isinstance(quote, Post) and isinstance(reply, Post) and isinstance(original, Post)
    assert (quote.kind, quote.quoted) == ("quote", key_of(FIRST))
    assert (reply.kind, reply.dir, reply.parent) == ("reply", "rtl", "x:x.com:1994200000000000002")
    assert reply.sensitivity.labels == ("withheld in DE",) and reply.sensitivity.flag


def test_an_edit_has_the_first_id_as_its_key_and_the_last_as_its_version() -> None:
    edited = arrivals(load("page.search.json"), PAGE)[0]
    assert isinstance(edited, Post)
    assert edited.key == "x:x.com:1994199999999999999"
    assert edited.version == "1994200000000000002"
    assert ids_of(edited) == (edited.key, edited.version)


def test_a_long_post_is_read_whole_and_its_marks_are_its_own() -> None:
    long = arrivals(load("page.search.json"), PAGE)[0]
    assert isinstance(long, Post)
    assert len(long.text) > 400 and long.text.endswith("#VeilléesDuPort")
    (tag,) = long.entities
    assert tag.start > 280 and long.text[tag.start : tag.end] == "#VeilléesDuPort"


def test_of_a_film_the_best_that_a_wall_can_bear() -> None:
    (film,) = arrivals(load("page.search.json"), PAGE)[0].media  # type: ignore[union-attr]
    assert film.url.endswith("/2176000.mp4") and film.mime == "video/mp4"
    assert (film.duration_s, film.poster[-9:], film.sensitive) == (12.5, "/film.jpg", True)


def test_a_repost_is_the_others_post_or_nothing() -> None:
    page = load("page.search.json")
    original = arrivals(page, PAGE)[2]
    assert isinstance(original, Post)
    assert original.key == key_of(FIRST) and original.kind == "post"
    assert original.author is not None and original.author.handle == "@ada_marsh"
    del page["includes"]["tweets"]
    assert len(arrivals(page, PAGE)) == 2, "the beginning of somebody's words is not shown"
    page["includes"]["tweets"] = [page["data"][0]]
    page["data"][0]["referenced_tweets"][0]["id"] = page["data"][0]["id"]
    assert len(arrivals(page, PAGE)) == 2, "a repost of itself"


def test_both_names_are_read_and_what_is_protected_or_old_is_not_shown() -> None:
    edited, closed = reversed(arrivals(load("lookup.newnames.json"), LOOKUP))
    assert isinstance(edited, Post) and edited.version == "1994200000000000002"
    assert len(edited.text) > 400 and edited.kind == "quote"
    assert [each.value for each in edited.metrics if each.name == "share"] == [5]
    assert closed == OptedOut(key_of(FIRST), "protected")


def test_what_was_left_out_is_gone_or_closed() -> None:
    assert [type(each) for each in arrivals(load("left.gone.json"), LEFT)] == [Gone, OptedOut]
    odd = [["x:x.com:1x", ""], ["y:x.com:1", ""], ["x:x.com:12"], 7, None, ["x:x.com:12", 3]]
    assert arrivals(odd, LEFT) == []


def test_offsets_count_code_points_before_signs_are_read() -> None:
    line = load("line.post.json")
    line["data"]["text"] = "a &lt;b&gt; \U0001f600 #x &amp; #y"
    line["data"]["entities"] = {
        "hashtags": [{"start": 14, "end": 16, "tag": "x"}, {"start": 23, "end": 25, "tag": "y"}]
    }
    post = one(line)
    assert post.text == "a <b> \U0001f600 #x & #y"
    assert [(each.start, each.text) for each in post.entities] == [(8, "#x"), (13, "#y")]
    assert all(each.href for each in post.entities), "as marked, not as found in the words"


def test_a_mark_in_the_wrong_place_costs_itself_alone() -> None:
    line = load("line.post.json")
    line["data"]["entities"]["hashtags"][0]["start"] += 1
    post = one(line)
    assert sound(post) and "#VeilléesDuPort" in [each.text for each in post.entities]


def test_a_bad_item_costs_itself_alone() -> None:
    found = arrivals(load("broken/page.odd.json"), PAGE)
    (post,) = [each for each in found if isinstance(each, Post)]
    assert post.text == "well <formed>" and post.created_at_ms == id_ms("1994200000000000012")
    assert sum(isinstance(each, Unreadable) for each in found) == 4
    assert isinstance(arrivals(b"{")[0], Unreadable) and arrivals({"new": "message"}) == []


def test_the_time_is_in_the_id() -> None:
    assert abs(id_ms(id_at(NOW_MS)) - NOW_MS) < 2
    assert id_ms("20") == 0 and id_ms("x") == 0


def test_rules_and_searches_say_the_same_and_none_is_too_long() -> None:
    asking = read_asking(
        {
            **SETTINGS,
            "tags": [f"tag{number:03d}" for number in range(50)],
            "accounts": [f"@account_{number:03d}" for number in range(100)],
            "mentions": ["@ada", "ada"],
            "words": ["harbour  lights"],
        }
    )
    rules, searches = asking.rules("parvis 0a1b"), asking.searches()
    assert all(len(rule) <= RULE_LETTERS for rule in rules) and len(rules) > 1
    assert all(len(search) <= SEARCH_LETTERS for search in searches) and len(searches) > len(rules)
    for term in ("#tag007", "from:account_099", "@ada", '"harbour lights"'):
        assert any(term in rule for rule in rules) and any(term in one for one in searches)
    assert all(rule.endswith('-is:nullcast -is:retweet -is:reply -"parvis 0a1b"') for rule in rules)
    more = read_asking({**SETTINGS, "replies": True, "reposts": True})
    assert more.searches() == ("(#parvis) -is:nullcast",)


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("tags", ["two words"], "tags"),
        ("tags", [], "neither tags"),
        ("accounts", ["@not a handle"], "accounts"),
        ("mentions", ["a-b"], "mentions"),
        ("words", ['say "cheese"'], "words"),
        ("words", ["(a OR b)"], "words"),
        ("words", [""], "words"),
        ("server", "https://api.x.com/2", "server"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(setting: str, value: Any, named: str) -> None:
    with pytest.raises(Refused, match=named):
        read_asking({**SETTINGS, setting: value})


@pytest.mark.parametrize(
    ("said", "author", "tags", "named", "wanted"),
    [
        ("#Parvis", "bo", ["PARVIS"], [], True),
        ("look", "Ada", [], [], True),
        ("look", "bo", [], ["Chidi"], True),
        ("such Harbour Lights", "bo", [], [], True),
        ("look", "bo", ["other"], ["bo"], False),
    ],
)
def test_what_is_meant(
    said: str, author: str, tags: list[str], named: list[str], wanted: bool
) -> None:
    more = {"accounts": ["ada"], "mentions": ["chidi"], "words": ["harbour lights"]}
    assert read_asking({**SETTINGS, **more}).wants(said, author, tags, named) is wanted


@pytest.mark.recorded
def test_everything_recorded_is_read() -> None:
    posts = 0
    for name, body in recorded("x"):
        for value in map(_with_authors, _answers(json.loads(body))):
            for arrival in arrivals(value, PAGE):
                assert sound(arrival, name)
                assert not isinstance(arrival, Unreadable), f"{name}: {arrival}"
                posts += isinstance(arrival, Post)
    assert posts >= 400


def _with_authors(answer: Any) -> Any:
    """Most were recorded without; we always ask for them."""
    data = answer["data"] if isinstance(answer["data"], list) else [answer["data"]]
    users = answer.setdefault("includes", {}).setdefault("users", [])
    known = {user["id"] for user in users}
    for row in data:
        if isinstance(row, dict) and row.setdefault("author_id", "1") not in known:
            users.append({"id": row["author_id"], "username": "somebody"})
    return answer


def _answers(value: Any) -> list[Any]:
    """Each object whose `data` are posts: exchanges and examples hold them deep inside."""
    if isinstance(value, list):
        return [found for each in value for found in _answers(each)]
    if not isinstance(value, dict):
        return []
    if "data" in value:
        data = value["data"] if isinstance(value["data"], list) else [value["data"]]
        return [value] if any(isinstance(row, dict) and "text" in row for row in data) else []
    return [found for each in value.values() for found in _answers(each)]
