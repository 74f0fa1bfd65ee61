"""The contract suites catch what they are there to catch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, settings

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Author, Entity, Gone, Media, OptedOut, Post, Unreadable
from parvis.plug.testkit import (
    BridgeContract,
    CheckContract,
    FakeHttp,
    FormatContract,
    LayoutContract,
    ManualClock,
    SourceContract,
    recorded,
    sound,
    tools,
)
from parvis.plug.testkit.payloads import damaged, raw_of, warped
from parvis.plug.testkit.quality import read_quality, rules_of
from parvis.run.blueprint import filled

URL = "https://network.example/posts.json"
POST = Post("town:x.example:1", "town", "Hello #fête", 1_790_000_000_000)
Suite = SourceContract | CheckContract | FormatContract | LayoutContract | BridgeContract


@pytest.fixture
def grown(tmp_path: Path) -> Callable[..., Suite]:
    """The suite over a fresh extension, with some of its files changed."""

    def grow(kind: str, name: str, changes: dict[str, tuple[str, str]] | None = None) -> Suite:
        folder = tmp_path / name
        for place, text in filled(kind, name).items():  # type: ignore[arg-type]
            old, new = (changes or {}).get(place, ("", ""))
            assert old in text
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_text(text.replace(old, new) if old else text, encoding="utf-8")
        suites: dict[str, type[Suite]] = {
            "source": SourceContract,
            "check": CheckContract,
            "format": FormatContract,
        }
        attributes: dict[str, Any] = {"folder": folder}
        if kind == "source":
            attributes["settings"] = {"url": URL}
        suite: Suite = type("Suite", (suites[kind],), attributes)()
        return suite

    return grow


@pytest.fixture
def unshrunk() -> Iterator[None]:
    """Hypothesis gives the first failure that it finds: nobody reads it here."""
    before = settings.get_current_profile_name()
    settings.register_profile("unshrunk", settings.get_profile(before), phases=[Phase.generate])
    settings.load_profile("unshrunk")
    yield
    settings.load_profile(before)


def _fails(suite: Suite, name: str) -> bool:
    try:
        getattr(suite, name)()
    except (AssertionError, ExceptionGroup, Refused, TypeError, KeyError, msgspec.MsgspecError):
        return True
    return False


@pytest.mark.parametrize("kind", ["source", "check", "format"])
def test_a_fresh_extension_holds(kind: str, grown: Callable[..., Suite]) -> None:
    suite = grown(kind, f"fresh_{kind}")
    for name in (name for name in dir(suite) if name.startswith("test_")):
        getattr(suite, name)()


CODE, TOML, DOC, MARKS = "__init__.py", "plugin.toml", "doc.md", "quality.toml"
UNREADABLE = "(msgspec.DecodeError, UnicodeDecodeError, RecursionError):\n            "
DAMAGED = "test_damaged_payloads_never_raise"
ON_SHOW = "test_what_is_on_show_can_be_asked_after"
SCREEN = 'public_screen = "yes"'
GROWS = '{**state, "taps": list(taps)}'
FAULTS: dict[str, list[tuple[str, str, str, str]]] = {
    "source": [
        (TOML, "polls = true", "", "test_manifest_says_how_it_collects"),
        (TOML, 'kind = "source"\n', 'kind = "check"\n', "test_manifest_is_valid"),
        (TOML, 'data = ["public posts", "names of authors"]', "", "test_fixtures_are_read"),
        (DOC, "`every_s`", "", "test_settings_are_documented"),
        (MARKS, 'pure = "done"', "", "test_quality_is_stated"),
        (CODE, 'f"{NAME}:{host}:{number}"', "number", "test_fixtures_are_read"),
        (CODE, "clean(item.text)", "item.text", DAMAGED),
        (CODE, "0 <= item.at <= YEAR_2100_S", "True", DAMAGED),
        (CODE, "return Unreadable(where, ", "raise ValueError(where, ", DAMAGED),
        (CODE, "network=NAME", "network=str(id(self))", "test_read_is_pure"),
        (CODE, f"{UNREADABLE}yield", "KeyError:\n            yield", "test_any_bytes_never_raise"),
        (CODE, "def open_source", "def open_sauce", "test_it_opens"),
        (TOML, SCREEN, f"{SCREEN}\nrecheck_every_s = 60", ON_SHOW),
    ],
    "check": [
        (CODE, "Span(0, len(post.text))", "Span(0, 999)", "test_fixtures_are_judged"),
        (CODE, '"The text is not all in capitals."', '""', "test_any_text_is_judged"),
        (CODE, 'version = "1"', 'version = ""', "test_version_is_said"),
    ],
    "format": [
        (
            CODE,
            f"return {GROWS}",
            f"state.update({GROWS}); return state",
            "test_fixtures_are_played",
        ),
        (CODE, f"return {GROWS}", "return state", "test_fixtures_are_played"),
        (CODE, f"return {GROWS}", '{**state, "taps": {1, 2}}', "test_fixtures_are_played"),
        (CODE, 'act.action == "tap"', 'act.data["x"]', "test_any_acts_are_played"),
        (CODE, UNREADABLE, "KeyError:\n            ", "test_any_request_is_answered"),
    ],
}


@pytest.mark.usefixtures("unshrunk")
@pytest.mark.parametrize(
    ("kind", "number"), [(kind, at) for kind, faults in FAULTS.items() for at in range(len(faults))]
)
def test_each_fault_is_caught(kind: str, number: int, grown: Callable[..., Suite]) -> None:
    place, old, new, caught = FAULTS[kind][number]
    assert _fails(grown(kind, f"faulty_{kind}_{number}", {place: (old, new)}), caught)


RECHECK = """
    async def recheck(self, posts):
        for post in posts:
            reply = await self._tools.http.get(self._url, allow=(404,))
            if {gone}:
                yield Raw(body=post.key.encode(), kind="gone")

    def read(self, raw: Raw) -> Iterable[Arrival]:
        if raw.kind == "gone":
            from parvis.core.post import Gone

            yield Gone(raw.body.decode())
            return
