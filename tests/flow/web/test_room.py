"""The pages and the API of a whole house."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from parvis.core.post import DisplayPolicy
from parvis.web.app import entries_of
from parvis.web.entry import Entry
from tests.street import EVENT, KEY, Street, bearer

WALL_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-src 'none'; frame-ancestors 'self'; require-trusted-types-for 'script';"
    " trusted-types lit-html parvis"
)


async def test_the_wall_holds_its_first_cards(street: Street) -> None:
    key = await street.tell("1", "Hello <b>you</b> #parvis")
    answer = await street.get("/w/square")
    page = answer.body.decode()
    assert page.startswith(
        '<!doctype html><html lang="en" dir="ltr" data-theme="conference" data-scheme="dark"'
    )
    assert f'data-post-id="{key}"' in page
    assert "Hello &lt;b&gt;you&lt;/b&gt; " in page
    assert '<span class="tag" dir="auto">#parvis</span>' in page
    assert 'data-face="archivo" data-motif="streams" data-hang="no" data-calm="no">' in page
    sheet = re.search(r'href="/look/square\.css\?v=([0-9a-f]{16})"', page)
    assert sheet is not None
    look = await street.get("/look/square.css", v=sheet[1])
    assert "immutable" in look.headers["cache-control"]
    assert "--f1: #1a33ff;" in look.body.decode()
    assert "<title>The &lt;square&gt;</title>" in page
    assert 'data-live="/live/square"' in page
    for script in ("wall/player.js", "layouts/masonry.js", "formats/poll.js"):
        assert f'src="/static/{script}' in page
    assert 'data-screen="left"' in (await street.get("/w/square/left")).body.decode()


@pytest.mark.parametrize("path", ["/w/square", "/p/square", "/studio", "/notice/square", "/w/none"])
async def test_every_page_is_kept_harmless(street: Street, path: str) -> None:
    answer = await street.get(path)
    csp = answer.headers["content-security-policy"]
    csp = csp.replace("img-src 'self' data: blob:; media-src 'self' blob:", "img-src 'self' data:")
    framed = WALL_CSP.replace("src 'none'; frame-a", "src 'self'; frame-a")
    watched = framed.replace(" data:;", " data: blob:; media-src 'self';")
    # the studio previews the wall, and plays the films that wait
    wanted = watched if path == "/studio" else WALL_CSP
    assert csp in (wanted, wanted.replace("ancestors 'self'", "ancestors 'none'"))
    assert ("frame-ancestors 'self'" in csp) is (path == "/w/square")
    assert answer.headers["x-content-type-options"] == "nosniff"
    referrer = "same-origin" if path == "/p/square" else "no-referrer"
    assert answer.headers["referrer-policy"] == referrer
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "set-cookie" not in answer.headers
    assert "style=" not in answer.body.decode()


async def test_a_page_is_sent_again_only_when_it_changed(street: Street) -> None:
    first = await street.get("/w/square")
    marks = {"if-none-match": first.headers["etag"]}
    assert (await street.ask("/w/square", headers=marks)).status == 304
    await street.tell("1", "News")
    assert (await street.ask("/w/square", headers=marks)).status == 200


async def test_a_page_is_compressed_for_whoever_reads_it(street: Street) -> None:
    packed = await street.ask("/w/square", headers={"accept-encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == (await street.get("/w/square")).body


async def test_an_unknown_wall_says_so_in_one_sentence(street: Street) -> None:
    for path in ("/w/none", "/p/none", "/notice/none"):
        answer = await street.get(path)
        assert answer.status == 404
        assert b"<h1>There is no such wall here; check the address" in answer.body
        assert b"phone.css" in answer.body and b'<header class="bar">' in answer.body
    french = await street.ask("/w/none", headers={"accept-language": "fr-BE,fr;q=0.9"})
    assert "pas de mur à cette adresse" in french.body.decode()
    assert (await street.get("/w/square/..%2f")).status == 404


async def test_the_notice_is_made_from_what_is_declared(street: Street) -> None:
    page = (await street.get("/notice/square")).body.decode()
    assert page.count("<li ") == 4
    assert "organiser&#x27;s own posts" in page
    assert "30 days" in page
    assert "object to its being shown" in page


async def test_the_phone_page_names_no_network_that_nobody_listens_to(street: Street) -> None:
    assert "Post with" not in (await street.get("/p/square")).body.decode()


async def test_the_root_opens_the_only_wall(street: Street) -> None:
    assert (await street.get("/")).headers["location"] == "/w/square"


# the API ------------------------------------------------------------------------------------------
PATHS = {"wall": "square", "screen": "s", "source": "hook", "door": "post", "format": "lunch",
         "which": "0", "receipt": "r" * 24, "person": "nobody", "figure": "posts",
         "path": "wall/player.js"}  # fmt: skip


def path_of(entry: Entry) -> str:
    return entry.path.replace(":path", "").format(**PATHS)


async def test_nobody_without_a_key_or_a_session_does_what_people_do(street: Street) -> None:
    entries = entries_of(street.house.room)
    owners = [entry for entry in entries if entry.who != "anyone"]
    assert len(owners) >= 25
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {KEY}"},
        {"authorization": f"Bearer {KEY[:-1]}"},
        {"cookie": f"key={KEY}"},
    )
    for entry in owners:
        for headers in wrong:
            answer = await street.ask(path_of(entry), method=entry.method, headers=headers)
            assert answer.status == 401, (entry.method, entry.path, headers)
            assert answer.headers["www-authenticate"] == "Bearer"
        in_query = await street.ask(path_of(entry), method=entry.method, params={"key": KEY})
        assert in_query.status == 401
        opened = await street.ask(path_of(entry), method=entry.method, headers=bearer())
        assert opened.status not in (401, 403), entry.path


OPEN = {
    *("/in/{source}/{door}", "/p/{wall}/{format}/{door}", "/p/{wall}"),
    "/w/{wall}/{screen}/report",
    *("/api/first", "/api/sign-in", "/api/invite", "/api/reset"),
    *("/r/{receipt}/edit", "/r/{receipt}/withdraw"),
}
"""Doors, and what lets somebody in; each has its own limits."""


async def test_every_act_needs_a_role_or_is_a_door(street: Street) -> None:
    for entry in entries_of(street.house.room):
        if entry.method != "GET" and entry.who == "anyone":
            assert entry.path in OPEN


async def test_a_route_that_does_not_say_who_may_cannot_be_written() -> None:
    async def handle(request: object) -> object:
        return None

    with pytest.raises(TypeError):
        Entry(method="GET", path="/x", handle=handle)  # type: ignore[call-arg, arg-type]
    with pytest.raises(ValueError, match="does not say who may"):
        Entry(method="GET", path="/x", handle=handle, who="all")  # type: ignore[arg-type]


async def test_reading_changes_nothing(street: Street) -> None:
    await street.tell("1", "Hello")
    before = await street.house.engine.head("square")
    for entry in entries_of(street.house.room):
        for method in ("GET", "HEAD"):
            for headers in ({}, bearer()):
                params = {"post": "webhook:main:1", "done": "lunch", "state": "approved"}
                await street.ask(path_of(entry), method=method, params=params, headers=headers)
    assert await street.house.engine.head("square") == before


async def test_the_api_describes_every_route_it_has(street: Street) -> None:
    described = json.loads((await street.get("/api/openapi.json")).body)
    assert described["openapi"] == "3.1.0"
    served = {
        (e.path, e.method.lower()) for e in entries_of(street.house.room) if "/api/" in e.path
    }
    told = {(path, method) for path, item in described["paths"].items() for method in item}
    assert told == served
    for item in described["paths"].values():
        for method, operation in item.items():
            assert operation["summary"].endswith(".")
            assert ("requestBody" in operation) is (method == "post")


def bounded(schema: object, where: str, schemas: dict[str, object], seen: set[str]) -> None:
    """Every text, number and list in what the API takes has a maximum."""
    if not isinstance(schema, dict):
        return
    if ref := schema.get("$ref"):
        name = str(ref).rpartition("/")[2]
        if name not in seen:
            seen.add(name)
            bounded(schemas[name], name, schemas, seen)
    kind = schema.get("type")
    if kind == "string" and "enum" not in schema:
        assert "maxLength" in schema, where
    if kind == "array":
        assert "maxItems" in schema, where
    if kind == "integer":
        assert "maximum" in schema, where
    for name, part in schema.get("properties", {}).items():
        bounded(part, f"{where}.{name}", schemas, seen)
    for part in schema.get("anyOf", []):
        bounded(part, where, schemas, seen)


async def test_everything_the_api_takes_has_a_maximum(street: Street) -> None:
    described = json.loads((await street.get("/api/openapi.json")).body)
    schemas = described["components"]["schemas"]
    for path, item in described["paths"].items():
        for operation in item.values():
            for parameter in operation.get("parameters", []):
                bounded(parameter["schema"], f"{path} {parameter['name']}", schemas, set())
            for content in operation.get("requestBody", {}).get("content", {}).values():
                bounded(content["schema"], path, schemas, set())


async def test_a_person_decides(street: Street) -> None:
    key = await street.tell("1", "Hello")
    queue = json.loads(
        (await street.get("/api/walls/square/queue", key=True, state="approved")).body
    )
    rev = queue["items"][0]["placement"]["rev"]
    assert queue["counts"] == {"approved": 1}
    asked = {"post": key, "state": "hidden", "rev": rev, "why": "not now"}
    answer = await street.post("/api/walls/square/posts/decide", asked)
    assert answer.status == 200, answer.body
    decided = json.loads(answer.body)
    assert decided["decision"]["by"] == "person:owner"
    assert decided["rev"] > rev
    assert decided["decision"]["why"] == "not now"
    again = {"post": key, "state": "approved"}
    said = json.loads((await street.post("/api/walls/square/posts/decide", again)).body)
    assert said["decision"]["why"] == "Approved by the owner."
    await street.post("/api/walls/square/posts/decide", {"post": key, "state": "hidden"})
    assert await street.cards() == []
    late = await street.post("/api/walls/square/posts/decide", {**asked, "state": "approved"})
    assert late.status == 409
    gone = await street.post("/api/walls/square/posts/decide", {**asked, "post": "a:b:c"})
    assert gone.status == 404


async def test_a_wrong_key_is_told_from_none(street: Street) -> None:
    without = await street.get("/api/walls")
    wrong = await street.ask("/api/walls", headers={"authorization": "Bearer parvis_wrong"})
    assert (without.status, wrong.status) == (401, 401)
    assert "open the link that" in json.loads(without.body)["detail"]
    assert json.loads(wrong.body)["detail"] == (
        "This key does not fit; the right one is in the file `key` of the data folder."
    )


async def test_each_hashtag_of_the_phone_page_keeps_its_sign_on_its_side(street: Street) -> None:
    source = (
        '[[wall.source]]\nid = "net"\nplugin = "mastodon"\nenabled = true\n'
        'settings = { server = "mastodon.invalid", tags = ["x"] }\n[[wall.format]]'
    )
    event = EVENT.replace('"#parvis"', '"#שלום", "parvis"').replace("[[wall.format]]", source)
    await street.house.declaring.apply(event)
    page = (await street.get("/p/square")).body.decode()
    assert "post with \u2068#שלום\u2069 \u2068#parvis\u2069 on Mastodon" in page


async def test_withdrawn_is_gone_and_can_be_traced(street: Street) -> None:
    key = await street.tell("1", "Hello")
    answer = await street.post("/api/posts/withdraw", {"post": key, "why": ""})
    assert json.loads(answer.body) == {"walls": 1}
    assert await street.cards() == []
    assert key not in (await street.get("/w/square")).body.decode()
    traced = json.loads((await street.get("/api/trace", key=True, post=key)).body)
    events = [step["event"] for step in traced["steps"]]
    assert events[0] == "post.seen"
    assert "card.gone" in events
    whys = [step["why"] for step in traced["steps"] if step["event"] == "post.decided"]
    assert whys[-1] == "Withdrawn by the owner." and all(whys)
    assert (await street.post("/api/posts/withdraw", {"post": "a:b:c", "why": "x"})).status == 404
    assert (await street.get("/api/trace", key=True, post="a:b:c")).status == 404


async def test_a_post_is_traced_by_any_name_that_means_it_alone(street: Street) -> None:
    item = {"id": "7", "text": "Hello", "author": {"name": "Ada"}, "link": "https://a.example/7"}
    told = json.loads((await street.post("/in/hook/post", item, key=False)).body)
    key = told["accepted"][0]["key"]
    await street.house.road.idle()
    for name in (key, "7", "main:7", "https://a.example/7"):
        traced = json.loads((await street.get("/api/trace", key=True, post=name)).body)
        assert traced["post"] == key and traced["steps"][0]["event"] == "post.seen", name
    again = EVENT.replace("settings = { open = true }", 'settings = { name = "b", open = true }')
    await street.house.declaring.apply(again)
    await street.post("/in/hook/post", item, key=False)
    await street.house.road.idle()
    several = await street.get("/api/trace", key=True, post="7")
    assert several.status == 422
    assert "webhook:b:7, webhook:main:7; give the whole key" in several.body.decode()


async def test_panic_covers_everything_public(street: Street) -> None:
    await street.tell("1", "Embarrassing")
    assert (await street.post("/api/walls/square/panic", {"on": True})).status == 200
    assert (
        "Embarrassing" not in (await street.get("/w/square")).body.decode().partition("<script")[0]
    )
    assert json.loads((await street.get("/feed/square.json")).body)["items"] == []
    await street.post("/api/walls/square/panic", {"on": False})
    assert "Embarrassing" in (await street.get("/w/square")).body.decode()


async def test_pages_of_the_queue_join_without_a_gap(street: Street) -> None:
    for number in range(5):
        await street.tell(str(number), f"Words number {number}", name=f"P{number}")
    seen: list[str] = []
    before = ""
    while True:
        more = {"before": before} if before else {}
        path = "/api/walls/square/queue"
        answer = await street.get(path, key=True, state="approved", limit="2", **more)
        queue = json.loads(answer.body)
        seen += [item["post"]["key"] for item in queue["items"]]
        if queue["before"] is None:
            break
        before = str(queue["before"])
    assert seen == [f"webhook:main:{number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/api/walls/square/posts/decide", {"post": "a:b:c"}, 422, "state"),
        ("/api/walls/square/posts/decide", {"post": "a", "state": "gone"}, 422, "gone"),
        ("/api/walls/square/posts/decide", {"post": "x" * 600, "state": "hidden"}, 422, "512"),
        ("/api/walls/square/posts/decide", b"{", 422, "not what"),
        ("/api/walls/none/posts/decide", {"post": "a", "state": "hidden"}, 404, "no wall"),
        ("/api/walls/square/panic", {"on": 1}, 422, "bool"),
        ("/api/walls/square/panic", {"on": True, "more": 1}, 422, "unknown field"),
        ("/api/posts/withdraw", {"post": "a:b:c", "why": "w" * 501}, 422, "500"),
        ("/api/walls/square/panic", b"x" * 300_000, 413, "longer than"),
    ],
)
async def test_a_wrong_request_gets_one_sentence(
    street: Street, path: str, body: object, status: int, says: str
) -> None:
    answer = await street.post(path, body)
    assert answer.status == status
    problem = json.loads(answer.body)
    assert says in problem["detail"]
    assert problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "params",
    [{"state": "gone"}, {"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"before": "-1"},
     {"before": "9" * 30}, {"limit": "²"}],
)  # fmt: skip
async def test_a_wrong_query_gets_one_sentence(street: Street, params: dict[str, str]) -> None:
    assert (await street.get("/api/walls/square/queue", key=True, **params)).status == 422


async def test_what_is_not_json_is_not_read(street: Street) -> None:
    headers = {"content-type": "text/plain"}
    answer = await street.post("/api/walls/square/panic", {"on": True}, headers=headers)
    assert answer.status == 415


async def test_an_event_file_is_applied_whole_or_not_at_all(street: Street) -> None:
    headers = {"content-type": "application/toml"}
    bad = b'[[wall]]\nid = "new"\ntitle = "New"\n[[wall]]\nid = "B A D"\ntitle = "x"\n'
    answer = await street.post("/api/apply", bad, headers=headers)
    assert answer.status == 422
    assert "line 5" in json.loads(answer.body)["problems"][0]
    assert await street.house.engine.wall("new") is None
    good = b'[[wall]]\nid = "new"\ntitle = "New"\n'
    dry = await street.ask(
        "/api/apply", method="POST", params={"dry": "1"}, headers={**bearer(), **headers}, body=good
    )
    assert json.loads(dry.body)["said"] == ["wall new: made"]
    assert await street.house.engine.wall("new") is None
    assert (await street.post("/api/apply", good, headers=headers)).status == 200
    again = await street.post("/api/apply", good, headers=headers)
    assert json.loads(again.body)["said"] == []


# what programs read -------------------------------------------------------------------------------
async def test_the_feed_obeys_the_networks_policy(street: Street) -> None:
    key = await street.tell("1", "Hello")
    feed = json.loads((await street.get("/feed/square.json")).body)
    assert feed["items"][0]["id"] == key
    assert feed["items"][0]["content_text"] == "Hello"
    street.allow("webhook", DisplayPolicy(redistribute="ids_only"))
    key2 = await street.tell("2", "Another one", name="Bea")
    feed = json.loads((await street.get("/feed/square.json")).body)
    assert feed["items"] == [{"id": key2}, {"id": key}]
    street.allow("webhook", DisplayPolicy(redistribute="none"))
    await street.tell("3", "A third one", name="Cem")
    feed = json.loads((await street.get("/feed/square.json")).body)
    assert feed["items"] == []


async def test_health_and_readiness(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken() -> None:
        raise OSError("the disk is gone")

    assert (await street.get("/healthz")).body == b"alive\n"
    assert (await street.get("/readyz")).body == b"ready\n"
    monkeypatch.setattr(street.house.engine, "walls", broken)
    assert (await street.get("/healthz")).status == 200
    assert (await street.get("/readyz")).status == 503


async def test_figures_are_for_this_machine_or_the_key(street: Street) -> None:
    await street.tell("1", "Hello")
    here = await street.get("/metrics")
    assert 'parvis_posts{wall="square",state="approved"} 1' in here.body.decode()
    assert 'parvis_source_healthy{wall="square",source="hook"} 1' in here.body.decode()
    elsewhere = ("203.0.113.9", 1)
    assert (await street.ask("/metrics", client=elsewhere)).status == 401
    assert (await street.ask("/metrics", client=elsewhere, headers=bearer())).status == 200
    proxied = {"x-forwarded-for": "203.0.113.9"}
    assert (await street.ask("/metrics", headers=proxied)).status == 401


async def test_nothing_at_this_address(street: Street) -> None:
    assert (await street.get("/nothing")).headers["content-type"] == "application/problem+json"
    page = await street.ask("/nothing", headers={"accept": "text/html"})
    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    wrong = await street.ask("/w/square", method="POST")
    assert (wrong.status, wrong.headers["allow"]) == (405, "GET, HEAD")


async def test_a_strange_host_sees_nothing(street: Street) -> None:
    answer = await street.ask("/w/square", headers={"host": "evil.example"})
    assert answer.status == 421
    assert answer.headers["x-content-type-options"] == "nosniff"
