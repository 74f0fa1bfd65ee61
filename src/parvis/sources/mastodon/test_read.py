"""What statuses and events are read into; the fixtures are of our own writing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from parvis.core.post import Arrival, Gone, OptedOut, Post, Raw, Unreadable
from parvis.plug.testkit import sound
from parvis.sources.mastodon.events import Event, Events
from parvis.sources.mastodon.read import GONE, NOT_SHOWN, NOTIFICATION, NOTIFICATIONS, Reader

FIXTURES = Path(__file__).parent / "fixtures"
NOW_MS = 1_790_000_000_000


def load(name: str = "status.json") -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def read(
    value: object, kind: str = "", server: str = "square.example", **more: Any
) -> list[Arrival]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(Reader(server, **more).read(Raw(body=body, kind=kind, received_at_ms=NOW_MS)))


def one(value: object, kind: str = "", server: str = "square.example", **more: Any) -> Post:
    (arrival,) = read(value, kind, server, **more)
    assert isinstance(arrival, Post), arrival
    return arrival


def test_a_status_becomes_a_post() -> None:
    post = one(load())
    assert post.key == f"mastodon:square.example:{load()['id']}"
    assert post.text == (
        "The doors of #Parvis are open :wave:\n\nSlides: example.org/talks/2026/on-squa… by @bo"
    )
    assert [(entity.type, entity.text) for entity in post.entities] == [
        ("tag", "#Parvis"),
        ("emoji", ":wave:"),
        ("link", "example.org/talks/2026/on-squa…"),
        ("mention", "@bo"),
    ]
    assert post.author is not None
    assert (post.author.handle, post.author.name) == ("@ada@square.example", "Ada Marsh")
    assert post.author.avatar == ""
    assert post.kind == "post" and post.version == "" and "alias" not in post.extra
    assert {metric.exactness for metric in post.metrics} == {"exact"}


def test_a_page_is_read_oldest_first_and_says_why_it_leaves_out() -> None:
    arrivals = read(load("page.json"))
    kinds = [type(arrival).__name__ for arrival in arrivals]
    assert kinds == ["Post", "Post", "Post", "Post", "OptedOut", "OptedOut", "Post"]
    assert [arrival.flag for arrival in arrivals if isinstance(arrival, OptedOut)] == [
        "#nobot",
        "visibility: unlisted",
    ]
    hebrew, poll, picture = arrivals[1], arrivals[2], arrivals[3]
    assert isinstance(hebrew, Post) and hebrew.dir == "rtl" and hebrew.lang == "he"
    assert isinstance(poll, Post) and poll.extra["poll"] == "The mayor\nThe architect"
    assert poll.sensitivity.flag and poll.sensitivity.spoiler == "Spoiler for the evening"
    assert isinstance(picture, Post)
    image, film = picture.media
    assert (image.alt, image.w, image.h) == ("The hall, seen from the door", 1600, 900)
    assert image.focus == (0.3, -0.2) and image.sensitive and image.blurhash
    assert (film.type, film.mime, film.poster) == (
        "gif",
        "video/mp4",
        "https://square.example/media/wave.png",
    )
    reply = arrivals[-1]
    assert isinstance(reply, Post)
    assert reply.kind == "reply" and reply.parent == one(load()).key


def test_the_same_status_through_another_server_has_the_same_key_and_an_alias() -> None:
    elsewhere = {**load(), "id": "999", "in_reply_to_id": None}
    post = one(elsewhere, server="other.example")
    assert post.key == one(load()).key
    assert post.extra["alias"] == "mastodon:other.example:999"
    assert {metric.exactness for metric in post.metrics} == {"stale"}
    assert read(b"999", "delete", "other.example") == [Gone("mastodon:other.example:999")]


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        ("https://a.example/ap/users/5/statuses/77", "mastodon:a.example:77"),
        ("https://A.example/users/x/statuses/01HZX", "mastodon:a.example:01HZX"),
        ("https://a.example:3000/objects/u-u", "mastodon:a.example:3000:objects/u-u"),
        ("https://a.example/?p=12", "mastodon:a.example:?p=12"),
        ("https://a.example/comment/5", "mastodon:a.example:comment/5"),
        ("tag:a.example,2017:objectId=1", "mastodon:square.example:42"),
        ("https://a.example/a b", "mastodon:square.example:42"),
        ("", "mastodon:square.example:42"),
        (None, "mastodon:square.example:42"),
    ],
)
def test_identity_is_the_uri_else_server_and_id(uri: str | None, key: str) -> None:
    assert one({**load(), "id": "42", "uri": uri}).key == key


def test_an_edit_is_another_version_of_the_same_key() -> None:
    edited = one(load("frame.json"))
    assert edited.key == one(load()).key
    assert edited.version and edited.text.endswith("the coffee is hot")


def test_quotes_and_boosts_point_at_the_original() -> None:
    quote = one(load("update.quote.json"), "update")
    assert (quote.kind, quote.text) == ("quote", "worth reading #parvis")
    assert quote.quoted == one(load()).key
    withdrawn = load("update.quote.json")
    withdrawn["quote"]["state"] = "revoked"
    assert one(withdrawn, "update").quoted == ""
    boost = one(load("update.boost.json"), "update")
    assert (boost.kind, boost.text, boost.media) == ("repost", "", ())
    original = load("update.boost.json")["reblog"]
    assert boost.quoted == one(original).key and "oasis.example" in boost.quoted


@pytest.mark.parametrize(
    ("account", "flag"),
    [
        ({"noindex": True}, "noindex: true"),
        (
            {"note": '<p>Hi <a href="x" class="mention hashtag">#<span>NoBot</span></a></p>'},
            "#nobot",
        ),
        ({"note": "art #nobots please"}, "#nobots"),
        ({"note": "#nosearch"}, "#nosearch"),
    ],
)
def test_opt_outs_keep_a_post_away(account: dict[str, object], flag: str) -> None:
    status = {**load(), "account": {**load()["account"], **account}}
    assert read(status) == [OptedOut(one(load()).key, flag)]
    kept = one(status, honour=())
    assert kept.author is not None and len(kept.author.opt_outs) == 1


def test_off_by_default_flags_are_recorded_and_honoured_only_where_asked() -> None:
    account = {**load()["account"], "indexable": False, "discoverable": False}
    status = {**load(), "account": account}
    post = one(status)
    assert post.author is not None and post.author.opt_outs == ("indexable", "discoverable")
    assert read(status, honour=("indexable",)) == [OptedOut(post.key, "indexable: false")]
    assert one({**status, "account": {**account, "discoverable": None}}, honour=("discoverable",))


@pytest.mark.parametrize("kind", ["filters_changed", "conversation", "announcement", "novelty"])
def test_events_of_no_status_say_nothing(kind: str) -> None:
    assert read(b"undefined", kind) == []


@pytest.mark.parametrize(
    "value",
    [b"", b"{", b"<!doctype html>", b"[" * 20_000, b"\xff\xfe", None, 3, "x", {}, [None, 3, {}]],
)
def test_what_is_no_status_costs_itself_alone(value: object) -> None:
    arrivals = read(value, "update")
    assert arrivals and all(isinstance(arrival, Unreadable) for arrival in arrivals)


def test_one_bad_item_of_a_page_costs_one_item() -> None:
    page = load("page.json")
    page.insert(2, {"id": "5", "content": "x"})
    arrivals = read(page)
    assert len(arrivals) == len(page)
    assert [a.where for a in arrivals if isinstance(a, Unreadable)] == ["[2]"]


def test_mentions_are_read_and_what_was_said_in_private_is_not_even_counted() -> None:
    optout, mention = read(load("notifications.page.json"), NOTIFICATIONS)[::-1]
    assert isinstance(mention, Post) and isinstance(optout, OptedOut)
    assert mention.text == "@parvis see you on the square 👋"
    assert mention.key == "mastodon:harbour.example:117000000000000094"
    assert [entity.type for entity in mention.entities] == ["mention"]
    assert optout.flag == "#nobot"
    alone = one(load("notification.mention.json"), NOTIFICATION)
    assert (alone.key, alone.text, alone.author) == (mention.key, mention.text, mention.author)


def test_a_notification_that_is_none_costs_itself() -> None:
    rows = [*load("notifications.page.json"), 7, {"type": "mention"}, {"type": "poll"}]
    wheres = [a.where for a in read(rows, NOTIFICATIONS) if isinstance(a, Unreadable)]
    assert wheres == ["[5]", "[4]"]
    assert isinstance(read(b"{", NOTIFICATION)[0], Unreadable)


def test_deletions_name_the_servers_own_id() -> None:
    assert read(b" 117\n", "delete") == [Gone("mastodon:square.example:117")]
    assert read(b'"117"', GONE) == [Gone("mastodon:square.example:117", NOT_SHOWN)]
    (bad,) = read(b"../../etc", "delete")
    assert isinstance(bad, Unreadable)


def test_lone_surrogates_nul_and_odd_times_do_no_harm() -> None:
    status = load()
    body = json.dumps({**status, "content": "a\x00b", "created_at": "9999-12-31T23:59:59Z"})
    post = one(body.replace("a\\u0000b", "a\\u0000b\\ud800 c").encode())
    assert post.text == "ab c"
    assert post.created_at_ms == NOW_MS


def events(text: bytes) -> list[Event]:
    parser = Events()
    lines = text.split(b"\n")
    return [event for line in lines[:-1] if (event := parser.take(line))]


def test_heartbeats_glued_before_events_are_ignored() -> None:
    told = events(
        b":)\nevent: update\ndata: {}\n\n:thump\n:thump\nevent: delete\ndata: 5\n\n"
        b":thump\nevent: filters_changed\ndata: undefined\n\ndata:x\ndata: y\n\nevent: cut\ndata: {"
    )
    assert told == [
        Event("update", b"{}"),
        Event("delete", b"5"),
        Event("filters_changed", b"undefined"),
        Event("message", b"x\ny"),
    ]


def test_a_frame_cut_anywhere_gives_nothing_or_all_of_it() -> None:
    frame = b':)\nevent: update\ndata: {"id": "5"}\n\n:thump\nevent: delete\ndata: 117\n\n'
    whole = events(frame)
    for cut in range(len(frame) + 1):
        told = events(frame[:cut])
        assert told == whole[: len(told)]


def bodies(path: Path) -> list[tuple[str, bytes]]:
    """Kind and body of everything in a recorded file, whatever its shape."""
    data = path.read_bytes()
    if path.suffix == ".sse":
        return [(event.name, event.data) for event in events(data + b"\n\n")]
    if path.suffix == ".jsonl":
        return [("", line) for line in data.splitlines()]
    if not path.name.endswith(".exchange.json"):
        return [("", data)]
    found: list[tuple[str, bytes]] = []
    for exchange in json.loads(data):
        body = exchange["response"]["body"]
        if isinstance(body, str) and "event:" in body:
            found += [(event.name, event.data) for event in events(body.encode() + b"\n\n")]
        else:
            found.append(
                ("", body.encode() if isinstance(body, str) else json.dumps(body).encode())
            )
    return found


def test_everything_recorded_is_read(recorded: Path) -> None:
    paths = sorted((recorded / "mastodon").iterdir())
    assert len(paths) >= 60
    posts, told = 0, set()
    for path in paths:
        for kind, body in bodies(path):
            told.add(kind)
            for arrival in read(body, kind, "mastodon.social"):
                sound(arrival, path.name)
                posts += isinstance(arrival, Post)
    assert posts >= 100
    assert {"", "update", "delete", "status.update"} <= told


def test_a_broken_line_in_a_recorded_stream_costs_that_line(recorded: Path) -> None:
    lines = (
        (recorded / "mastodon" / "rtoot_stream_mastodonsocial_a.jsonl").read_bytes().splitlines()
    )

    def keys(of: list[bytes]) -> list[str]:
        return [post.key for line in of for post in read(line, "update") if isinstance(post, Post)]

    whole = keys(lines)
    for at in range(0, len(lines), 5):
        for broken in (lines[at][: len(lines[at]) // 2], b"{", b"\x00", b"null"):
            assert keys([*lines[:at], broken, *lines[at:]]) == whole
