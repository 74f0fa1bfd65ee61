"""Walls are made, read whole and changed; two who change one are told of each other."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.types import Message

from parvis.core.wall import SourceSpec
from parvis.core.wire import Snapshot, apply
from parvis.flow.publish import messages
from parvis.plug.seal import SEALED
from parvis.run.open_extension import open_source, seal_of
from parvis.web.pages.plain import STUDIO
from parvis.web.screens import DARK_MS
from tests.street import EVENT, SECRET, Street, open_street
from tests.studio import HERE, colleague, owner, value

WALL = "/api/walls/square"


async def got(street: Street, path: str) -> dict[str, Any]:
    return value(await street.get(path, key=True))


async def change(street: Street, rev: int, status: int = 200, **changes: Any) -> dict[str, Any]:
    return value(await street.post(WALL, {"rev": rev, "changes": changes}), status)


# all of them --------------------------------------------------------------------------------------
async def test_a_line_has_what_the_first_page_shows(street: Street) -> None:
    await street.tell("1", "Hello")
    await street.post("/w/square/bar/report", {"seq": 1}, key=False)
    (line,) = (await got(street, "/api/walls"))["walls"]
    assert (line["id"], line["layout"], line["on_air"]) == ("square", "masonry", True)
    assert line["screens"] == {"up": 1, "dark": 0}
    assert line["waiting"] == 0 and line["p50_ms"] >= 0
    await street.post(f"{WALL}/panic", {"on": True})
    assert (await got(street, "/api/walls"))["walls"][0]["on_air"] is False


async def test_a_closed_tab_is_no_dark_screen(street: Street) -> None:
    for name in ("bar", "tab-a1b2"):
        await street.post(f"/w/square/{name}/report", {"seq": 1}, key=False)
    (line,) = (await got(street, "/api/walls"))["walls"]
    assert line["screens"] == {"up": 2, "dark": 0}
    for heard in await street.house.engine.screens("square"):
        ago = msgspec.structs.replace(heard, last_ms=heard.last_ms - 2 * DARK_MS)
        await street.house.engine.hear_screen("square", ago, dark_ms=10**9)
    (line,) = (await got(street, "/api/walls"))["walls"]
    assert line["screens"] == {"up": 0, "dark": 1}


# made ---------------------------------------------------------------------------------------------
async def test_a_wall_is_made_in_three_questions(street: Street) -> None:
    asked = {
        "title": "Les Veillées du Port !",
        "lang": "fr",
        "hashtags": ["#VeilleesDuPort", "VeilleesDuPort"],
        "mode": "show_first",
        "kind": "event",
        "mastodon": "social.example",
    }
    wall = value(await street.post("/api/walls", asked))
    assert (wall["id"], wall["mode"], wall["rev"]) == ("les-veillees-du-port", "show_first", 1)
    assert wall["hashtags"] == ["VeilleesDuPort"]
    by_plugin = {source["plugin"]: source for source in wall["sources"]}
    assert by_plugin["mastodon"]["settings"]["tags"] == ["VeilleesDuPort"]
    assert (await street.get("/w/les-veillees-du-port")).status == 200
    again = value(await street.post("/api/walls", {"title": "Les veillées du port"}))
    assert again["id"] == "les-veillees-du-port-2"
    assert value(await street.post("/api/walls", {"title": "広場"}))["id"] == "wall"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"title": "\u200b"}, "The title has no letters"),
        ({"title": "x", "lang": "français"}, "The body is not what"),
        ({"title": "x", "hashtags": ["two words"]}, "The body is not what"),
        ({"title": "x", "kind": "party"}, "The body is not what"),
        ({"title": "x", "id": "mine"}, "The body is not what"),
    ],
)
async def test_a_wall_that_cannot_be_is_told(
    street: Street, asked: dict[str, Any], says: str
) -> None:
    said = value(await street.post("/api/walls", asked), 422)
    assert said["detail"].startswith(says)
    assert len((await got(street, "/api/walls"))["walls"]) == 1


async def test_nobody_makes_walls_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)
    street = await open_street(tmp_path / "data", max_walls=3)
    try:
        ed = await colleague(street, "ed", "editor")
        asked = [ed.post("/api/walls", {"title": f"Wall {n}"}) for n in range(4)]
        assert sorted(each.status for each in await asyncio.gather(*asked)) == [200, 200, 422, 422]
        body = {"title": "One more"}
        said = value(await ed.post("/api/walls", body), 422)
        assert said["detail"] == (
            "No more than 3 walls are made here (max_walls); whoever runs parvis can raise that"
            " setting."
        )
        french = {"accept-language": "fr"}
        said = value(await street.post("/api/walls", body, headers=french), 422)
        assert said["detail"].startswith("Il ne se crée pas plus de 3 murs ici (max_walls)")
        assert len((await got(street, "/api/walls"))["walls"]) == 3
        await street.house.declaring.apply(EVENT + '[[wall]]\nid = "fair"\ntitle = "Fair"\n')
        assert len((await got(street, "/api/walls"))["walls"]) == 4, "the file is the owner's word"
    finally:
        await street.house.stop()


# changed ------------------------------------------------------------------------------------------
async def test_what_is_given_changes_and_the_rest_stays(street: Street) -> None:
    before = await got(street, WALL)
    after = await change(
        street,
        before["rev"],
        title="The quay",
        policy={"trusted": ["webhook:ada"]},
        brand={"scheme": "light"},
        mode="approve_first",
    )
    assert (after["title"], after["mode"], after["rev"]) == (
        *("The quay", "approve_first"),
        before["rev"] + 1,
    )
    assert after["policy"]["trusted"] == ["webhook:ada"]
    assert after["policy"]["checks"] == before["policy"]["checks"]
    assert after["brand"] == {**before["brand"], "scheme": "light"}
    assert after["changed"]["name"] == "The owner"
    same = await change(street, after["rev"], title="The quay")
    assert same["rev"] == after["rev"], "nothing changed, so nobody else's page is stale"


async def test_two_who_change_one_wall_are_told_of_each_other(street: Street) -> None:
    ada, mo = await owner(street), await colleague(street, "mo", "editor")
    rev = value(await ada.get(WALL))["rev"]
    assert (await mo.post(WALL, {"rev": rev, "changes": {"title": "Mo's"}})).status == 200
    said = value(await ada.post(WALL, {"rev": rev, "changes": {"lang": "fr"}}), 409)
    assert said["detail"].startswith("Mo changed this wall 0 s ago: look at it again")
    held = value(await ada.get(WALL))
    assert (held["title"], held["lang"]) == ("Mo's", "en")
    at_once = await asyncio.gather(
        *(change_by(desk, held["rev"], n) for n, desk in enumerate((ada, mo)))
    )
    assert sorted(at_once) == [200, 409]


async def change_by(desk: Any, rev: int, number: int) -> int:
    answer = await desk.post(WALL, {"rev": rev, "changes": {"title": f"Title {number}"}})
    return int(answer.status)


async def test_panic_is_kept_through_a_change_and_is_none(street: Street) -> None:
    rev = (await got(street, WALL))["rev"]
    await street.post(f"{WALL}/panic", {"on": True})
    after = await change(street, rev, title="Covered")
    assert after["panic"] is True


async def test_an_event_file_counts_as_a_change(street: Street) -> None:
    from tests.street import EVENT

    rev = (await got(street, WALL))["rev"]
    await street.house.declaring.apply(EVENT.replace("The <square>", "From the file"))
    said = await change(street, rev, 409, title="From the page")
    assert said["detail"].startswith("event file changed this wall")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"layout": "spiral"}, "There is no layout 'spiral'; there are"),
        ({"policy": {"checks": 5}}, "The policy is wrong: Expected"),
        ({"policy": {"checks": None}}, "The policy is wrong: Expected"),
        ({"policy": {"checks": [{}]}}, "The policy is wrong: Expected"),
        ({"policy": {"checks": ["psychic"]}}, "There is no check 'psychic'; there are"),
        ({"policy": {"mood": 1}}, "A policy has no 'mood'; it has mode"),
        ({"policy": {"flood": 3}}, "The policy is wrong: Expected"),
        ({"brand": {"scheme": "dusk"}}, "The brand is wrong: Invalid enum value"),
        ({"policy": {"flood": {"posts": 0, "within_s": 9}}}, "The policy is wrong: posts and"),
        ({"policy": {"flood": {"posts": 1, "within_s": 10**20}}}, "The policy is wrong: posts and"),
        ({"brand": {"ground": "red;}</style>"}}, "The brand's ground: 'red;}</style>' is"),
        ({"brand": {"ink": "url(//x.example)"}}, "The brand's ink: 'url(//x.example)' is"),
        ({"brand": {"logo": "http://x.example/a.png"}}, "The brand's logo: a logo is"),
        ({"brand": {"logo": "javascript:alert(1)"}}, "The brand's logo: a logo is"),
        ({"brand": {"radius": 1e9}}, "The brand's radius: radius is"),
        ({"lang": "en\n"}, "The body is not what"),
        ({"hashtags": ["tag\n"]}, "The body is not what"),
        ({"capacity": 0}, "The body is not what"),
        ({"panic": True}, "The body is not what"),
    ],
)
async def test_a_change_that_cannot_be_is_told(
    street: Street, changes: dict[str, Any], says: str
) -> None:
    rev = (await got(street, WALL))["rev"]
    assert (await change(street, rev, 422, **changes))["detail"].startswith(says)
    assert (await got(street, WALL))["rev"] == rev


async def test_a_hashtag_turns_no_signs_beside_it(street: Street) -> None:
    rev = (await got(street, WALL))["rev"]
    wall = await change(street, rev, hashtags=["#\u202egnitset", "\u200b\u202e", "gnitset"])
    assert wall["hashtags"] == ["gnitset"]


async def test_a_larger_wall_lets_its_cards_in_on_every_screen(street: Street) -> None:
    for number in range(1, 6):
        text = f"Number {number} is long enough to be told from all the others."
        await street.tell(str(number), text, name=f"Person {number}")
    engine = street.house.engine
    small = await change(street, (await got(street, WALL))["rev"], capacity=2)
    snapshot = await engine.snapshot_of_wall("square")
    assert snapshot is not None and len(snapshot.cards) == 2
    await change(street, small["rev"], capacity=4)
    screen: Snapshot = snapshot
    for seq, message in await messages(
        engine, "square", await engine.facts_after("square", snapshot.seq)
    ):
        screen = apply(screen, message, seq)
    fresh = await engine.snapshot_of_wall("square")
    assert fresh is not None and len(fresh.cards) == 4
    assert screen.cards == fresh.cards


async def test_walls_made_at_once_are_as_many_walls(street: Street) -> None:
    asked = {"title": "Twin", "lang": "en", "hashtags": [], "kind": "event"}
    modes = ("approve_first", "show_first", "trusted_only", "approve_first")
    made = await asyncio.gather(
        *(street.post("/api/walls", {**asked, "mode": mode}) for mode in modes)
    )
    walls = [value(each) for each in made]
    assert [wall["mode"] for wall in walls] == list(modes), "everybody got what they asked for"
    assert len({wall["id"] for wall in walls}) == 4
    assert len({wall["sources"][0]["id"] for wall in walls}) == 4


# sources ------------------------------------------------------------------------------------------
async def test_a_source_is_added_changed_switched_off_and_dropped(street: Street) -> None:
    path = f"{WALL}/sources"
    feed = {"plugin": "feed", "settings": {"url": "https://example.org/feed"}}
    added = value(await street.post(path, feed))
    assert [source["id"] for source in added["sources"]][-1] == "square-feed"
    other = {"settings": {"url": "https://example.org/other"}, "enabled": False}
    changed = value(await street.post(f"{path}/square-feed", other))
    spec = changed["sources"][-1]
    assert (spec["settings"]["url"], spec["enabled"]) == ("https://example.org/other", False)
    dropped = value(await street.post(f"{path}/square-feed", {"drop": True}))
    assert "square-feed" not in [source["id"] for source in dropped["sources"]]
    assert (await street.post(f"{path}/square-feed", {"drop": True})).status == 404


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ({"plugin": "telepathy"}, 422, "There is no source called 'telepathy'; there are"),
        ({"plugin": "feed", "settings": {}}, 422, ""),
        ({"plugin": "feed", "settings": {"url": "x", "more": 1}}, 422, ""),
        ({"plugin": "webhook", "secrets": {"secret": "lower"}}, 422, "The body is not what"),
        ({"plugin": "webhook", "secrets": {"other": "NAME"}}, 422, "webhook has no credential"),
    ],
)
async def test_a_source_that_cannot_be_is_told(
    street: Street, asked: dict[str, Any], status: int, says: str
) -> None:
    said = value(await street.post(f"{WALL}/sources", asked), status)
    assert said["detail"].startswith(says) and "\n" not in said["detail"]


async def test_sources_added_at_once_are_as_many_sources(street: Street) -> None:
    addresses = [f"https://example.org/{number}" for number in range(4)]
    await asyncio.gather(
        *(
            street.post(f"{WALL}/sources", {"plugin": "feed", "settings": {"url": address}})
            for address in addresses
        )
    )
    held = await street.house.engine.sources("square")
    assert sorted(one.settings["url"] for one in held if one.plugin == "feed") == addresses


async def test_only_an_owner_names_secrets(street: Street) -> None:
    editor = await colleague(street, "mo", "editor")
    asked = {"plugin": "webhook", "secrets": {"secret": "TEST_WEBHOOK_SECRET"}}
    said = value(await editor.post(f"{WALL}/sources", asked), 403)
    assert said["detail"].startswith("Only an owner may name secrets")


TOKEN = "a-token-that-nobody-may-read"


async def source_of(street: Street, id_: str = "square-mastodon") -> SourceSpec:
    return next(each for each in await street.house.engine.sources("square") if each.id == id_)


async def test_a_key_is_sealed_used_and_never_told(street: Street) -> None:
    editor = await colleague(street, "mo", "editor")
    path = f"{WALL}/sources"
    asked = {
        "plugin": "mastodon",
        "settings": {"server": "one.example", "tags": ["parvis"]},
        "keys": {"token": "two\nlines"},
    }
    added = await editor.post(path, {**asked, "keys": {"token": f" {TOKEN} "}})
    assert added.status == 200 and TOKEN not in added.body.decode()
    spec = json.loads(added.body)["sources"][-1]
    assert spec["secrets"] == {"token": "sealed"}
    for told in (path, WALL, "/api/walls"):
        body = (await street.get(told, key=True)).body.decode()
        assert TOKEN not in body and SEALED not in body, told
    held = await source_of(street)
    opened = open_source(
        held, engine=street.house.engine, http=street.house.http, clock=street.house.clock,
        base="", darkroom=street.house.darkroom, seal=seal_of(street.house.settings),
    )  # fmt: skip
    assert opened._rest._token == TOKEN  # type: ignore[attr-defined]
    assert TOKEN.encode() not in b"".join(
        each.read_bytes() for each in street.house.settings.folder.rglob("*") if each.is_file()
    )
    taken = value(await editor.post(f"{path}/square-mastodon", {"keys": {"token": None}}))
    assert taken["sources"][-1]["secrets"] == {}
    assert value(await editor.post(path, asked), 422)["detail"].startswith("The credential token")


async def test_a_key_never_goes_to_another_server_unseen(street: Street) -> None:
    editor = await colleague(street, "mo", "editor")
    path = f"{WALL}/sources"
    settings = {"server": "one.example", "tags": ["parvis"]}
    asked = {"plugin": "mastodon", "settings": settings, "keys": {"token": TOKEN}}
    value(await editor.post(path, asked))
    there = f"{path}/square-mastodon"
    value(await editor.post(there, {"settings": {**settings, "tags": ["other"]}}))
    led = {"settings": {**settings, "server": "mine.example"}}
    said = value(await editor.post(there, led), 403)
    assert said["detail"].startswith("With another server, the keys of this source would go")
    assert (await source_of(street)).settings["server"] == "one.example"
    value(await editor.post(there, {**led, "keys": {"token": "another"}}))
    value(await street.post(there, {"settings": {**settings, "server": "three.example"}}))


async def test_an_applied_file_keeps_the_keys_that_were_set(street: Street) -> None:
    path = f"{WALL}/sources/room"
    said = value(await street.post(path, {"keys": {"token": TOKEN}}), 422)
    assert said["detail"] == "phone has no credential 'token'."
    value(await street.post(f"{WALL}/sources/hook", {"keys": {"secret": SECRET}}))
    assert (await street.house.declaring.apply(EVENT)).said == ()
    assert (await source_of(street, "hook")).secrets["secret"].startswith(SEALED)


async def test_a_second_webhook_gets_a_name_of_its_own(street: Street) -> None:
    for given, name in (({}, "square-webhook"), ({"name": "main"}, "square-webhook-2")):
        asked = {"plugin": "webhook", "settings": {"open": True, **given}}
        value(await street.post(f"{WALL}/sources", asked))
        held = {one.id: one.settings for one in await street.house.engine.sources("square")}
        assert held[name] == {"open": True, "name": name}, "its posts are not those of `hook`"
        assert held["hook"]["name"] == "main", "keys of posts that are there stay"
    asked = {"plugin": "webhook", "settings": {"name": "desk"}}
    value(await street.post(f"{WALL}/sources", asked))
    held = {one.id: one.settings for one in await street.house.engine.sources("square")}
    assert held["square-webhook-3"]["name"] == "desk"


async def test_what_can_be_added_is_listed_with_its_settings(street: Street) -> None:
    found = await got(street, "/api/plugins")
    feed = next(each for each in found["sources"] if each["id"] == "feed")
    assert any(setting["name"] == "url" for setting in feed["settings"])
    assert feed["name"]["fr"]
    assert "masonry" in found["layouts"] and "wordlist" in found["checks"]


# now ----------------------------------------------------------------------------------------------
async def test_now_has_everything_of_the_moment(street: Street) -> None:
    await street.tell("1", "Hello")
    await street.post(f"{WALL}/posts/decide", {"post": "webhook:main:1", "state": "hidden"})
    now = await got(street, f"{WALL}/now")
    assert now["counts"] == {"hidden": 1}
    assert [each["state"] for each in now["recent"]] == ["hidden", "approved"]
    assert now["names"] == {"person:owner": "The owner"}
    assert {each["source"] for each in now["sources"]} >= {"hook", "signed"}
    assert now["panic"]["on"] is False and now["screens"] == []


async def test_a_watcher_is_told_of_a_change_and_let_go(street: Street) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    gone = asyncio.Event()

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body" and message.get("body"):
            await heard.put(message["body"])

    headers = [(b"host", b"localhost"), (b"authorization", b"Bearer " + b"k" * 40)]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": f"{WALL}/watch",
        "raw_path": b"",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
    watching = asyncio.ensure_future(street.house.app(scope, receive, send))
    async with asyncio.timeout(20):
        first = json.loads((await heard.get()).removeprefix(b"data: "))
        assert first["panic"]["on"] is False
        await street.post(f"{WALL}/panic", {"on": True})
        while not json.loads((await heard.get()).removeprefix(b"data: "))["panic"]["on"]:
            pass
        gone.set()
        await watching
    assert len(street.house.room.watches) == 0


# the installation ---------------------------------------------------------------------------------
async def test_settings_say_what_plain_http_loses(street: Street) -> None:
    here = await got(street, "/api/settings")
    assert (here["secure"], here["said"], here["engine"]) == (True, [], "embedded")
    assert here["disk"]["free"] > 0
    key = {"authorization": f"Bearer {'k' * 40}"}
    asked = await street.ask("/api/settings", headers={**key, "host": "192.168.1.4:8400"})
    plain = value(asked)
    assert plain["secure"] is False and len(plain["said"]) == 2


async def test_a_stale_page_is_told_to_reload_and_changes_nothing(street: Street) -> None:
    page = street.house.room.static.mark(STUDIO)
    served = (await street.get("/studio")).body.decode()
    assert f'name="parvis-version" content="{page}"' in served
    assert (await got(street, "/api/settings"))["page"] == page
    ada = await owner(street)
    stale = {**HERE, "x-parvis-page": "older"}
    said = value(await ada.post(f"{WALL}/panic", {"on": True}, stale), 409)
    assert said["detail"] == (
        "This page is of another version than the server: reload it, nothing was changed."
    )
    row = await street.house.engine.wall("square")
    assert row is not None and not row.panic
    assert (await ada.post(f"{WALL}/panic", {"on": True}, {**HERE, "x-parvis-page": page})).status \
        == (200 if page else 409)  # fmt: skip
