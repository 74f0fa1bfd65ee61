"""The contract, what messages are read into, and which concern the wall; fixtures are our words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from parvis.core.errors import Refused
from parvis.core.post import BLOB, Arrival, Gone, Post, Raw, Unreadable
from parvis.plug.testkit import MemoryVault, SourceContract, recorded, sound, tools
from parvis.sources.telegram import open_source
from parvis.sources.telegram.asking import Asking, read_asking
from parvis.sources.telegram.bot import Me
from parvis.sources.telegram.message import author_key, file_of, key_of
from parvis.sources.telegram.read import ASKED, SEEN, TAKEN_BACK, read, seen, taken_back
from parvis.sources.telegram.sorting import Sorting, Step, pairs
from parvis.sources.telegram.words import WORDS, words_for

FIXTURES = Path(__file__).parent / "fixtures"
NOW_MS = 1_790_000_000_000
TOKEN = "123456:" + "a" * 35
ME = Me("42", "wall_bot", True)
SETTINGS: dict[str, Any] = {
    "server": "https://api.telegram.org/",
    "private": True,
    "chats": [],
    "tags": ["parvis"],
    "mentions": True,
    "video": True,
    "answer": False,
    "webhook": False,
}


class TestContract(SourceContract):
    folder = __file__
    secrets: ClassVar[dict[str, str]] = {"token": TOKEN}


def load(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def arrivals(value: object, kind: str = "") -> list[Arrival]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(read(Raw(body, kind=kind, received_at_ms=NOW_MS)))


def one(value: object, kind: str = "") -> Post:
    (arrival,) = arrivals(value, kind)
    assert isinstance(arrival, Post), arrival
    return arrival


def asking(**change: Any) -> Asking:
    return read_asking(SETTINGS | change)


def told(text: str, more: Any = None, *, chat: str = "group", who: int = 7, id_: int = 1) -> Any:
    """An update of ours: what begins with a sign is marked as Telegram marks it."""
    entities: list[dict[str, Any]] = []
    at = 0
    for word in text.split(" "):
        kind = {"#": "hashtag", "@": "mention", "/": "bot_command"}.get(word[:1])
        size = len(word.encode("utf-16-le")) // 2
        if kind:
            entities.append({"type": kind, "offset": at, "length": size})
        at += size + 1
    chats: dict[str, dict[str, Any]] = {
        "private": {"id": who, "type": "private"},
        "group": {"id": -100, "type": "supergroup", "username": "Square"},
        "channel": {"id": -200, "type": "channel", "title": "Notices"},
    }
    message = {"message_id": id_, "chat": chats[chat], "date": 1_789_999_000}
    if chat != "channel":
        message["from"] = {"id": who, "is_bot": False, "first_name": "Ada"}
    message |= {"text": text, "entities": entities} if text else {}
    return {"update_id": 1000 + id_, "message": message | (more or {})}


def test_a_private_message_is_a_submission_with_entities_after_an_emoji() -> None:
    post = one(load("message.json"))
    assert (post.kind, post.version, post.permalink) == ("submission", "1", "")
    assert [(each.type, each.text, each.href) for each in post.entities] == [
        ("tag", "#VeilléesDuPort", ""),
        ("link", "example.org/quai", "https://example.org/quai"),
        ("mention", "@the_square", "https://t.me/the_square"),
    ]
    assert post.author is not None
    assert (post.author.handle, post.author.name) == ("@ada_marsh", "Ada Marsh")
    assert post.author.url == "https://t.me/ada_marsh" and post.author.key == author_key("500001")
    assert post.created_at_ms == 1_789_999_000_000
    assert "500001" not in post.key, "the number of a person stands in no key of a post"


def test_a_channel_speaks_in_its_own_name_and_a_group_is_answered_in() -> None:
    channel, reply = arrivals(load("channel.json"))
    assert isinstance(channel, Post) and isinstance(reply, Post)
    assert channel.author is not None and channel.author.name == "Avis du port"
    assert channel.permalink == "https://t.me/avis_du_port/9"
    assert [each.href for each in channel.entities] == ["https://example.org/programme"]
    assert (reply.kind, reply.parent) == ("reply", "telegram:-1001000000001:39")
    assert (reply.version, reply.dir, reply.permalink) == ("1789999260", "rtl", "")
    assert reply.sensitivity.flag, "its author hid some of the words"
    assert [each.text for each in reply.entities] == ["#الميناء"]


def test_an_album_is_one_post_whose_files_are_ours() -> None:
    post = one(load("seen.album.json"), SEEN)
    assert post.text == "🚢 Le quai #port"
    assert [(each.type, each.sensitive) for each in post.media] == [
        ("image", True),
        ("video", True),
    ]
    assert all(each.url.startswith(BLOB) for each in post.media)
    assert post.media[1].poster == BLOB + "c" * 64 and post.media[1].duration_s == 4.0
    shorter = load("seen.album.json")
    del shorter["messages"][1]
    assert one(shorter, SEEN).key == post.key, "the key does not hang on which part came first"
    assert one(shorter, SEEN).version != post.version


def test_what_is_no_post_is_nothing_and_what_is_taken_back_is_gone() -> None:
    gone = Gone("telegram:-1001000000001:40", ASKED)
    assert arrivals(load("taken_back.one.json"), TAKEN_BACK) == [gone]
    assert arrivals(taken_back(author_key("7"), author=True), TAKEN_BACK) == [
        Gone("telegram:user:7", ASKED, author=True)
    ]
    assert arrivals(taken_back("bluesky:x:1"), TAKEN_BACK) == []
    for service in (
        "new_chat_members",
        "left_chat_member",
        "pinned_message",
        "sticker",
        "location",
    ):
        assert arrivals(told("", {service: {"id": 1}})) == []
    assert [each.text for each in arrivals(load("broken/odd.json")) if isinstance(each, Post)] == [
        "👋 #a"
    ]
    (nowhere,) = arrivals(load("broken/seen.nowhere.json"), SEEN)
    assert isinstance(nowhere, Unreadable)


def test_the_largest_picture_a_picture_sent_as_a_file_and_films() -> None:
    album = load("seen.album.json")["messages"]
    picture, film = file_of(album[0]), file_of(album[1])
    assert picture is not None and picture.id == "AgAC-large" and not picture.film
    assert film is not None and film.film and film.still == "AAMC-still"
    assert file_of(album[1], video=False) is None
    document = {"file_id": "f", "file_unique_id": "u", "mime_type": "image/png"}
    assert file_of({"document": document}) is not None
    assert file_of({"document": document | {"mime_type": "application/pdf"}}) is None
    assert file_of({"voice": {"file_id": "f"}, "photo": [{}, {"width": True}]}) is None


@pytest.mark.parametrize(
    ("update", "taken"),
    [
        (told("anything", chat="private"), True),
        (told("anything", chat="channel"), True),
        (told("anything"), False),
        (told("hello @Wall_Bot"), True),
        (told("hello @other_bot"), False),
        (told("hello #PARVIS"), True),
        (told("hello #other"), False),
        (told("#parvis", {"forward_date": 1, "forward_from": {"id": 8}}), False),
        (told("#parvis", {"forward_date": 1, "forward_from": {"id": 7}}), True),
        (told("#parvis", {"forward_origin": {"type": "hidden_user"}}), False),
        (told("#parvis", {"via_bot": {"id": 5}}), False),
        (told("#parvis", {"from": {"id": 9, "is_bot": True}}), False),
        (told("/start", chat="private"), False),
        (told("/other"), False),
        ({"update_id": 3, "my_chat_member": {}}, False),
    ],
)
def test_which_messages_are_taken(update: Any, taken: bool) -> None:
    step = Sorting(asking()).step(update, ME)
    assert bool(step and step.parts) is taken


def test_settings_say_where_it_listens() -> None:
    def parts(update: Any, **change: Any) -> bool:
        step = Sorting(asking(**change)).step(update, ME)
        return bool(step and step.parts)

    assert not parts(told("x", chat="private"), private=False)
    assert parts(told("#parvis"), chats=["@SQUARE"]) and parts(told("#parvis"), chats=["-100"])
    assert not parts(told("#parvis"), chats=["elsewhere"])
    assert parts(told("x", chat="private"), chats=["elsewhere"])
    assert not parts(told("@wall_bot hi"), mentions=False)


def test_an_edit_follows_what_was_taken_even_without_its_hashtag() -> None:
    sorting = Sorting(asking())
    edited = {"update_id": 5, "edited_message": told("without it")["message"]}
    assert sorting.step(edited, ME) is None
    assert sorting.step(told("with #parvis"), ME)
    step = sorting.step(edited, ME)
    assert step is not None and step.parts[0]["text"] == "without it" and step.says == ""


def test_an_album_grows_and_keeps_the_parts_that_came_before_its_words() -> None:
    sorting = Sorting(asking())
    album = {"media_group_id": "1", "photo": [{"file_id": "f"}]}
    first = told("", album, id_=1)
    second = told("", {"caption": "#parvis", **album}, id_=2)
    third = told("", album, id_=3)
    assert sorting.step(first, ME) is None
    step = sorting.step(second, ME)
    assert step is not None and [each["message_id"] for each in step.parts] == [1, 2]
    later = sorting.step(third, ME)
    assert later is not None and [each["message_id"] for each in later.parts] == [1, 2, 3]
    assert (step.says, later.says) == ("taken", "")
    other = told("#parvis", id_=9)
    listed = pairs([first, second, third, other], sorting)
    assert [goes_on for _, goes_on in listed] == [True, True, False, False]


def test_who_sent_it_takes_it_back_and_nobody_else() -> None:
    sorting = Sorting(asking())
    mine, theirs = told("x", id_=4)["message"], told("x", id_=5, who=8)["message"]
    back = told("/delete", {"reply_to_message": mine}, id_=6)
    assert sorting.step(back, ME) == Step(gone="telegram:-100:4", says="gone")
    assert sorting.step(told("/delete", {"reply_to_message": theirs}, id_=7), ME) is None
    alone = Step(gone=author_key("7"), author=True, says="all_gone")
    assert sorting.step(told("/delete@Wall_bot"), ME) == alone
    assert sorting.step(told("/delete@other_bot"), ME) is None
    private = told("x", chat="private", id_=4)["message"]
    edited = {"update_id": 6, "edited_message": told("/delete", chat="private", id_=4)["message"]}
    assert sorting.step(edited, ME) == Step(gone=key_of(private), says="gone")


def test_settings_and_token_are_checked_in_one_sentence() -> None:
    with pytest.raises(Refused, match="setting chats has 'a b'"):
        asking(chats=["a b"])
    with pytest.raises(Refused, match="setting tags"):
        asking(tags=["a b"])
    with pytest.raises(Refused, match=r"credential token.*BotFather"):
        open_source(tools({}, folder=__file__, vault=MemoryVault({"token": "nonsense"})))
    with pytest.raises(Refused, match="credential token is missing"):
        open_source(tools({}, folder=__file__))


def test_every_language_says_the_same_things() -> None:
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(WORDS["en"])}
    assert words_for("fr-CA", "gone") == WORDS["fr"]["gone"]
    assert words_for("xx", "gone") == words_for("", "gone") == WORDS["en"]["gone"]


def test_the_envelope_reads_as_what_went_in() -> None:
    message = load("message.json")["message"]
    plain, wrapped = one(load("message.json")), one(seen([message], ()), SEEN)
    assert (wrapped.key, wrapped.text, wrapped.entities) == (plain.key, plain.text, plain.entities)


@pytest.mark.recorded
def test_recorded_updates_are_read() -> None:
    for name, body in recorded("telegram"):
        for arrival in read(Raw(body, received_at_ms=NOW_MS)):
            assert sound(arrival, name) and not isinstance(arrival, Unreadable), name
