"""The contract, and what calls are read into; the fixtures are of our own writing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, Post, Raw, Unreadable
from parvis.plug.testkit import FakeHttp, MemoryVault, SourceContract, recorded, sound, tools
from parvis.sources.whatsapp import SEEN, WhatsApp, open_source
from parvis.sources.whatsapp.cloud import Cloud
from parvis.sources.whatsapp.message import TAKE_BACK, author_key, messages_in, post_key

FIXTURES = Path(__file__).parent / "fixtures"
NOW_MS = 1_790_000_000_000
SECRETS = {"app_secret": "app", "verify_token": "word", "token": "bearer"}
OURS = "200000000000001"


class TestContract(SourceContract):
    folder = __file__
    secrets: ClassVar[dict[str, str]] = SECRETS


def source(secrets: Any = SECRETS, **settings: Any) -> WhatsApp:
    return open_source(tools(settings, folder=__file__, vault=MemoryVault(secrets)))


def load(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def arrivals(value: object, kind: str = "", **settings: Any) -> list[Arrival]:
    raw = Raw(json.dumps(value).encode(), kind=kind, received_at_ms=NOW_MS)
    return list(source(**settings).read(raw))


def test_messages_come_by_their_time_and_no_number_with_them() -> None:
    first, second = arrivals(load("call.json"))
    assert isinstance(first, Post) and isinstance(second, Post)
    assert first.text.startswith("Quelle belle salle") and second.dir == "rtl"
    assert (first.kind, first.version, first.created_at_ms) == (
        "submission",
        "1",
        1_789_999_060_000,
    )
    assert [each.type for each in first.entities] == ["link"]
    assert first.author is not None and first.author.name == "Ada Marsh"
    assert second.author is not None and second.author.name == "داليا"
    told = msgspec.json.encode([first, second]).decode()
    for number in ("33600000001", "33600000002", "FIXTURE000", "FR.2", "15550000001"):
        assert number not in told


def test_an_edit_a_deletion_and_words_that_take_back() -> None:
    edit, revoked, stop, one = arrivals(load("edit_revoke.json"))
    key = post_key(OURS, "wamid.FIXTURE0001==", "app")
    assert isinstance(edit, Post)
    assert (edit.key, edit.version) == (key, "edited-1789999300000")
    assert edit.author is not None and edit.author.name == "", "a number is no name"
    assert isinstance(revoked, Gone) and revoked.key == key and not revoked.author
    assert isinstance(stop, Gone) and stop.author
    assert stop.key == author_key(OURS, "33600000001", "app") == edit.author.key
    assert isinstance(one, Gone) and one.key == post_key(OURS, "wamid.FIXTURE0009==", "app")


def test_a_sender_is_the_same_person_with_this_secret_alone() -> None:
    assert author_key(OURS, "336", "a") == author_key(OURS, "336", "a")
    assert author_key(OURS, "336", "a") != author_key(OURS, "336", "b")
    assert author_key(OURS, "336", "a") != author_key(OURS, "337", "a")


def test_only_the_number_that_counts() -> None:
    assert len(arrivals(load("call.json"), number=OURS)) == 2
    assert arrivals(load("call.json"), number="200000000000009") == []


@pytest.mark.parametrize("kind", ["audio", "sticker", "document", "location", "system", "unknown"])
def test_what_is_no_post_is_nothing(kind: str) -> None:
    call = load("call.json")
    for message in messages_of(call):
        message |= {"type": kind, kind: {"id": "1", "body": "x"}}
    assert arrivals(call) == []


def messages_of(call: Any) -> Iterator[Any]:
    yield from call["entry"][0]["changes"][0]["value"]["messages"]


def test_nothing_forwarded_or_said_in_a_group() -> None:
    for more in ({"context": {"frequently_forwarded": True}}, {"group_id": "1@g.us"}):
        call = load("call.json")
        for message in messages_of(call):
            message |= more
        assert arrivals(call) == []


def test_a_bad_message_costs_itself_alone() -> None:
    (good,) = arrivals(load("broken/odd.json"))
    assert isinstance(good, Post) and good.text == "good" and good.created_at_ms == NOW_MS


def test_files_are_shown_and_what_was_overtaken_is_not() -> None:
    call = load("call.json")
    first, second = messages_in(call, "app", "")
    image = {"type": "image", "sha256": "d" * 64, "mime": "image/jpeg", "w": 10, "h": 10}
    copied = {first.key: [image, {"type": "image"}], second.key: "odd"}
    one, two = arrivals({"call": call, "copied": copied, "old": []}, SEEN)
    assert isinstance(one, Post) and [each.w for each in one.media] == [10]
    assert isinstance(two, Post) and two.media == ()
    old = [f"{first.key} {first.at_ms} 0"]
    (left,) = arrivals({"call": call, "copied": copied, "old": old}, SEEN)
    assert isinstance(left, Post) and left.key == two.key


def test_every_word_that_takes_back_is_written_as_it_is_compared() -> None:
    assert all(word == word.strip().lower() for word in TAKE_BACK)


def test_settings_and_credentials_are_checked_in_one_sentence() -> None:
    with pytest.raises(Refused, match=r"setting number.*Phone number ID"):
        source(number="+33 6 00")
    with pytest.raises(Refused, match=r"setting version is '23'"):
        source(version="23")
    for name in SECRETS:
        with pytest.raises(Refused, match=f"credential {name}"):
            source({key: text for key, text in SECRETS.items() if key != name})


@pytest.mark.parametrize(
    ("status", "error", "kind", "says"),
    [
        (401, {"code": 190, "message": "Session has expired"}, Refused, "credential token"),
        (400, {"code": 190}, Refused, "credential token"),
        (400, {"code": 100, "message": "Unsupported get request"}, Refused, "Unsupported get"),
        (400, {"code": 130429, "message": "Rate limit hit"}, Later, "slow down"),
        (429, {}, Later, "slow down"),
        (200, {"code": 2, "is_transient": True}, Later, "slow down"),
        (503, {}, Later, "503"),
    ],
)
async def test_what_errors_mean(status: int, error: Any, kind: type[Exception], says: str) -> None:
    http = FakeHttp().answers("*", {"error": error}, status=status)
    with pytest.raises(kind, match=says):
        await Cloud(http, "https://graph.example", "v23.0", "bearer").file("1")
    assert http.asked[0].bearer == "bearer" and "bearer" not in http.asked[0].url


async def test_an_answer_that_is_none_is_a_bad_moment() -> None:
    for body in ("{", "[]"):
        http = FakeHttp().answers("*", body, headers={"content-type": "application/json"})
        with pytest.raises(Refused if body == "[]" else Later):
            await Cloud(http, "https://graph.example", "v23.0", "bearer").file("1")


@pytest.mark.recorded
def test_recorded_calls_are_read() -> None:
    for name, body in recorded("whatsapp"):
        for call in _calls(json.loads(body)):
            raw = Raw(json.dumps(call).encode(), received_at_ms=NOW_MS)
            for arrival in source().read(raw):
                assert sound(arrival, name) and not isinstance(arrival, Unreadable), name


def _calls(value: Any) -> Iterator[Any]:
    """Each call of a file that has one, or many by name."""
    if isinstance(value, dict) and "entry" not in value:
        for each in value.values():
            yield from _calls(each)
    elif isinstance(value, dict):
        yield value
