"""The API of people: signing in and out, the first account, invitations, roles."""

from __future__ import annotations

import re
import uuid
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from parvis.core.person import OWNER, Actor, Link, Person, Role
from parvis.plug.plain import one_line
from parvis.web.admit import Bucket, household
from parvis.web.asked import actor_of
from parvis.web.entry import Entry, answer, body_of
from parvis.web.guard import (
    IDLE_MS,
    PASS_MS,
    SESSION_MS,
    digest,
    let_in,
    new_token,
    token_of,
    visitor_of,
)
from parvis.web.passwords import Passwords, checked
from parvis.web.problem import Failed
from parvis.web.room import Room

INVITED_MS = 7 * PASS_MS
TRIES_PER_S, TRIES_AT_ONCE = 1 / 20, 8.0
"""Of one person from one network address: eight guesses, then one every 20 seconds."""
ALL_TRIES_PER_S, ALL_TRIES_AT_ONCE = 1 / 3, 100.0
"""Of one person from everywhere: nobody keeps them out with a few wrong guesses, and many machines
together still guess no password.
"""
VISITS_PER_S, VISITS_AT_ONCE = 1.0, 60.0
"""Of one network address: a whole team signs in behind one."""
WRONG = "Address and password do not fit together."
OVER = {
    "first": "This link does not hold any more; `parvis up` prints a new one.",
    "invite": "This invitation does not hold any more; ask for a new one.",
    "reset": "This link does not hold any more; ask an owner for a new one.",
}
NOBODY = "There is nobody of this id here; GET /api/people lists them."
SLOWER = "Too many tries; wait a moment and try again."
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Secret = Annotated[str, Meta(max_length=1_000)]
Lang = Literal["en", "fr"]


class Me(msgspec.Struct, frozen=True):
    """Who you are here; `first_run` while nobody has an account."""

    id: str
    name: str
    email: str
    role: Role
    lang: str
    first_run: bool = False


