"""Signing in and out, roles, and what a cookie may not do."""

from __future__ import annotations

from typing import get_args

import pytest

from parvis.core.person import Role, may
from parvis.web import passwords
from parvis.web.app import entries_of
from parvis.web.guard import IDLE_MS, digest
from parvis.web.passwords import Passwords
from tests.flow.web.test_room import path_of
from tests.street import Street, bearer
from tests.studio import PASSWORD, Desk, colleague, offered, owner, value

WALL = "/api/walls/square"
ROLES: tuple[Role, ...] = get_args(Role)


# the first account --------------------------------------------------------------------------------
async def test_before_any_account_everybody_is_told_so(street: Street) -> None:
    said = value(await Desk(street).get("/api/me"), 401)
    assert said["first_run"] is True
    assert said["detail"].startswith("Nobody has an account yet")
    me = value(await street.get("/api/me", key=True))
    assert (me["name"], me["role"], me["first_run"]) == ("The owner", "owner", True)
    await owner(street)
    said = value(await Desk(street).get("/api/me"), 401)
    assert said["first_run"] is False
    assert value(await street.get("/api/me", key=True))["first_run"] is False


async def test_the_first_link_opens_once(street: Street) -> None:
    ada = await owner(street)
    me = value(await ada.get("/api/me"))
    assert (me["name"], me["email"], me["role"], me["lang"]) == (
        *("Ada", "ada@example.org", "owner", "en"),
    )
    again = {
        "token": "first",
        "name": "Eve",
        "email": "eve@example.org",
        "password": PASSWORD,
    }
    said = value(await Desk(street).post("/api/first", again), 403)
    assert said["detail"] == "This link does not hold any more; `parvis up` prints a new one."


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password": "short"}, "The password must have 10 to 200 characters."),
        ({"password": "aaaaaaaaaaaa"}, "This password is easy to guess"),
        ({"password": "ada@example.org"}, "This password is easy to guess"),
        ({"email": "ada"}, "The e-mail address needs a name, an @ and a host."),
        ({"name": " \u200b "}, "The name has no letters"),
        ({"lang": "xx"}, "The body is not what this address takes"),
    ],
)
async def test_a_bad_account_is_refused_and_the_link_still_holds(
    street: Street, change: dict[str, str], says: str
) -> None:
    asked = {
        "token": await offered(street),
        "name": "Ada",
        "email": "ada@example.org",
        "password": PASSWORD,
        "lang": "en",
    }
    said = value(await Desk(street).post("/api/first", {**asked, **change}), 422)
    assert said["detail"].startswith(says)
    assert (await Desk(street).post("/api/first", asked)).status == 200


# in and out ---------------------------------------------------------------------------------------
async def test_signing_in_needs_both_and_says_not_which_was_wrong(street: Street) -> None:
    await owner(street)
    desk = Desk(street)
    right = {"email": " Ada@Example.org ", "password": PASSWORD}
    for wrong in ({"email": "eve@example.org"}, {"password": PASSWORD + "."}):
        said = value(await desk.post("/api/sign-in", {**right, **wrong}), 403)
        assert said["detail"] == "Address and password do not fit together."
        assert desk.cookie == ""
    assert value(await desk.post("/api/sign-in", right))["name"] == "Ada"
    assert value(await desk.get(f"{WALL}/queue"))["items"] == []


async def test_nobody_signs_in_before_their_invitation_is_taken(street: Street) -> None:
    ada = await owner(street)
    await ada.post("/api/people", {"name": "Mo", "email": "mo@example.org", "role": "moderator"})
    for password in ("", "anything at all"):
        said = await Desk(street).post(
            "/api/sign-in", {"email": "mo@example.org", "password": password}
        )
        assert said.status == 403


