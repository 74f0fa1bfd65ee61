"""Settings that a person can get wrong, and the small decisions of paging."""

from __future__ import annotations

from typing import Any

import pytest

from parvis.core.errors import Refused
from parvis.plug.cursor import Cursor, newer
from parvis.sources.mastodon.asking import Asking, read_asking, read_server


def asking(**given: Any) -> Asking:
    settings: dict[str, Any] = {
        "server": "square.example",
        "tags": ["parvis"],
        "accounts": [],
        "mentions": False,
        "all": [],
        "none": [],
        "limit": 40,
        "honour": [],
    }
    return read_asking({**settings, **given})


@pytest.mark.parametrize(
    ("given", "base", "host"),
    [
        ("mastodon.social", "https://mastodon.social", "mastodon.social"),
        (" https://Square.example/@ada ", "https://square.example", "square.example"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000", "127.0.0.1:3000"),
        ("[::1]:3000", "https://[::1]:3000", "::1:3000"),
    ],
)
def test_a_server_is_given_by_name_or_address(given: str, base: str, host: str) -> None:
    assert read_server(given) == (base, host)


@pytest.mark.parametrize(
    "given",
    ["", "two words", "ftp://a.example", "https://", "a.example:port", "https://u:p@a.example"],
)
def test_a_wrong_server_is_named(given: str) -> None:
    with pytest.raises(Refused, match="setting server"):
        read_server(given)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"tags": []}, "neither tags nor accounts nor mentions"),
        ({"tags": ["two words"]}, "setting tags has 'two words'"),
        ({"tags": ["2026"]}, "not all digits"),
        ({"tags": ["a/../b"]}, "setting tags"),
        ({"none": ["#"]}, "setting none"),
        ({"accounts": ["ada@"]}, "name@server.example"),
        ({"honour": ["everything"]}, "choose from"),
    ],
)
def test_wrong_settings_are_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        asking(**given)


def test_tags_are_folded_and_come_once() -> None:
    asked = asking(tags=["#Fête", "fête", "\uff30arvis", "東京"])
    assert [target.tag for target in asked.targets] == ["Fête", "Parvis", "東京"]
    assert asking().path("東京").endswith("/timelines/tag/%E6%9D%B1%E4%BA%AC")


def test_mentions_are_a_target_of_their_own_and_have_a_stream() -> None:
    alone = asking(tags=[], mentions=True)
    assert [target.label for target in alone.targets] == ["mentions of the token's account"]
    asked = asking(tags=["parvis"], accounts=["ada"], mentions=True)
    assert [target.name for target in asked.streamed] == ["tag:parvis", "mentions"]
    assert asked.mentions and not asking().mentions


def test_filters_know_no_case() -> None:
    asked = asking(all=["Live"], none=["ad"])
    assert asked.wants(["parvis", "LIVE"])
    assert not asked.wants(["parvis"])
    assert not asked.wants(["parvis", "live", "Ad"])


def test_the_cursor_never_goes_back_and_survives_nonsense() -> None:
    cursor = Cursor.read("")
    for id_ in ("9", "10", "8", "", "01HZX"):
        cursor.move("tag:parvis", id_)
    assert Cursor.read(cursor.write()).ids == {"tag:parvis": "01HZX"}
    for nonsense in ("{", "[]", '{"a": 1}', '{"a": "../.."}'):
        assert Cursor.read(nonsense).ids == {}


def test_ids_grow_in_length_then_in_order() -> None:
    assert newer("10", "9") and newer("11", "10")
    assert not newer("9", "10") and not newer("10", "10")
    assert newer("1", "")
