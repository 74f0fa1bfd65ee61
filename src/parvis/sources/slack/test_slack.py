"""The contract, the signature, and what events are read into; the fixtures are our own words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, Post, Raw, Unreadable
from parvis.plug.testkit import (
    FakeHttp,
    ManualClock,
    MemoryVault,
    SourceContract,
    recorded,
    sound,
    tools,
)
from parvis.sources.slack import open_source
from parvis.sources.slack.mrkdwn import words_of
from parvis.sources.slack.read import SEEN, event_in, files_of, read
from parvis.sources.slack.signed import TOLERANCE_MS, is_signed, sign
from parvis.sources.slack.web_api import FRESH_MS, WebApi

FIXTURES = Path(__file__).parent / "fixtures"
NOW_MS = 1_790_000_000_000
SECRETS = {"signing_secret": "s3cret", "token": "xoxb-1"}
KEY = "slack:T00SQUARE:C00WALL01-1789999000.000200"


class TestContract(SourceContract):
    folder = __file__
    secrets: ClassVar[dict[str, str]] = SECRETS


def load(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def arrivals(value: object, kind: str = "") -> list[Arrival]:
    return list(read(Raw(json.dumps(value).encode(), kind=kind, received_at_ms=NOW_MS)))


def one(value: object, kind: str = "") -> Post:
    (arrival,) = arrivals(value, kind)
    assert isinstance(arrival, Post), arrival
    return arrival


def test_a_message_is_words_and_entities() -> None:
    post = one(load("message.json"))
    assert post.text == "Bonjour @somebody 👋🏼 bienvenue <ici> le quai #port #autre"
    link = post.entities[1]
    assert (link.type, link.href) == ("link", "https://example.org/quai?a=1&b=2")
    assert [each.text for each in post.entities][:3] == ["@somebody", "le quai", "#port"]
    assert (post.key, post.version, post.kind) == (KEY, "1", "post")
    assert post.created_at_ms == 1_789_999_000_000


def test_names_own_emoji_and_copied_pictures() -> None:
    post = one(load("seen.file.json"), SEEN)
    assert post.text.endswith(":port_own: @Bo") and post.dir == "rtl"
    assert [(each.type, each.image) for each in post.entities] == [
        ("emoji", "https://emoji.example/port.png"),
        ("mention", ""),
    ]
    assert post.author is not None and post.author.name == "Ada Marsh"
    assert [each.alt for each in post.media] == ["Le quai"]


def test_edits_and_deletions_are_of_the_same_key() -> None:
    edited = one(load("changed.json"))
    assert (edited.key, edited.text, edited.version) == (KEY, "Bonsoir", "1789999060.000000")
    assert edited.kind == "reply" and edited.parent.endswith("-1789998000.000100")
    assert arrivals(load("deleted.json")) == [Gone(KEY)]
    tomb = load("changed.json")
    tomb["event"]["message"]["subtype"] = "tombstone"
    assert arrivals(tomb) == [Gone(KEY)]


@pytest.mark.parametrize(
    "change",
    [
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"bot_id": "B1"},
        {"channel_type": "im"},
        {"type": "reaction_added"},
        {"user": ""},
        {"ts": "soon"},
        {"subtype": "message_changed", "message": None},
    ],
)
def test_what_is_no_message_of_people_in_a_channel_is_nothing(change: Any) -> None:
    call = load("message.json")
    call["event"] |= change
    assert event_in(call) is None and arrivals(call) == []


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("*a* _b_ ~c~ d*e*f :a_b_c: x_y_z", "a b c d*e*f :a_b_c: x_y_z"),
        ("&amp;lt; &lt;b&gt;", "&lt; <b>"),
        ("<!here> <!subteam^S1|@team> <mailto:a@b.example|a@b.example>", "@here @team a@b.example"),
        ("<javascript:alert(1)|here>", "here"),
        ("<@U1", "<@U1"),
    ],
)
def test_marks_are_taken_out(said: str, text: str) -> None:
    made = words_of({"text": said}, {}, {})
    assert made.text == text
    assert all(made.text[each.start : each.end] == each.text for each in made.entities)


def test_only_pictures_and_films_that_lie_at_slack() -> None:
    good = {"id": "F1", "mimetype": "image/png", "url_private": "https://files.slack.com/a"}
    bad: list[dict[str, Any]] = [{"mimetype": "text/plain"}, {"is_external": True}, {"id": ""}]
    assert len(files_of({"files": [good, *({**good, **each} for each in bad)]})) == 1


def test_a_signature_is_of_these_bytes_and_of_now() -> None:
    stamp, body = NOW_MS // 1000, b'{"a": 1}'
    headers = {
        "x-slack-request-timestamp": str(stamp),
        "x-slack-signature": sign("s3cret", stamp, body),
    }
    assert is_signed(headers, body, "s3cret", NOW_MS)
    assert is_signed(headers, body, "s3cret", NOW_MS + TOLERANCE_MS)
    assert not is_signed(headers, body, "s3cret", NOW_MS + TOLERANCE_MS + 1000)
    assert not is_signed(headers, body + b" ", "s3cret", NOW_MS)
    assert not is_signed(headers, body, "other", NOW_MS)
    assert not is_signed({**headers, "x-slack-request-timestamp": "٣"}, body, "s3cret", NOW_MS)
    assert not is_signed({}, body, "s3cret", NOW_MS)


def test_settings_and_credentials_are_checked_in_one_sentence() -> None:
    vault = MemoryVault(SECRETS)
    with pytest.raises(Refused, match="no channels"):
        open_source(tools({"channels": []}, folder=__file__, vault=vault))
    with pytest.raises(Refused, match="setting channels has 'a b'"):
        open_source(tools({"channels": ["a b"]}, folder=__file__, vault=vault))
    with pytest.raises(Refused, match="signing_secret"):
        open_source(tools({}, folder=__file__))


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        ({"error": "invalid_auth"}, Refused, "credential token"),
        ({"error": "missing_scope", "needed": "users:read"}, Refused, "scope users:read"),
        ({"error": "ratelimited"}, Later, "trouble"),
        ({"error": "user_not_found"}, Refused, "user_not_found"),
        ({}, Refused, "no reason"),
    ],
)
async def test_what_errors_mean(error: Any, kind: type[Exception], says: str) -> None:
    http = FakeHttp().answers("*", {"ok": False, **error})
    with pytest.raises(kind, match=says):
        await WebApi(http, "https://slack.example/api", "xoxb", ManualClock()).user("U1")


async def test_who_somebody_is_is_asked_once_an_hour_and_nothing_else_goes_further() -> None:
    clock = ManualClock()
    user = {"profile": {"display_name": "", "real_name": "Ada", "email": "a@b.example"}}
    http = FakeHttp().answers("*", {"ok": True, "user": user})
    api = WebApi(http, "https://slack.example/api", "xoxb", clock)
    assert await api.user("U1") == {"name": "Ada", "avatar": "", "bot": False}
    await api.user("U1")
    assert len(http.asked) == 1
    clock.advance(FRESH_MS / 1000)
    await api.user("U1")
    assert len(http.asked) == 2


@pytest.mark.recorded
def test_recorded_events_are_read() -> None:
    for name, body in recorded("slack"):
        for arrival in read(Raw(body, received_at_ms=NOW_MS)):
            assert sound(arrival, name) and not isinstance(arrival, Unreadable), name