class First(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first account, an owner's, with the token of the link that `parvis up` printed."""

    token: Secret
    name: Text
    email: Text
    password: Secret
    lang: Lang = "en"


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who you are, and your password."""

    email: Text
    password: Secret


class SignOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Here, or wherever you are signed in."""

    everywhere: bool = False


class Invite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to invite as what; again for somebody who has not come: with a new link."""

    name: Text
    email: Text
    role: Role
    lang: Lang = "en"


class Invited(msgspec.Struct, frozen=True):
    """The link to give them; it is shown once and holds for seven days."""

    id: str
    invite: str


class Accept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of an invitation, or of a link to another password, and the password you choose."""

    token: Secret
    password: Secret


class ResetLink(msgspec.Struct, frozen=True):
    """The link to give them; it is shown once and holds for 24 hours."""

    id: str
    reset: str


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another role, or none at all here."""

    role: Role | None = None
    remove: bool = False


class ChangeMe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What you change of yourself; a new password needs the old, and signs you out elsewhere."""

    name: Annotated[str, Meta(max_length=200)] = ""
    lang: Lang | None = None
    password: Secret = ""
    old_password: Secret = ""


class People(msgspec.Struct, frozen=True):
    """Everybody, those who came first first."""

    people: tuple[Person, ...]


class Empty(msgspec.Struct, frozen=True):
    """Done."""


class PeopleApi:
    """People of one room."""

    def __init__(self, room: Room) -> None:
        self._engine = room.engine
        self._clock = room.clock
        self._guard = room.guard
        self._public = room.public_url.rstrip("/")
        self._passwords = Passwords()
        self._by_guesser = Bucket(TRIES_PER_S, TRIES_AT_ONCE)
        self._by_email = Bucket(ALL_TRIES_PER_S, ALL_TRIES_AT_ONCE)
        self._by_address = Bucket(VISITS_PER_S, VISITS_AT_ONCE)

    def entries(self) -> list[Entry]:
        """Every route."""
        return [
            Entry(
                method="GET", path="/api/me", handle=self.me, who="viewer",
                about="Who you are here.", gives=Me,
            ),
            Entry(
                method="POST", path="/api/me", handle=self.change_me, who="viewer",
                about="Change your name, language or password.", takes=ChangeMe, gives=Me,
            ),
            Entry(
                method="POST", path="/api/first", handle=self.first, who="anyone",
                about="Make the first account.", takes=First, gives=Me,
            ),
            Entry(
                method="POST", path="/api/sign-in", handle=self.sign_in, who="anyone",
                about="Sign in.", takes=SignIn, gives=Me,
            ),
            Entry(
                method="POST", path="/api/sign-out", handle=self.sign_out, who="viewer",
                about="Sign out, here or everywhere.", takes=SignOut, gives=Empty,
            ),
            Entry(
                method="GET", path="/api/people", handle=self.people, who="owner",
                about="Everybody who works here.", gives=People,
            ),
            Entry(
                method="POST", path="/api/people", handle=self.invite, who="owner",
                about="Invite somebody.", takes=Invite, gives=Invited,
            ),
            Entry(
                method="POST", path="/api/invite", handle=self.accept, who="anyone",
                about="Join by an invitation.", takes=Accept, gives=Me,
            ),
            Entry(
                method="POST", path="/api/reset", handle=self.reset, who="anyone",
                about="Choose another password by a link; it ends all your sessions.",
                takes=Accept, gives=Me,
            ),
            Entry(
                method="POST", path="/api/people/{person}/reset", handle=self.offer_reset,
                who="owner", about="A link for somebody who has forgotten their password.",
                takes=Empty, gives=ResetLink,
            ),
            Entry(
                method="POST", path="/api/people/{person}", handle=self.change, who="owner",
                about="Change somebody's role, or remove them.", takes=Change, gives=People,
            ),
        ]  # fmt: skip

    # oneself --------------------------------------------------------------------------------------
    async def me(self, request: Request) -> Response:
        """GET /api/me. With the owner's key it also brings the cookie that only looks."""
        response = answer(await self._me(actor_of(request)))
        self._guard.glance.give(request.scope, response)
        return response

    async def _me(self, actor: Actor) -> Me:
        person = await self._engine.person(actor.by.partition(":")[2])
        if person is not None:
            return _me(person)
        first = await self._guard.first_run()
        return Me("owner", OWNER.name, "", "owner", actor.lang, first)

    async def change_me(self, request: Request) -> Response:
        """POST /api/me."""
        asked = await body_of(request, ChangeMe)
        person = await self._engine.person(actor_of(request).by.partition(":")[2])
        if person is None:
            raise Failed(422, "The owner's key has no account to change; sign in with one.")
        hashed = ""
        if asked.password:
            self._slow(request, person.email)
            kept = await self._engine.password(person.id)
            if not await self._passwords.fits(asked.old_password, kept):
                raise Failed(403, "The old password is not the one; nothing was changed.")
            names = (person.name, person.email)
            hashed = await self._passwords.hashed(checked(asked.password, *names))
        changed = await self._engine.settle_person(
            person.id, name=one_line(asked.name), lang=asked.lang or "", password=hashed
        )
        if hashed:
            await self._engine.close_sessions(person.id, digest(token_of(request.scope)))
            self._guard.forget()
        return answer(_me(changed or person))

    # in and out -----------------------------------------------------------------------------------
    async def first(self, request: Request) -> Response:
        """POST /api/first."""
        asked = await body_of(request, First)
        self._slow(request)
        await self._look(asked.token, "first")
        person = Person(
            uuid.uuid4().hex, _name(asked.name), _email(asked.email), "owner", asked.lang, True
        )
        hashed = await self._passwords.hashed(checked(asked.password, asked.name, asked.email))
        if not await self._engine.begin(person, hashed, digest(asked.token)):
            raise _over("first")
        return await self._enter(request, person)

    async def sign_in(self, request: Request) -> Response:
        """POST /api/sign-in."""
        asked = await body_of(request, SignIn)
        email = asked.email.strip().casefold()
        self._slow(request, email)
        found = await self._engine.account(email)
        kept = found[1] if found is not None else ""
        if not await self._passwords.fits(asked.password, kept) or found is None:
            raise Failed(403, WRONG)
        return await self._enter(request, found[0])

    async def sign_out(self, request: Request) -> Response:
        """POST /api/sign-out."""
        asked = await body_of(request, SignOut)
        if asked.everywhere:
            await self._engine.close_sessions(actor_of(request).by.partition(":")[2])
        await self._engine.close_session(digest(token_of(request.scope)))
        self._guard.forget()
        response = answer(Empty())
        let_in(request.scope, response, "")
        self._guard.glance.take(request.scope, response)
        return response

    async def accept(self, request: Request) -> Response:
        """POST /api/invite."""
        asked = await body_of(request, Accept)
        self._slow(request)
        await self._look(asked.token, "invite")
        hashed = await self._passwords.hashed(checked(asked.password))
        person = await self._engine.accept(hashed, digest(asked.token))
        if person is None:
            raise _over("invite")
        return await self._enter(request, person)

    async def reset(self, request: Request) -> Response:
        """POST /api/reset."""
        asked = await body_of(request, Accept)
        self._slow(request)
        await self._look(asked.token, "reset")
        hashed = await self._passwords.hashed(checked(asked.password))
        person = await self._engine.reset(hashed, digest(asked.token))
        if person is None:
            raise _over("reset")
        return await self._enter(request, person)

    async def _look(self, token: str, kind: Link) -> None:
        """Raise 403 for a link that lets nobody in, before a password costs anything."""
        if not await self._engine.link_holds(digest(token), kind):
            raise _over(kind)

    async def _enter(self, request: Request, person: Person) -> Response:
        """A session of its own for each sign-in: what a browser carried before is worth nothing."""
        self._guard.forget()
        before = token_of(request.scope)
        if before:
            await self._engine.close_session(digest(before))
        token = new_token()
        await self._engine.open_session(
            digest(token), person.id, for_ms=SESSION_MS, idle_ms=IDLE_MS
        )
        response = answer(_me(person))
        let_in(request.scope, response, token)
        return response

    def _slow(self, request: Request, email: str = "") -> None:
        """Raise 429 when too many tried."""
        whose = household(visitor_of(request.scope).address)
        wait_s = self._by_address.take(whose)
        if email and not wait_s:
            # theirs first: who has spent it must not spend what is left to the person themselves
            wait_s = self._by_guesser.take(f"{email} {whose}") or self._by_email.take(email)
        if wait_s:
            raise Failed(429, SLOWER, wait_s)

    # the team -------------------------------------------------------------------------------------
    async def people(self, request: Request) -> Response:
        """GET /api/people."""
        return answer(People(tuple(await self._engine.people())))

    async def invite(self, request: Request) -> Response:
        """POST /api/people."""
        asked = await body_of(request, Invite)
        person = Person(
            uuid.uuid4().hex, _name(asked.name), _email(asked.email), asked.role, asked.lang
        )
        token = new_token()
        until_ms = self._clock() + INVITED_MS
        invited = await self._engine.invite(person, digest(token), until_ms)
        base = self._public or visitor_of(request.scope).origin
        return answer(Invited(invited.id, f"{base}/studio#invite={token}"))

    async def offer_reset(self, request: Request) -> Response:
        """POST /api/people/{person}/reset."""
        await body_of(request, Empty)
        token, until_ms = new_token(), self._clock() + PASS_MS
        id_ = request.path_params["person"]
        person = await self._engine.offer_reset(id_, digest(token), until_ms)
        if person is None:
            raise Failed(404, NOBODY)
        base = self._public or visitor_of(request.scope).origin
        return answer(ResetLink(person.id, f"{base}/studio#reset={token}"))

    async def change(self, request: Request) -> Response:
        """POST /api/people/{person}."""
        asked = await body_of(request, Change)
        id_ = request.path_params["person"]
        if asked.remove:
            there = await self._engine.remove_person(id_)
        else:
            there = await self._engine.settle_person(id_, role=asked.role) is not None
        self._guard.forget()
        if not there:
            raise Failed(404, NOBODY)
        return answer(People(tuple(await self._engine.people())))


def _me(person: Person) -> Me:
    return Me(person.id, person.name, person.email, person.role, person.lang)


def _over(kind: Link) -> Failed:
    return Failed(403, OVER[kind])


def _name(given: str) -> str:
    name = one_line(given)
    if not name:
        raise Failed(422, "The name has no letters; write how the team calls you.")
    return name


def _email(given: str) -> str:
    email = given.strip().casefold()
    if not _EMAIL.fullmatch(email):
        raise Failed(422, "The e-mail address needs a name, an @ and a host.")
    return email