"""


@pytest.mark.parametrize(
    ("gone", "fails"),
    [
        ("reply.status == 404", True),
        ('b"posts" not in reply.body', True),
        ('reply.status == 404 and b"gone" in reply.body', False),
    ],
)
def test_trouble_taken_for_a_deletion_is_caught(
    gone: str, fails: bool, grown: Callable[..., Suite]
) -> None:
    head = "    def read(self, raw: Raw) -> Iterable[Arrival]:\n"
    changes = {
        TOML: (SCREEN, f"{SCREEN}\nrecheck_every_s = 60"),
        CODE: (head, RECHECK.format(gone=gone)),
    }
    assert _fails(grown("source", f"asked_{abs(hash(gone))}", changes), ON_SHOW) is fails


def test_a_visitors_token_in_a_view_is_caught(grown: Callable[..., Suite]) -> None:
    suite = grown("format", "leaky", {CODE: ('"count": len(state["taps"])', '"w": state["last"]')})
    path = suite.place / CODE
    text = path.read_text(encoding="utf-8").replace(
        '"taps": list', '"last": acts[-1].who if acts else "", "taps": list'
    )
    path.write_text(text.replace('"taps": []}', '"taps": [], "last": ""}'), encoding="utf-8")
    assert _fails(suite, "test_fixtures_are_played")


@pytest.mark.parametrize(
    "arrival",
    [
        msgspec.structs.replace(POST, key="1"),
        msgspec.structs.replace(POST, key="town:x.example:a b"),
        msgspec.structs.replace(POST, key="town:x:" + "9" * 1_000),
        msgspec.structs.replace(POST, network=""),
        msgspec.structs.replace(POST, text="\ud800"),
        msgspec.structs.replace(POST, text="a\x00b"),
        msgspec.structs.replace(POST, created_at_ms=-1),
        msgspec.structs.replace(POST, created_at_ms=4_102_444_800_001),
        msgspec.structs.replace(POST, entities=(Entity("tag", 6, 12, "#fête"),)),
        msgspec.structs.replace(POST, entities=(Entity("tag", 6, 10, "#fête"),)),
        msgspec.structs.replace(POST, entities=(Entity("link", 0, 5, "Hello", "javascript:x"),)),
        msgspec.structs.replace(POST, media=(Media("image", ""),)),
        msgspec.structs.replace(POST, media=(Media("image", "data:image/png,x"),)),
        msgspec.structs.replace(POST, permalink="file:///x"),
        msgspec.structs.replace(POST, author=Author("me", "me", "Me")),
        Gone("1"),
        OptedOut("", "noindex"),
        "a text",
    ],
)
def test_what_is_not_sound_is_caught(arrival: Any) -> None:
    with pytest.raises((AssertionError, UnicodeEncodeError)):
        sound(arrival)


@pytest.mark.parametrize(
    "arrival",
    [
        POST,
        msgspec.structs.replace(POST, entities=(Entity("tag", 6, 11, "#fête"),)),
        Gone("town:x.example:1"),
        OptedOut("town:x.example:1", "noindex"),
        Unreadable("posts[3]", "it has no id"),
    ],
)
def test_what_is_sound_passes(arrival: Arrival) -> None:
    assert sound(arrival)


def test_damage_is_plenty_and_the_same_each_time() -> None:
    body = b'{"posts": [{"id": "1", "n": null}]}'
    assert list(damaged(body)) == list(damaged(body)) and list(warped(body)) == list(warped(body))
    assert b"" in list(damaged(body)) and len(set(damaged(body))) > 50
    told = {text.decode() for text in warped(body)}
    assert '{"posts": []}' in told and '{"posts": [{"n": null}]}' in told and "{}" in told
    assert list(warped(b"no json")) == [] and list(damaged(b"")) == []


def test_a_fixtures_name_says_its_kind() -> None:
    assert raw_of("update.edited.json", b"x").kind == "update"
    assert (raw_of("home.json", b"x").kind, raw_of("a.xml", b"").content_type) == (
        "",
        "application/xml",
    )


def test_recorded_payloads_come_from_the_named_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PARVIS_RECORDED", raising=False)
    assert list(recorded("town")) == []
    monkeypatch.setenv("PARVIS_RECORDED", str(tmp_path))
    with pytest.raises(Refused, match="nothing of town can be read"):
        list(recorded("town"))
    (tmp_path / "town" / "deep").mkdir(parents=True)
    (tmp_path / "town" / "deep" / "b.json").write_bytes(b"2")
    (tmp_path / "town" / "a.json").write_bytes(b"1")
    assert list(recorded("town")) == [("a.json", b"1"), ("deep/b.json", b"2")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "rule pure is missing"),
        ('pure = "yes"', "pure is not understood"),
        ('pure = { todo = " " }', "pure is not understood"),
        ('pure = { later = "x" }', "pure is not understood"),
        ('pure = "done"\nbudget = "done"', "budget is no rule for a check"),
        ("pure = ", "not valid TOML"),
    ],
)
def test_quality_that_is_not_stated_is_refused(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / MARKS
    rest = [f'{rule} = "done"' for rule in rules_of("check") if rule != "pure"]
    path.write_text("\n".join([*rest, line]), encoding="utf-8")
    with pytest.raises(Refused, match=says):
        read_quality(path, "check")
    path.write_text("\n".join([*rest, 'pure = { exempt = "why" }']), encoding="utf-8")
    assert read_quality(path, "check")["pure"] == ("exempt", "why")
    with pytest.raises(Refused, match="is missing"):
        read_quality(tmp_path / "none.toml", "check")


async def test_the_fake_network_answers_as_the_real_one() -> None:
    http = FakeHttp()
    http.answers(URL, {"a": 1}, headers={"ETag": "1"}).answers(URL, "<html>")
    http.answers(URL, status=429, headers={"Retry-After": "7"}).answers(URL, status=404)
    http.answers(URL, error=Later("cut"))
    first = await http.get(f"{URL}?x=1", params={"q": "é"}, bearer="t")
    assert first.json() == {"a": 1}
    with pytest.raises(Refused, match="web page where JSON"):
        await http.get(URL, accept=("application/json",))
    with pytest.raises(Later) as later:
        await http.get(URL)
    assert later.value.retry_after_s == 7
    assert (await http.post(URL, json={"b": 2}, allow=(404,))).status == 404
    for _ in range(2):
        with pytest.raises(Later, match="cut"):
            await http.get(URL)
    with pytest.raises(AssertionError, match="nobody scripted"):
        await http.get("https://elsewhere.example/")
    asked = http.asked[0]
    assert (asked.params, asked.bearer, http.asked[3].body) == ({"q": "é"}, "t", b'{"b":2}')
    http = FakeHttp().answers(URL, "x", headers={"ETag": "1"})
    first = await http.get(URL, conditional="")
    assert (await http.get(URL, conditional=first.validators)).not_modified


async def test_the_fake_network_hands_over_a_refused_stream() -> None:
    http = FakeHttp().answers(URL, b"why\n", status=409)
    async with http.stream(URL, allow=(409,)) as stream:
        assert stream.status == 409 and [line async for line in stream.lines()] == [b"why"]
    with pytest.raises(Refused, match="409"):
        async with http.stream(URL):
            raise AssertionError("never open")


async def test_the_fake_network_streams() -> None:
    http = FakeHttp().streams(URL, b"a\nb", b"c\n").streams(URL, b"d\n", Later("cut"))
    async with http.stream(URL) as stream:
        assert [line async for line in stream.lines()] == [b"a", b"bc"]
    with pytest.raises(Later, match="cut"):
        async with http.stream(URL) as stream:
            assert [line async for line in stream.lines()] == [b"d"]
    async with http.websocket(URL) as socket:
        await socket.send("hello")
        assert await anext(socket.messages()) == b"d\n"
    assert http.sent == ["hello"]
    refused = FakeHttp().answers(URL, status=401)
    with pytest.raises(Refused, match="401"):
        async with refused.stream(URL):
            raise AssertionError("never open")


def test_tools_are_checked_and_filled(grown: Callable[..., Suite]) -> None:
    folder = grown("source", "filled").place
    assert tools({"url": URL}, folder=folder).settings == {"url": URL, "every_s": 60}
    with pytest.raises(Refused, match="has no setting"):
        tools({"uri": URL}, folder=folder)
    clock = ManualClock(1_000)
    clock.advance(1.5)
    assert tools(clock=clock).clock() == 2_500