async def test_an_unknown_address_costs_as_much_as_a_known_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not by the clock: the same work is done."""

    done: list[str] = []

    def verify(kept: str, password: str) -> bool:
        done.append(kept)
        return True

    monkeypatch.setattr(passwords, "_verify", verify)
    assert not await Passwords().fits("x", "")
    assert await Passwords().fits("x", "kept")
    assert done[0].startswith("$argon2id$") and done[1] == "kept"


@pytest.mark.parametrize("path", ["/api/first", "/api/invite", "/api/reset"])
async def test_a_made_up_link_costs_no_password(
    street: Street, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    done: list[str] = []
    monkeypatch.setattr(passwords.Passwords, "hashed", lambda _, password: done.append(password))
    asked = {"token": "made up", "password": PASSWORD}
    if path == "/api/first":
        asked |= {"name": "Eve", "email": "eve@example.org"}
    said = value(await Desk(street).post(path, asked), 403)
    assert "does not hold any more" in said["detail"] and done == []


async def test_the_password_is_kept_as_argon2id(street: Street) -> None:
    await owner(street)
    found = await street.house.engine.account("ada@example.org")
    assert found is not None
    assert found[1].startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_guessing_is_slowed_down_for_that_address_alone(street: Street) -> None:
    await owner(street)
    desk = Desk(street)
    wrong = {"email": "ada@example.org", "password": "guess guess"}
    statuses = [(await desk.post("/api/sign-in", wrong)).status for _ in range(9)]
    assert statuses == [403] * 8 + [429]
    last = await desk.post("/api/sign-in", {**wrong, "password": PASSWORD})
    assert last.status == 429 and int(last.headers["retry-after"]) > 0
    other = await desk.post("/api/sign-in", {**wrong, "email": "mo@example.org"})
    assert other.status == 403


async def test_nobody_keeps_a_person_out_by_guessing_from_elsewhere(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owner(street)
    monkeypatch.setattr(passwords, "_verify", lambda _, given: given == PASSWORD)
    wrong = {"email": "ada@example.org", "password": "guess guess"}
    right = {**wrong, "password": PASSWORD}
    for tail in range(70):  # one household, as IPv6 gives it, however many addresses it uses
        await Desk(street, client=f"2001:db8::{tail:x}").post("/api/sign-in", wrong)
    assert (await Desk(street, client="2001:db8::ffff").post("/api/sign-in", right)).status == 429
    assert (await Desk(street, client="2001:db8:0:1::1").post("/api/sign-in", right)).status == 200


async def test_many_who_guess_together_are_slowed_down_too(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owner(street)
    monkeypatch.setattr(passwords, "_verify", lambda _, given: False)
    wrong = {"email": "ada@example.org", "password": "guess guess"}
    statuses = [
        (await Desk(street, client=f"198.51.100.{at}").post("/api/sign-in", wrong)).status
        for at in range(110)
    ]
    assert statuses[:100] == [403] * 100 and 429 in statuses[100:]


async def test_the_cookie_is_for_this_page_alone(street: Street) -> None:
    desk = Desk(street)
    answer = await desk.post(
        "/api/first",
        {
            "token": await offered(street),
            "name": "Ada",
            "email": "ada@example.org",
            "password": PASSWORD,
        },
    )
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("parvis=")
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie, "over plain http a browser would drop it"
    assert "Domain" not in cookie
    assert answer.body.find(desk.cookie.partition("=")[2].encode()) == -1


async def test_signing_in_again_ends_the_session_it_came_with(street: Street) -> None:
    ada = await owner(street)
    before = Desk(street, ada.cookie)
    await ada.post("/api/sign-in", {"email": "ada@example.org", "password": PASSWORD})
    assert ada.cookie != before.cookie
    assert (await before.get("/api/me")).status == 401


async def test_signing_out_ends_it_here_or_everywhere(street: Street) -> None:
    ada = await owner(street)
    right = {"email": "ada@example.org", "password": PASSWORD}
    desks = [Desk(street) for _ in range(3)]
    for desk in desks:
        await desk.post("/api/sign-in", right)
    old = Desk(street, desks[0].cookie)
    assert value(await desks[0].post("/api/sign-out", {"everywhere": False})) == {}
    assert desks[0].cookie == ""
    assert [(await desk.get("/api/me")).status for desk in (old, desks[1])] == [401, 200]
    await desks[1].post("/api/sign-out", {"everywhere": True})
    assert [(await desk.get("/api/me")).status for desk in (ada, desks[2])] == [401, 401]


async def test_a_new_password_needs_the_old_and_signs_out_elsewhere(street: Street) -> None:
    ada, elsewhere = await owner(street), Desk(street)
    await elsewhere.post("/api/sign-in", {"email": "ada@example.org", "password": PASSWORD})
    new = {"password": "another of our own", "old_password": "not this one"}
    said = value(await ada.post("/api/me", new), 403)
    assert said["detail"] == "The old password is not the one; nothing was changed."
    me = value(await ada.post("/api/me", {**new, "old_password": PASSWORD, "lang": "fr"}))
    assert me["lang"] == "fr"
    assert [(await desk.get("/api/me")).status for desk in (ada, elsewhere)] == [200, 401]
    said = value(await street.post("/api/me", {"lang": "fr"}), 422)
    assert said["detail"].startswith("The owner's key has no account")


# the team -----------------------------------------------------------------------------------------
async def test_somebody_is_invited_joins_acts_by_name_and_is_removed(street: Street) -> None:
    await street.tell("1", "Hello")
    ada = await owner(street)
    asked = {"name": "Zoé", "email": "Zoe@example.org", "role": "moderator", "lang": "fr"}
    invited = value(await ada.post("/api/people", asked))
    base, _, token = invited["invite"].partition("#invite=")
    assert base == "http://localhost/studio"
    assert token.encode() not in (await ada.get("/api/people")).body
    zoe = Desk(street)
    me = value(await zoe.post("/api/invite", {"token": token, "password": PASSWORD}))
    assert (me["name"], me["role"], me["lang"]) == ("Zoé", "moderator", "fr")
    said = value(
        await Desk(street).post("/api/invite", {"token": token, "password": PASSWORD}), 403
    )
    assert said["detail"] == "This invitation does not hold any more; ask for a new one."
    decided = await zoe.post(f"{WALL}/posts/decide", {"post": "webhook:main:1", "state": "hidden"})
    by = value(decided)["decision"]["by"]
    assert by == f"person:{me['id']}"
    assert value(await ada.get(f"{WALL}/queue", state="hidden"))["names"][by] == "Zoé"
    trace = value(await ada.get("/api/trace", post="webhook:main:1"))
    assert trace["names"][by] == "Zoé"
    stale = {"post": "webhook:main:1", "state": "approved", "rev": 1}
    said = value(await ada.post(f"{WALL}/posts/decide", stale), 409)
    assert "Zoé was faster" in said["detail"]
    left = value(await ada.post(f"/api/people/{me['id']}", {"remove": True}))
    assert [person["name"] for person in left["people"]] == ["Ada"]
    assert (await zoe.get("/api/me")).status == 401
    names = value(await ada.get(f"{WALL}/queue", state="hidden"))["names"]
    assert names[by] == "Somebody who left"


async def test_a_role_counts_from_the_next_request_on(street: Street) -> None:
    ada, mo = await owner(street), await colleague(street, "mo", "viewer")
    said = value(await mo.post(f"{WALL}/panic", {"on": True}), 403)
    assert said["detail"] == "This takes the role moderator; yours is viewer."
    assert (await ada.post("/api/people/mo", {"role": "moderator"})).status == 200
    assert (await mo.post(f"{WALL}/panic", {"on": True})).status == 200
    said = value(await ada.post("/api/people/nobody", {"role": "viewer"}), 404)
    assert said["detail"].startswith("There is nobody of this id here")
    me = value(await ada.get("/api/me"))
    said = value(await ada.post(f"/api/people/{me['id']}", {"role": "viewer"}), 422)
    assert said["detail"] == "Ada is the only owner; make somebody else an owner first."


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_lets_in_whoever_may_and_nobody_else(street: Street, role: Role) -> None:
    await owner(street)
    desk = await colleague(street, "mo", role)
    for entry in entries_of(street.house.room):
        if entry.who == "anyone" or entry.path == "/api/sign-out":
            continue
        if entry.method == "GET":
            answer = await desk.get(path_of(entry))
        else:
            answer = await desk.post(path_of(entry), None)
        if may(role, entry.who):
            assert answer.status not in (401, 403), (entry.method, entry.path)
        else:
            assert answer.status == 403, (entry.method, entry.path)
            assert value(answer, 403)["detail"].startswith("This takes the role")


def test_each_role_may_what_the_one_below_may() -> None:
    assert [may(role, "moderator") for role in ROLES] == [False, True, True, True]
    assert all(may(role, role) and may("owner", role) and may(role, "viewer") for role in ROLES)


# forgery ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://localhost"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "same-origin", "origin": "http://localhost"}, 200),
        ({}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://localhost.evil.example"}, 403),
        ({"origin": "http://evil-localhost"}, 403),
        ({"origin": "https://localhost"}, 403),
        ({"origin": "http://localhost:81"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://localhost"}, 403),
    ],
)
async def test_a_cookie_changes_something_only_from_this_very_page(
    street: Street, headers: dict[str, str], status: int
) -> None:
    ada = await owner(street)
    answer = await ada.post(f"{WALL}/panic", {"on": True}, headers)
    assert answer.status == status
    row = await street.house.engine.wall("square")
    assert row is not None and row.panic is (status == 200)


async def test_the_key_needs_no_origin(street: Street) -> None:
    assert (await street.post(f"{WALL}/panic", {"on": True})).status == 200


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "parvis=",
        "parvis=guess",
        '"; parvis=x',
        "__Host-parvis={}",
        "other={}",
        "parvis={}x",
        "\x00",
    ],
)
async def test_no_other_cookie_opens(street: Street, cookie: str) -> None:
    ada = await owner(street)
    token = ada.cookie.partition("=")[2]
    headers = {"cookie": cookie.format(token)}
    assert (await street.ask("/api/me", headers=headers)).status == 401


async def test_a_session_of_a_plain_page_is_none_of_the_secure_one(street: Street) -> None:
    """Whoever listened on http must not come in over https with what they heard."""
    from parvis.web.admit import Visitor
    from parvis.web.guard import token_of

    scope = {
        "headers": [(b"cookie", b"parvis=plain; __Host-parvis=secure")],
        "parvis.visitor": Visitor("", "wall.example", "https://wall.example"),
    }
    assert token_of(scope) == "secure"


async def test_a_session_outlives_a_restart_of_the_house(street: Street) -> None:
    ada = await owner(street)
    token = ada.cookie.partition("=")[2]
    await street.house.stop()
    from tests.street import open_street

    again = await open_street(street.house.settings.folder)
    street.house = again.house
    assert value(await Desk(again, ada.cookie).get("/api/me"))["name"] == "Ada"
    assert digest(token) != token and IDLE_MS > 0


async def test_no_answer_shows_a_secret(street: Street) -> None:
    ada = await owner(street)
    token = ada.cookie.partition("=")[2].encode()
    for entry in entries_of(street.house.room):
        if entry.method == "GET" and entry.path.startswith("/api/"):
            body = (await ada.get(path_of(entry), post="webhook:main:1")).body
            assert token not in body and b"$argon2id" not in body
            assert bearer()["authorization"].split()[1].encode() not in body


# a forgotten password -----------------------------------------------------------------------------
async def test_an_owner_makes_a_link_to_another_password(street: Street) -> None:
    ada = await owner(street)
    mo = await colleague(street, "mo", "moderator")
    assert (await mo.post("/api/people/mo/reset", {})).status == 403
    link = value(await ada.post("/api/people/mo/reset", {}))["reset"]
    assert "/studio#reset=" in link
    token = link.partition("#reset=")[2]
    kept = [one for one in street.house.settings.folder.rglob("*") if one.is_file()]
    assert not [one for one in kept if token.encode() in one.read_bytes()], "kept as a hash alone"
    guest = Desk(street)
    short = await guest.post("/api/reset", {"token": token, "password": "short"})
    assert short.status == 422, "a password that is none uses nothing up"
    asked = {"token": token, "password": "rose stone over lanterns"}
    assert value(await guest.post("/api/reset", asked))["id"] == "mo"
    assert (await guest.get("/api/me")).status == 200
    assert (await mo.get("/api/me")).status == 401, "signed out everywhere"
    assert (await Desk(street).post("/api/reset", asked)).status == 403
    signed = {"email": "mo@example.org", "password": "rose stone over lanterns"}
    assert (await Desk(street).post("/api/sign-in", signed)).status == 200
    assert (await ada.post("/api/people/none/reset", {})).status == 404
