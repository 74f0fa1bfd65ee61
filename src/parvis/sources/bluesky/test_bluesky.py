"""The contract, and what frames and views are read into; the fixtures are of our own writing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from parvis.core.errors import Refused
from parvis.core.post import Arrival, Gone, OptedOut, Post, Raw, Unreadable
from parvis.plug.testkit import SourceContract, recorded, sound
from parvis.sources.bluesky.asking import read_asking
from parvis.sources.bluesky.place import BACK_US, Place
from parvis.sources.bluesky.read import GONE, PLACE, POSTS, SEEN, key_of, place_in, read, uri_of
from parvis.sources.bluesky.sieve import Sieve

FIXTURES = Path(__file__).parent / "fixtures"
NOW_MS = 1_793_700_000_000
ADA, BO = "did:plc:square2square2square2aa", "did:plc:harbour2harbour2harb22"
SETTINGS: dict[str, Any] = {
    "jetstream": "stream.example",
    "appview": "https://view.example/",
    "tags": ["parvis"],
    "accounts": [],
    "mentions": [],
    "replies": True,
    "lookback_minutes": 60,
}


class TestContract(SourceContract):
    folder = __file__
    settings: ClassVar[dict[str, Any]] = {"tags": ["parvis"]}


def load(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def arrivals(value: object, kind: str = SEEN) -> list[Arrival]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(read(Raw(body, kind=kind, received_at_ms=NOW_MS)))


def one(value: object, kind: str = SEEN) -> Post:
    (arrival,) = arrivals(value, kind)
    assert isinstance(arrival, Post), arrival
    return arrival


def test_a_frame_and_a_profile_become_a_post() -> None:
    post = one(load("seen.create.json"))
    assert post.key == f"bluesky:{ADA}:3mptexample2b"
    assert [(each.type, each.text) for each in post.entities] == [
        ("tag", "#VeilléesDuPort"),
        ("mention", "@bo.harbour.example"),
        ("link", "https://example.org/programme"),
    ]
    assert post.entities[2].href == "https://example.org/programme?from=wall"
    assert post.entities[1].href == f"https://bsky.app/profile/{BO}"
    assert post.author is not None
    assert (post.author.handle, post.author.name, post.author.followers) == (
        "@ada.square.example",
        "Ada Marsh",
        1204,
    )
    assert (post.lang, post.dir, post.kind) == ("fr", "ltr", "post")
    assert post.created_at_ms == 1_793_646_245_678
    (picture,) = post.media
    assert picture.url.endswith(f"/{ADA}/bafkrei{'example' * 7}2@jpeg")
    assert (picture.w, picture.h, picture.alt) == (1600, 900, "Le quai, vu de la grue")
    assert post.permalink == f"https://bsky.app/profile/{ADA}/post/3mptexample2b"


def test_version_2_says_the_same_and_a_film_lies_beside_a_quote() -> None:
    post = one(load("seen.version2.json"))
    assert (post.kind, post.dir, post.lang) == ("quote", "rtl", "ar")
    assert post.quoted == f"bluesky:{BO}:3mptquoted22a"
    assert [(each.type, each.text) for each in post.entities] == [("tag", "#VeilléesDuPort")]
    (film,) = post.media
    assert (film.type, film.mime) == ("video", "application/vnd.apple.mpegurl")
    assert film.poster.endswith("/bafkreifilm/thumbnail.jpg")


def test_the_time_is_never_later_than_when_it_was_seen() -> None:
    seen = load("seen.create.json")
    seen["frame"]["commit"]["record"]["createdAt"] = "2031-01-01T00:00:00Z"
    assert one(seen).created_at_ms == 1_793_646_246_000
    seen["frame"]["commit"]["record"]["createdAt"] = "soon"
    assert one(seen).created_at_ms == 1_793_646_246_000


def test_deletions_departures_and_what_is_left_out() -> None:
    assert arrivals(load("frame.delete.json"), "") == [Gone(f"bluesky:{ADA}:3mptexample2b")]
    (gone,) = arrivals(load("frame.account.json"), "")
    assert isinstance(gone, Gone) and gone.author and gone.key == f"bluesky:at:{BO}"
    assert "deactivated" in gone.because
    (missing,) = arrivals(load("gone.missing.json"), GONE)
    assert isinstance(missing, Gone) and missing.key == f"bluesky:{ADA}:3mptexample2b"
    assert arrivals(b"", PLACE) == []


def test_views_have_figures_labels_and_authors_who_stay_inside() -> None:
    first, closed, reply = arrivals(load("posts.page.json"), POSTS)
    assert isinstance(first, Post) and isinstance(reply, Post)
    assert {each.name: each.value for each in first.metrics} == {
        "like": 30,
        "share": 2,
        "reply": 1,
        "quote": 0,
    }
    assert closed == OptedOut(f"bluesky:{BO}:3mptexample2e", "!no-unauthenticated")
    assert reply.kind == "reply" and reply.parent == f"bluesky:{BO}:3mptquoted22a"
    assert reply.sensitivity.flag and reply.sensitivity.labels == ("sexual",)


def test_an_author_whose_profile_is_closed_is_not_shown_though_the_post_is_open() -> None:
    seen = load("seen.create.json")
    seen["profile"]["labels"] = [{"src": ADA, "val": "!no-unauthenticated"}]
    assert arrivals(seen) == [OptedOut(f"bluesky:{ADA}:3mptexample2b", "!no-unauthenticated")]
    seen["profile"]["labels"][0]["neg"] = True
    assert isinstance(one(seen), Post)


def test_a_profile_of_somebody_else_is_not_believed() -> None:
    seen = load("seen.create.json")
    seen["profile"]["did"] = BO
    assert one(seen).author is None


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [(14, 30, True), (13, 30, False), (14, 19, False), (-4, 30, False), (14, 4000, False)],
    ids=["right", "one off", "in a letter", "negative", "beyond"],
)
def test_a_facet_in_the_wrong_place_costs_itself_alone(start: int, end: int, kept: bool) -> None:
    seen = load("seen.create.json")
    seen["frame"]["commit"]["record"]["facets"][0]["index"] = {"byteStart": start, "byteEnd": end}
    post = one(seen)
    # found in the words themselves, when the author's software was wrong
    assert "#VeilléesDuPort" in [each.text for each in post.entities]
    assert [each.type for each in post.entities] == ["tag", "mention", "link"]
    assert sound(post) and (kept or len(post.entities) == 3)


def test_what_is_no_post_yields_nothing_and_what_is_broken_says_so() -> None:
    like = load("seen.create.json")["frame"]
    like["commit"]["collection"] = "app.bsky.feed.like"
    assert arrivals(like, "") == []
    assert arrivals({"kind": "identity", "did": ADA}, "") == []
    assert all(isinstance(each, Unreadable) for each in arrivals(b"{", ""))
    (broken,) = arrivals(load("broken/frame.empty.json"), "")
    assert isinstance(broken, Unreadable)


@pytest.mark.parametrize("uri", ["", "at://x", f"at://{ADA}/app.bsky.feed.like/3", None, 7])
def test_other_addresses_are_no_keys(uri: object) -> None:
    assert key_of(uri) == ""


def test_keys_and_addresses_go_both_ways() -> None:
    uri = f"at://{ADA}/app.bsky.feed.post/3mptexample2b"
    assert uri_of(key_of(uri)) == uri
    assert uri_of("mastodon:square.example:1") == ""


def test_the_place_in_the_stream_is_read_without_the_rest() -> None:
    frame = json.dumps(load("seen.create.json")["frame"]).encode()
    assert place_in(frame) == (0, 1_793_646_246_000_000)
    seq, at_us = place_in(json.dumps(load("seen.version2.json")["frame"]).encode())
    assert seq == 8123 and at_us // 1_000_000 == 1_793_646_246
    assert place_in(b'{"time_us":-1,"seq":"x"}') == (0, 0)


def test_another_host_and_the_old_version_are_asked_for_a_time() -> None:
    place = Place().moved("one.example", 8123, 1_793_646_246_000_000)
    assert Place.read(place.write()) == place
    assert place.cursor_for("one.example", 2) == 8123
    earlier = 1_793_646_246_000_000 - BACK_US
    assert place.cursor_for("two.example", 2) == place.cursor_for("one.example", 1) == earlier
    assert place.moved("two.example", 0, 0).seq == 0
    assert Place.read("nonsense") == Place() and Place().write() == ""


POST = b'{"did":"did:plc:x","commit":{"collection":"app.bsky.feed.post","record":{"text":"%s"}}}'


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("parvis", "Hello #Parvis"),
        ("parvis", "Hello #PARVIS!"),
        ("parvis", "#\uff50\uff41\uff52\uff56\uff49\uff53"),
        ("Fête", "#fête"),
        ("Fête", "#FE\u0302TE"),
        ("Straße", "#STRASSE"),
        ("веселье", "#Веселье"),
        ("春祭り", "今日は #春祭り"),
    ],
)
def test_the_sieve_lets_every_spelling_through(tag: str, words: str) -> None:
    sieve = Sieve([tag], [])
    assert sieve.lets(POST % words.encode())
    assert not sieve.lets(POST % b"Nothing of that")
    if not tag.isascii():
        assert sieve.lets(POST % json.dumps(words)[1:-1].encode()), "letters may be escaped"


def test_the_sieve_knows_whose_deletions_concern_us() -> None:
    sieve = Sieve(["parvis"], [])
    deletion = json.dumps(load("frame.delete.json")).encode()
    departure = json.dumps(load("frame.account.json")).encode()
    assert not sieve.lets(deletion) and not sieve.lets(departure)
    sieve.note(ADA)
    assert sieve.lets(deletion) and not sieve.lets(departure)


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("tags", ["two words"], "tags"),
        ("tags", [], "neither tags"),
        ("accounts", ["@not a handle"], "accounts"),
        ("mentions", ["a..b"], "mentions"),
        ("jetstream", "ftp://stream.example", "jetstream"),
        ("appview", "view.example/path", "appview"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(setting: str, value: Any, named: str) -> None:
    with pytest.raises(Refused, match=named):
        read_asking({**SETTINGS, setting: value})


def test_handles_are_taken_as_people_write_them() -> None:
    asking = read_asking({**SETTINGS, "accounts": ["@Ada.Example", "bo", ADA, "ada.example"]})
    assert asking.accounts == ("ada.example", "bo.bsky.social", ADA)
    assert asking.jetstream == "https://stream.example"
    assert asking.appview == "https://view.example"


@pytest.mark.recorded
def test_everything_recorded_is_read() -> None:
    posts = 0
    for name, body in recorded("bluesky"):
        lines = body.splitlines() if name.endswith(".jsonl") else [body]
        if "lexicon" in name or "like" in name or "profiles" in name:
            continue
        for line in lines:
            for arrival in read(Raw(line, received_at_ms=NOW_MS)):
                assert sound(arrival, name)
                assert not isinstance(arrival, Unreadable), f"{name}: {arrival}"
                posts += isinstance(arrival, Post | OptedOut)
    assert posts >= 70
