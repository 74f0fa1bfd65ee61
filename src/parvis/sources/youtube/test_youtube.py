"""The contract, and what answers are read into; the fixtures are of our own writing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from parvis.core.errors import Refused
from parvis.core.post import Arrival, Gone, Post, Raw, Unreadable
from parvis.plug.manifest import read_manifest
from parvis.plug.testkit import SourceContract, recorded, sound
from parvis.sources.youtube.asking import Channel, read_asking
from parvis.sources.youtube.post import id_of, key_of
from parvis.sources.youtube.read import NOT_SHOWN, read
from parvis.sources.youtube.video import MOST_OF_DESCRIPTION, NOT_PUBLIC
from parvis.sources.youtube.words import BANNED, IN_CHAT

HERE = Path(__file__).parent
NOW_MS = 1_793_700_000_000
UC = "UCsquaresquaresquare00"
SETTINGS: dict[str, Any] = {
    "tags": ["parvis"],
    "words": [],
    "channels": [],
    "videos": [],
    "chat": [],
    "limit": 10,
    "units": 10_000,
    "chat_hours": 3.0,
    "server": "https://www.example.org/",
    "hub": "https://hub.example.org/subscribe",
}


class TestContract(SourceContract):
    folder = __file__
    settings: ClassVar[dict[str, Any]] = {"tags": ["parvis"], "channels": ["@square"]}
    secrets: ClassVar[dict[str, str]] = {"key": "k"}


def load(name: str) -> Any:
    return json.loads((HERE / "fixtures" / name).read_text(encoding="utf-8"))


def arrivals(value: object) -> list[Arrival]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(read(Raw(body, received_at_ms=NOW_MS)))


def posts(value: object) -> list[Post]:
    return [each for each in arrivals(value) if isinstance(each, Post)]


def test_a_video_is_its_title_and_the_players_address() -> None:
    *_, video, _ = arrivals(load("videos.json"))
    assert isinstance(video, Post)
    assert video.key == "youtube:video:squareAAA01"
    first, _, rest = video.text.partition("\n\n")
    assert first == "Le quai <b>vu de la grue</b> & le soir #VeilléesDuPort"
    assert rest.startswith("Trois minutes") and "👩‍👩‍👧" in rest
    assert [each.text for each in video.entities] == [
        "#VeilléesDuPort", "@harbour", "https://example.org/quai", "#port",
    ]  # fmt: skip
    (media,) = video.media
    assert (media.type, media.duration_s) == ("embed", 3787.0)
    assert media.url == "https://www.youtube-nocookie.com/embed/squareAAA01"
    assert media.poster.endswith("/maxres.jpg")
    assert {each.name: each.value for each in video.metrics} == {
        "view": 1204,
        "like": 38,
        "reply": 5,
    }
    author = video.author
    assert author is not None
    assert (author.key, author.handle) == (f"youtube:channel:{UC}01", "@laplace.example")
    assert (author.name, author.followers) == ("La Place", 12_300)
    assert author.avatar == "https://faces.example/laplace=s88"
    assert (video.lang, video.kind) == ("fr", "post")
    assert video.permalink == "https://www.youtube.com/watch?v=squareAAA01"


def test_what_may_not_be_played_elsewhere_has_no_player() -> None:
    aged = posts(load("videos.json"))[0]
    assert (aged.lang, aged.dir, aged.media) == ("ar", "rtl", ())
    assert aged.sensitivity.flag and aged.sensitivity.labels == ("age_restricted",)
    assert aged.author is not None and aged.author.followers == -1, "the channel hides them"
    told = load("videos.json")
    told["told"]["items"][0]["status"]["embeddable"] = False
    (shut,) = [each for each in posts(told) if each.key.endswith("01")]
    assert shut.media == () and not shut.sensitivity.flag
    before = posts(load("videos.json"))[1]
    assert shut.version != before.version, "the card has to change"


def test_what_is_no_longer_public_or_left_out_is_gone() -> None:
    gone = [each for each in arrivals(load("videos.json")) if isinstance(each, Gone)]
    assert gone == [
        Gone("youtube:video:squareAAA03", NOT_PUBLIC),
        Gone("youtube:video:squareAAA04", NOT_SHOWN),
    ]
    told = load("videos.json")
    del told["told"]["items"]
    assert arrivals(told) == [], "an answer without its list says nothing of anything"
    del told["asked"]
    assert arrivals(told) == []


def test_a_long_description_is_cut_and_new_figures_are_no_edit() -> None:
    told = load("videos.json")
    told["told"]["items"][0]["snippet"]["description"] = "wort " * 400
    (cut,) = [each for each in posts(told) if each.key.endswith("01")]
    assert len(cut.text) <= MOST_OF_DESCRIPTION + 202 and cut.text.endswith("…")
    again = load("videos.json")
    again["told"]["items"][0]["statistics"]["viewCount"] = "999999"
    again["told"]["items"][0]["etag"] = "other"
    (same,) = [each for each in posts(again) if each.key.endswith("01")]
    assert same.version == posts(load("videos.json"))[1].version


def test_comments_are_plain_text_and_know_what_they_are_below() -> None:
    silent, comment = posts(load("comments.json"))
    assert comment.text == "5 < 6 & so on: thank you @ada! #port"
    assert (comment.kind, comment.parent) == ("comment", "youtube:video:squareAAA01")
    assert comment.author is not None and comment.author.handle == "@bo.harbour"
    assert {each.name: each.value for each in comment.metrics} == {"like": 3, "reply": 2}
    assert comment.permalink.endswith("watch?v=squareAAA01&lc=UgxSquare00000000002")
    assert (silent.author, silent.dir) == (None, "rtl")
    reply, gone = arrivals(load("comments.again.json"))
    assert isinstance(reply, Post)
    assert (reply.kind, reply.parent) == ("reply", "youtube:comment:UgxSquare00000000002")
    assert gone == Gone("youtube:comment:UgxSquare00000000009", NOT_SHOWN)


def test_a_chat_has_messages_deletions_and_people_sent_out() -> None:
    told = arrivals(load("chat.json"))
    hello, bravo, deleted, tombstone, banned, milestone = told
    assert isinstance(hello, Post) and isinstance(bravo, Post) and isinstance(milestone, Post)
    assert (hello.text, hello.kind) == ("Hello from the second row 👋🏽 #port", "chat")
    assert hello.author is not None and hello.author.key == f"youtube:chat:{UC}05"
    assert hello.created_at_ms % 1000 == 123
    assert (hello.parent, bravo.text) == ("youtube:video:squareAAA02", "Bravo")
    assert deleted == Gone("youtube:chat:LCC.Square0000", IN_CHAT)
    assert tombstone == Gone("youtube:chat:LCC.Square0006", IN_CHAT)
    assert banned == Gone(f"youtube:chat:{UC}07", BANNED, True)
    assert milestone.text == "一年になりました"


def test_a_ban_from_a_chat_takes_no_video_of_that_person() -> None:
    """Both have the same channel; whoever keeps a chat does not decide on their videos."""
    chat, video = load("chat.json"), load("videos.json")
    who = video["told"]["items"][0]["snippet"]["channelId"]
    banned = chat["told"]["items"][6]["snippet"]["userBannedDetails"]["bannedUserDetails"]
    banned["channelId"] = who
    (gone,) = [each for each in arrivals(chat) if isinstance(each, Gone) and each.author]
    assert gone.key not in [each.author.key for each in posts(video) if each.author]


def test_what_is_broken_says_so_and_costs_itself_alone() -> None:
    odd = arrivals(load("broken/videos.odd.json"))
    assert [type(each).__name__ for each in odd].count("Post") == 1
    assert sum(isinstance(each, Unreadable) for each in odd) == 3
    for body in (b"{", b"[]", b"7", b"{}"):
        (broken,) = arrivals(body)
        assert isinstance(broken, Unreadable)
    (error,) = arrivals(load("broken/error.json"))
    assert isinstance(error, Unreadable)


def test_keys_go_both_ways() -> None:
    assert id_of(key_of("comment", "Ugx.1"), "comment") == "Ugx.1"
    assert id_of(key_of("comment", "Ugx.1"), "video") == ""
    assert id_of("mastodon:square.example:1", "video") == ""


def test_the_policy_is_that_of_the_player() -> None:
    policy = read_manifest(HERE / "plugin.toml").policy
    assert policy.media == "player_only" and policy.figures_apart
    assert not (policy.overlay_ok or policy.may_crop or policy.may_translate)
    assert (policy.max_age_s, policy.redistribute) == (30 * 86_400, "ids_only")
    assert {"name", "logo"} <= set(policy.must_show)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("@Square.Example", Channel("forHandle", "Square.Example")),
        ("square", Channel("forHandle", "square")),
        (f"{UC}01", Channel("id", f"{UC}01")),
        (f"https://www.youtube.com/channel/{UC}01/videos", Channel("id", f"{UC}01")),
        ("youtube.com/@square", Channel("forHandle", "square")),
        ("https://m.youtube.com/%40sq%C3%BCare?x=1", Channel("forHandle", "sqüare")),
        ("https://www.youtube.com/user/square", Channel("forUsername", "square")),
    ],
)
def test_channels_are_taken_as_people_write_them(given: str, meant: Channel) -> None:
    assert read_asking({**SETTINGS, "channels": [given, f" {given} "]}).channels == (meant,)


@pytest.mark.parametrize(
    "given",
    [
        "squareAAA01",
        "https://www.youtube.com/watch?v=squareAAA01&t=3",
        "https://youtu.be/squareAAA01?si=x",
        "youtube.com/live/squareAAA01",
        "https://www.youtube.com/shorts/squareAAA01",
        "https://www.youtube-nocookie.com/embed/squareAAA01",
    ],
)
def test_videos_are_taken_by_any_address(given: str) -> None:
    asking = read_asking({**SETTINGS, "videos": [given], "chat": [given, "@square"]})
    assert asking.videos == ("squareAAA01",)
    assert asking.chat == ("squareAAA01", Channel("forHandle", "square"))
    assert asking.server == "https://www.example.org"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("tags", ["two words"]),
        ("words", ['"'] ),
        ("channels", ["https://example.org/@square"]),
        ("channels", ["https://www.youtube.com/playlist?list=x"]),
        ("channels", [f"https://www.youtube.com/channel/{UC}"]),
        ("channels", ["a b"]),
        ("videos", ["https://example.org/watch?v=squareAAA01"]),
        ("videos", ["https://[/watch"]),
        ("videos", ["short"]),
        ("chat", ["https://example.org/live/squareAAA01"]),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_meant_are_refused(setting: str, value: list[str]) -> None:
    with pytest.raises(Refused, match=setting):
        read_asking({**SETTINGS, setting: value})


def test_something_must_be_asked_for() -> None:
    with pytest.raises(Refused, match="neither tags"):
        read_asking({**SETTINGS, "tags": []})


@pytest.mark.recorded
def test_everything_recorded_is_read() -> None:
    found = 0
    for name, body in recorded("youtube"):
        for arrival in read(Raw(body, received_at_ms=NOW_MS)):
            assert sound(arrival, name)
            found += isinstance(arrival, Post)
    assert found >= 30
