"""Settings: defaults filled, each mistake in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from parvis.core.errors import Refused
from parvis.plug.manifest import Manifest, Setting, SettingType, Words
from parvis.plug.settings import check_settings, host_in, hosts_of, says_where, wrong, wrong_url

WORDS = Words("Where", "Où")


def _setting(kind: SettingType, **more: Any) -> Setting:
    return Setting(name="it", type=kind, help=WORDS, **more)


def _manifest(*settings: Setting, hosts: tuple[str, ...] = ()) -> Manifest:
    return Manifest(
        python_api=1,
        id="town",
        kind="source",
        version="1.0.0",
        name=WORDS,
        about=WORDS,
        settings=settings,
        hosts=hosts,
    )


def test_what_is_not_given_is_filled() -> None:
    kinds: dict[SettingType, Any] = {
        "str": "",
        "int": 0,
        "float": 0.0,
        "bool": False,
        "list": [],
        "url": "",
        "table": {},
    }
    settings = [Setting(name=kind, type=kind, help=WORDS) for kind in kinds]
    settings.append(Setting(name="every", type="int", help=WORDS, default=60))
    expected: dict[str, Any] = {str(kind): empty for kind, empty in kinds.items()}
    assert check_settings(_manifest(*settings), {}) == {**expected, "every": 60}


def test_the_filled_settings_are_nobody_elses() -> None:
    given = {"it": ["a"]}
    manifest = _manifest(_setting("list", default=["z"]))
    filled = check_settings(manifest, given)
    filled["it"].append("b")
    check_settings(manifest, {})["it"].append("c")
    assert given == {"it": ["a"]} and check_settings(manifest, {}) == {"it": ["z"]}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (_setting("str", min=2, max=3), "abc"),
        (_setting("int", min=1, max=9), 9),
        (_setting("float"), 3),
        (_setting("bool"), True),
        (_setting("list", max=2), ["a", "b"]),
        (_setting("choice", choices=("a",)), "a"),
        (_setting("url"), "https://münchen.example:8443/x?y=1"),
        (_setting("table"), {"a": [1]}),
    ],
)
def test_good_values_pass(setting: Setting, value: object) -> None:
    assert wrong(setting, value) == ""
    assert check_settings(_manifest(setting), {"it": value}) == {"it": value}


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        (_setting("str"), 3, "must be a text in quotes"),
        (_setting("str"), None, "must be a text in quotes"),
        (_setting("str"), "a\x00", "characters that are no text"),
        (_setting("str"), "\ud800", "characters that are no text"),
        (_setting("str"), "x" * 10_001, "more than 10000 characters"),
        (_setting("str", min=2), "a", "must have at least 2 characters"),
        (_setting("str", max=2), "abc", "must have at most 2 characters"),
        (_setting("str", required=True), " ", "is empty"),
        (_setting("int"), True, "must be a number"),
        (_setting("int"), 1.5, "must be a whole number"),
        (_setting("int"), "5", "must be a number"),
        (_setting("int", min=1), 0, "must be at least 1"),
        (_setting("float", max=1), 1.5, "must be at most 1"),
        (_setting("float"), float("nan"), "finite"),
        (_setting("bool"), 1, "must be true or false"),
        (_setting("list"), "a", "must be a list"),
        (_setting("list"), ["a", 1], "list of texts"),
        (_setting("list"), ["x" * 10_001], "an item of more than"),
        (_setting("list"), ["x"] * 1_001, "more than 1000 items"),
        (_setting("list", max=1), ["a", "b"], "at most 1 items"),
        (_setting("list", required=True), [], "is empty"),
        (_setting("choice", choices=("a", "b")), "c", "one of a, b"),
        (_setting("url"), "example.com", "starts with https://"),
        (_setting("url"), "ftp://example.com", "starts with https://"),
        (_setting("url"), "https://", "starts with https://"),
        (_setting("url"), "https://[", "is not a web address"),
        (_setting("url"), "https://a:b/", "is not a web address"),
        (_setting("url"), "https://me:pw@example.com/", "use a credential"),
        (_setting("url"), "https://example.com/a b", "blanks"),
        (_setting("table"), [1], "must be a table"),
    ],
)
def test_each_mistake_is_one_sentence(setting: Setting, value: object, says: str) -> None:
    with pytest.raises(Refused) as refused:
        check_settings(_manifest(setting), {"it": value})
    sentence = str(refused.value)
    assert sentence.startswith("town: the setting it ") and says in sentence
    assert "\n" not in sentence


def test_unknown_and_missing_settings_are_named() -> None:
    manifest = _manifest(Setting(name="server", type="url", help=WORDS, required=True))
    with pytest.raises(Refused, match=r"has no setting 'sever'; did you mean server\?"):
        check_settings(manifest, {"sever": "x"})
    with pytest.raises(Refused, match="'zzz'; it knows server"):
        check_settings(manifest, {"zzz": "x"})
    with pytest.raises(Refused, match=r"needs the setting server \(Where\); add it"):
        check_settings(manifest, {})
    with pytest.raises(Refused, match="it has none"):
        check_settings(_manifest(), {"x": 1})


def test_hosts_come_from_the_settings_they_name() -> None:
    settings = (
        Setting(name="server", type="url", help=WORDS),
        Setting(name="more", type="list", help=WORDS),
    )
    manifest = _manifest(*settings, hosts=("api.example.com", "{server}", "{more}"))
    given = {"server": "https://A.example:8443/x", "more": ["b.example", "http://c.example/", ""]}
    assert hosts_of(manifest, given) == ("api.example.com", "a.example", "b.example", "c.example")
    assert hosts_of(manifest, {}) == ("api.example.com",)


def test_a_text_may_hold_an_address_and_a_list_where_the_hosts_name_it() -> None:
    manifest = _manifest(_setting("list"), hosts=("*",))
    addresses: tuple[SettingType, ...] = ("str", "url", "table")
    others: tuple[SettingType, ...] = ("list", "int", "float", "bool", "choice")
    for kind in addresses:
        assert says_where(manifest, _setting(kind)), kind
    for kind in others:
        assert not says_where(manifest, _setting(kind)), kind
    assert says_where(_manifest(_setting("list"), hosts=("{it}",)), _setting("list"))
    assert says_where(_manifest(hosts=("*.example.com",)), _setting("str"))
    assert not says_where(_manifest(hosts=("api.example.com", "{url}")), _setting("str"))


def test_the_host_in_a_text() -> None:
    assert host_in(" Mastodon.example. ") == "mastodon.example"
    assert host_in("https://[::1]:80/") == "::1"
    assert host_in("http://[") == ""
    assert wrong_url("https://example.com/") == ""
