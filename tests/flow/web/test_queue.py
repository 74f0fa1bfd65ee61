"""The API of the queue and of acts, through the whole house."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.street import Street

WALL = "/api/walls/square"
KEY = "webhook:main:1"


async def got(street: Street, path: str, **params: str) -> dict[str, Any]:
    answer = await street.get(f"{WALL}{path}", key=True, **params)
    assert answer.status == 200, answer.body
    found: dict[str, Any] = json.loads(answer.body)
    return found


async def sent(street: Street, path: str, value: Any, status: int = 200) -> dict[str, Any]:
    answer = await street.post(f"{WALL}{path}", value)
    assert answer.status == status, answer.body
    found: dict[str, Any] = json.loads(answer.body)
    return found


async def test_an_item_has_all_that_a_moderator_must_see(street: Street) -> None:
    await street.tell("1", "Hello there #parvis")
    await sent(street, "/posts/decide", {"post": KEY, "state": "hidden", "why": "Later."})
    await sent(street, "/claim", {"posts": [KEY, "webhook:main:none"], "for_s": 30})
    (item,) = (await got(street, "/queue", state="hidden"))["items"]
    assert item["post"]["text"] == "Hello there #parvis"
    assert item["decision"]["by"] == "person:owner"
    assert {verdict["check"] for verdict in item["verdicts"]} == {"wordlist", "flood", "duplicate"}
    assert item["claim"]["by"] == "person:owner"
    whats = [step["what"] for step in item["journey"]]
    assert whats == ["written", "arrived", "approved", "shown", "hidden", "gone"]
    assert item["journey"][4]["by"] == "person:owner"


async def test_an_edit_of_what_went_up_without_its_photo_says_so(street: Street) -> None:
    photo = {"type": "image", "url": "https://network.example/photo.jpg"}
    await street.tell("1", "Hello there #parvis", media=[photo])
    bare = {"post": KEY, "state": "approved", "without_media": True}
    await sent(street, "/posts/decide", bare)
    (item,) = (await got(street, "/queue", state="approved"))["items"]
    assert (item["kept"], item["decision"]["without_media"]) == ("", True)
    await street.tell("1", "Hello there again #parvis", media=[photo])
    (item,) = (await got(street, "/queue", state="pending"))["items"]
    assert item["kept"] == "same"
    said = await sent(street, "/posts/decide", {"post": KEY, "state": "approved"})
    assert said["decision"]["without_media"] is True
    other = {**photo, "url": "https://network.example/other.jpg"}
    await street.tell("1", "Hello there with another #parvis", media=[other])
    (item,) = (await got(street, "/queue", state="pending"))["items"]
    assert item["kept"] == "other"
    said = await sent(street, "/posts/decide", {"post": KEY, "state": "approved"})
    assert not said["decision"].get("without_media", False)


async def test_claims_are_taken_and_let_go(street: Street) -> None:
    await street.tell("1", "Hello")
    claimed = await sent(street, "/claim", {"posts": [KEY, KEY, "webhook:main:none"]})
    assert claimed == {"claimed": [KEY], "held": []}
    engine = street.house.engine
    assert await sent(street, "/release", {"posts": [KEY]}) == {"released": 1}
    await engine.take("square", [KEY], by="person:zoe", name="Zoé", for_s=45)
    claimed = await sent(street, "/claim", {"posts": [KEY]})
    assert claimed["claimed"] == []
    assert (claimed["held"][0]["post"], claimed["held"][0]["name"]) == (KEY, "Zoé")
    said = await sent(street, "/posts/decide", {"post": KEY, "state": "hidden"}, 409)
    assert said["detail"] == "Zoé has this post in hand; wait or ask them."


async def test_many_are_decided_at_once_and_undone_as_one(street: Street) -> None:
    for number in ("1", "2"):
        await street.tell(number, f"Hello number {number}, each with words of its own.")
    asked = [{"post": f"webhook:main:{n}", "state": "hidden"} for n in ("1", "2", "9")]
    outcomes = (await sent(street, "/posts/decide_all", {"decisions": asked}))["outcomes"]
    assert [outcome["status"] for outcome in outcomes] == [200, 200, 422]
    assert outcomes[2]["detail"].startswith("There is no post webhook:main:9")
    assert await street.cards() == []
    undone = await sent(street, "/undo", {})
    assert len(undone["acts"]) == 2 and undone["says"] == []
    assert len(await street.cards()) == 2
    acts = (await got(street, "/acts"))["acts"]
    assert [act["state"] for act in acts] == ["undone", "undone"]
    assert len((await sent(street, "/redo", {}))["acts"]) == 2
    said = await sent(street, "/redo", {}, 422)
    assert said["detail"] == "There is nothing to do again."


async def test_pin_feature_and_write_reach_the_wall(street: Street) -> None:
    await street.tell("1", "Hello")
    written = await sent(street, "/posts/write", {"text": " Doors open at 8 ", "lang": "en"})
    assert (await street.cards())[0]["text"] == "Doors open at 8"
    pin = {"post": written["post"], "on": True}
    assert await sent(street, "/posts/pin", pin) == pin
    told = (await got(street, "/queue", state="approved"))["items"]
    assert {item["post"]["key"]: item["pinned"] for item in told} == {
        written["post"]: True,
        KEY: False,
    }
    lit = await sent(street, "/posts/feature", {"post": KEY, "seconds": 20})
    snapshot = json.loads((await street.get(f"{WALL}/snapshot")).body)
    assert snapshot["picks"]["pinned"][0]["post"] == written["post"]
    assert snapshot["picks"]["featured"]["post"] == KEY
    assert snapshot["picks"]["until_ms"] == lit["until_ms"]
    await sent(street, "/posts/decide", {"post": KEY, "state": "hidden"})
    said = await sent(street, "/posts/pin", {"post": KEY, "on": True}, 422)
    assert said["detail"].startswith("Only a post that is on the wall can be put forward")


async def test_a_search_filters_and_says_how_far_it_looked(street: Street) -> None:
    await street.tell("1", "Un café au port")
    await street.tell("2", "A tea, rather", name="Zoé")
    page = await got(street, "/posts", q="CAFE port")
    assert [item["post"]["key"] for item in page["items"]] == [KEY]
    assert (page["before"], page["looked"]) == (None, 2)
    assert len((await got(street, "/posts", author="zoe", state="approved,hidden"))["items"]) == 1
    assert (await got(street, "/posts", network="mastodon"))["items"] == []
    first = await got(street, "/posts", limit="1")
    rest = await got(street, "/posts", limit="1", before=str(first["before"]))
    assert [p["items"][0]["post"]["key"] for p in (first, rest)] == ["webhook:main:2", KEY]


async def test_why_says_what_would_change_it(street: Street) -> None:
    await street.tell("1", "What a shit show, all of it")
    said = await got(street, "/why", post=KEY)
    assert said["rule"] == "rule:wordlist"
    assert said["would_pass_if"] == ["Without “shit”, it would be shown at once."]
    french = await got(street, "/why", post=KEY, lang="fr")
    assert french["would_pass_if"] == ["Sans « shit », il serait montré aussitôt."]


@pytest.mark.parametrize(
    ("path", "value", "status", "says"),
    [
        ("/posts/decide", {"post": KEY, "state": "new"}, 422, "The body is not what"),
        ("/posts/decide", {"post": "x:y:z", "state": "hidden"}, 404, "There is no post x:y:z"),
        ("/posts/decide_all", {"decisions": []}, 422, "The body is not what"),
        ("/claim", {"posts": [KEY], "for_s": 0}, 422, "The body is not what"),
        ("/claim", {"posts": ["k"] * 201}, 422, "The body is not what"),
        ("/posts/pin", {"post": "x:y:z", "on": True}, 404, "There is no post x:y:z"),
        ("/posts/feature", {"post": KEY, "seconds": 9999}, 422, "The body is not what"),
        ("/posts/write", {"text": " \n "}, 422, "The post has no words; write some."),
        ("/undo", {"all": True}, 422, "The body is not what"),
        ("/undo", {}, 422, "There is nothing to undo."),
    ],
)
async def test_what_is_wrong_is_said_in_one_sentence(
    street: Street, path: str, value: Any, status: int, says: str
) -> None:
    said = await sent(street, path, value, status)
    assert said["detail"].startswith(says)
    assert "\n" not in said["detail"]


@pytest.mark.parametrize(
    ("path", "params", "says"),
    [
        ("/posts", {"state": "gone"}, "There is no state 'gone'; use new, pending"),
        ("/posts", {"media": "film"}, "There is no media 'film'; use any, none"),
        ("/posts", {"media": "image,video"}, "media takes one kind at a time."),
        ("/posts", {"q": "x" * 201}, "q must have at most 200 characters."),
        ("/posts", {"from": "yesterday"}, "from must be a whole number"),
        ("/queue", {"limit": "0"}, "limit must be a whole number from 1 to 200."),
    ],
)
async def test_a_wrong_question_is_told(
    street: Street, path: str, params: dict[str, str], says: str
) -> None:
    answer = await street.get(f"{WALL}{path}", key=True, **params)
    assert answer.status == 422
    assert json.loads(answer.body)["detail"].startswith(says)


async def test_unknown_posts_and_walls_are_404(street: Street) -> None:
    for path in ("/api/walls/none/queue", "/api/walls/none/posts", "/api/walls/none/acts"):
        assert (await street.get(path, key=True)).status == 404
    assert (await street.get(f"{WALL}/why", key=True, post="x:y:z")).status == 404
    assert (await street.post("/api/walls/none/claim", {"posts": []})).status == 404


async def test_rules_go_with_a_decision_and_back_with_it(street: Street) -> None:
    await street.tell("1", "Hello")
    asked = {"post": KEY, "state": "rejected", "rules": ["wording"], "words": "free hugs"}
    await sent(street, "/posts/decide", {**asked, "act": "one"})
    await sent(street, "/posts/decide", {**asked, "act": "one"})
    assert (await got(street, ""))["policy"]["words"] == ["free hugs"]
    kinds = [(act["kind"], act["together"]) for act in (await got(street, "/acts"))["acts"]]
    assert kinds == [("wording", "one"), ("decide", "one")]
    assert len((await sent(street, "/undo", {"of": "one"}))["acts"]) == 2
    assert (await sent(street, "/undo", {"of": "one"}))["acts"] == []
    assert (await got(street, ""))["policy"]["words"] == []
    said = await sent(street, "/undo", {"of": "two"}, 422)
    assert said["detail"] == "There is nothing to undo."


async def test_the_servers_sentences_come_in_the_readers_language(street: Street) -> None:
    await street.tell("1", "Hello there #parvis")
    await sent(street, "/posts/decide", {"post": KEY, "state": "hidden"})
    (item,) = (await got(street, "/queue", state="hidden", lang="fr"))["items"]
    assert item["decision"]["why"] == "Mis de côté par le propriétaire."
    assert all("post" not in each["because"] for each in item["verdicts"])
    assert item["post"]["text"] == "Hello there #parvis"
    why = await got(street, "/why", post=KEY, lang="fr")
    assert why["sentence"] == "Mis de côté par le propriétaire."
    french = {"accept-language": "fr-CA,fr;q=0.9,en;q=0.5"}
    answer = await street.post(f"{WALL}/undo", {"of": "none"}, headers=french)
    assert (answer.status, json.loads(answer.body)["detail"]) == (
        422,
        "Il n’y a rien à annuler.",  # noqa: RUF001
    )
    plain = await street.post(f"{WALL}/undo", {"of": "none"})
    assert json.loads(plain.body)["detail"] == "There is nothing to undo."
    health = (await got(street, "/now", lang="fr"))["sources"]
    assert {each["says"] for each in health} <= {"Attend qu’on l’appelle."}  # noqa: RUF001
