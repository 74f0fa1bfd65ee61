"""People with accounts: who they are, their sessions, and the links that let them in once.

Tokens come here as hashes only. What must happen once (a link is used, the last owner stays) is
decided in the transaction that does it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from parvis.core.errors import Conflict, Refused
from parvis.core.person import Person, Role
from parvis.engine import tables as t

_b = sa.bindparam
_p, _s, _k = t.person, t.session, t.pass_

_WHO = (
    _p.c.id,
    _p.c.name,
    _p.c.email,
    _p.c.role,
    _p.c.lang,
    (_p.c.password != sa.literal("")).label("joined"),
)
_PEOPLE = sa.select(*_WHO).where(_p.c.org == _b("of_org")).order_by(_p.c.made_at_ms, _p.c.id)
_PERSON = sa.select(*_WHO).where(_p.c.id == _b("of_id"))
_ACCOUNT = sa.select(*_WHO, _p.c.password).where(
    _p.c.org == _b("of_org"), _p.c.email == _b("of_email")
)
_PASSWORD = sa.select(_p.c.password).where(_p.c.id == _b("of_id"))
_SESSION = (
    sa.select(*_WHO, _s.c.seen_at_ms)
    .select_from(_s.join(_p, _p.c.id == _s.c.person))
    .where(
        _s.c.hash == _b("of_hash"), _s.c.until_ms > _b("now_ms"), _s.c.seen_at_ms > _b("idle_ms")
    )
)


def _person(row: Sequence[Any]) -> Person:
    id_, name, email, role, lang, joined = row[: len(_WHO)]
    return Person(id_, name, email, role, lang, bool(joined))


def people(conn: sa.Connection, org: str) -> Sequence[Person]:
    """Everybody, those who came first first."""
    return [_person(row) for row in conn.execute(_PEOPLE, {"of_org": org})]


def person(conn: sa.Connection, id: str) -> Person | None:
    """One of them."""
    row = conn.execute(_PERSON, {"of_id": id}).first()
    return None if row is None else _person(row)


def account(conn: sa.Connection, email: str, org: str) -> tuple[Person, str] | None:
    """Who signs in with this address, and the hash of their password."""
    row = conn.execute(_ACCOUNT, {"of_org": org, "of_email": email}).first()
    return None if row is None else (_person(row), row[-1])


def password(conn: sa.Connection, id: str) -> str:
    """The hash of a person's password."""
    return conn.execute(_PASSWORD, {"of_id": id}).scalar() or ""


def _lock(conn: sa.Connection, org: str) -> list[Person]:
    """Everybody, with nobody else changing who is there meanwhile."""
    if conn.dialect.name == "postgresql":
        conn.execute(sa.text("LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE"))
    return list(people(conn, org))


# links --------------------------------------------------------------------------------------------
def offer_first(conn: sa.Connection, hash: str, until_ms: int, org: str) -> bool:
    """A new link to the first account, in place of an older one; False when there is one."""
    if any(each.joined for each in _lock(conn, org)):
        return False
    conn.execute(sa.delete(_k).where(_k.c.org == org, _k.c.kind == "first"))
    conn.execute(_NEW_PASS, _pass_row(org, hash, "first", "", until_ms))
    return True


_NEW_PASS = sa.insert(_k)


def _pass_row(org: str, hash: str, kind: str, person: str, until_ms: int) -> dict[str, Any]:
    return {"org": org, "hash": hash, "kind": kind, "person": person, "until_ms": until_ms}


def _use(conn: sa.Connection, hash: str, kind: str, now_ms: int) -> str | None:
    """Use a link up: whom it lets in; None when it is not there, used or over."""
    used = sa.delete(_k).where(_k.c.hash == hash, _k.c.kind == kind)
    row = conn.execute(used.returning(_k.c.person, _k.c.until_ms)).first()
    return None if row is None or row.until_ms <= now_ms else row.person


def holds(conn: sa.Connection, hash: str, kind: str, now_ms: int) -> bool:
    """Whether the link lets in now; it is not used up."""
    kept = conn.execute(
        sa.select(_k.c.hash, _k.c.until_ms).where(_k.c.hash == hash, _k.c.kind == kind)
    ).first()
    return kept is not None and hmac.compare_digest(kept.hash, hash) and kept.until_ms > now_ms


def begin(
    conn: sa.Connection, first: Person, password: str, hash: str, now_ms: int, org: str
) -> bool:
    """Make the first account with the link `hash`; False when the link does not let in."""
    if any(each.joined for each in _lock(conn, org)) or _use(conn, hash, "first", now_ms) is None:
        return False
    conn.execute(sa.delete(_p).where(_p.c.org == org, _p.c.email == first.email))
    _add(conn, first, password, now_ms, org)
    return True


def _add(conn: sa.Connection, one: Person, password: str, now_ms: int, org: str) -> None:
    row = {
        "org": org,
        "id": one.id,
        "email": one.email,
        "name": one.name,
        "role": one.role,
        "lang": one.lang,
        "password": password,
        "made_at_ms": now_ms,
    }
    conn.execute(sa.insert(_p), row)


def invite(
    conn: sa.Connection, one: Person, hash: str, until_ms: int, now_ms: int, org: str
) -> Person:
    """Invite somebody, or invite anew who has not come yet; raises `Refused` when they have."""
    held = next((each for each in _lock(conn, org) if each.email == one.email), None)
    if held is not None and held.joined:
        raise Refused(f"{one.email} has an account already.")
    if held is None:
        _add(conn, one, "", now_ms, org)
    else:
        named = sa.update(_p).where(_p.c.id == held.id)
        conn.execute(named.values(name=one.name, role=one.role, lang=one.lang))
        conn.execute(sa.delete(_k).where(_k.c.person == held.id))
    id_ = held.id if held is not None else one.id
    conn.execute(_NEW_PASS, _pass_row(org, hash, "invite", id_, until_ms))
    found = person(conn, id_)
    if found is None:
        raise Conflict("The invitation was taken back meanwhile; try again.")
    return found


def accept(conn: sa.Connection, password: str, hash: str, now_ms: int) -> Person | None:
    """Finish the account that the link `hash` is for; None when it lets nobody in."""
    id_ = _use(conn, hash, "invite", now_ms)
    if id_ is None:
        return None
    conn.execute(sa.update(_p).where(_p.c.id == id_).values(password=password))
    return person(conn, id_)


def offer_reset(conn: sa.Connection, id: str, hash: str, until_ms: int, org: str) -> Person | None:
    """A new link to another password, in place of an older one; None when there is nobody. Raises
    `Refused` for somebody who has none yet.
    """
    held = next((each for each in _lock(conn, org) if each.id == id), None)
    if held is None:
        return None
    if not held.joined:
        raise Refused(f"{held.name} has not joined yet; invite them again for a new link.")
    conn.execute(sa.delete(_k).where(_k.c.person == id, _k.c.kind == "reset"))
    conn.execute(_NEW_PASS, _pass_row(org, hash, "reset", id, until_ms))
    return held


def reset(conn: sa.Connection, password: str, hash: str, now_ms: int) -> Person | None:
    """Another password by the link `hash`, and the end of all their sessions; None when the link
    lets nobody in.
    """
    id_ = _use(conn, hash, "reset", now_ms)
    if id_ is None:
        return None
    conn.execute(sa.update(_p).where(_p.c.id == id_).values(password=password))
    close_all(conn, id_, "")
    return person(conn, id_)


# people -------------------------------------------------------------------------------------------
def settle(
    conn: sa.Connection,
    id: str,
    *,
    role: Role | None,
    name: str,
    lang: str,
    password: str,
    org: str,
) -> Person | None:
    """Change what is given; None when there is nobody. The last owner stays one."""
    everybody = _lock(conn, org)
    held = next((each for each in everybody if each.id == id), None)
    if held is None:
        return None
    if role is not None and role != "owner":
        _keep_an_owner(everybody, held)
    values = {
        "role": role or held.role,
        "name": name or held.name,
        "lang": lang or held.lang,
        **({"password": password} if password else {}),
    }
    conn.execute(sa.update(_p).where(_p.c.id == id).values(values))
    return person(conn, id)


def remove(conn: sa.Connection, id: str, org: str) -> bool:
    """Their account, sessions and links; the last owner stays."""
    everybody = _lock(conn, org)
    held = next((each for each in everybody if each.id == id), None)
    if held is None:
        return False
    _keep_an_owner(everybody, held)
    conn.execute(sa.delete(_s).where(_s.c.person == id))
    conn.execute(sa.delete(_k).where(_k.c.person == id))
    conn.execute(sa.delete(_p).where(_p.c.id == id))
    return True


def _keep_an_owner(everybody: Sequence[Person], leaving: Person) -> None:
    owners = [each for each in everybody if each.role == "owner" and each.joined]
    if leaving in owners and len(owners) == 1:
        raise Refused(f"{leaving.name} is the only owner; make somebody else an owner first.")


# sessions -----------------------------------------------------------------------------------------
def open_session(
    conn: sa.Connection, hash: str, person: str, now_ms: int, until_ms: int, idle_ms: int, org: str
) -> None:
    """Let a person in; what is over is forgotten on the way."""
    conn.execute(
        sa.delete(_s).where(
            _s.c.person == person, sa.or_(_s.c.until_ms <= now_ms, _s.c.seen_at_ms <= idle_ms)
        )
    )
    row = {"org": org, "hash": hash, "person": person, "seen_at_ms": now_ms, "until_ms": until_ms}
    conn.execute(sa.insert(_s), row)


def session(conn: sa.Connection, hash: str, now_ms: int, idle_ms: int) -> tuple[Person, int] | None:
    """Whose session this is, and when it was seen last."""
    asked = {"of_hash": hash, "now_ms": now_ms, "idle_ms": idle_ms}
    row = conn.execute(_SESSION, asked).first()
    return None if row is None else (_person(row), row[-1])


def touch(conn: sa.Connection, hash: str, now_ms: int) -> None:
    """It was seen; never earlier than before."""
    seen = sa.update(_s).where(_s.c.hash == hash, _s.c.seen_at_ms < now_ms)
    conn.execute(seen.values(seen_at_ms=now_ms))


def close(conn: sa.Connection, hash: str) -> None:
    """End one session."""
    conn.execute(sa.delete(_s).where(_s.c.hash == hash))


def close_all(conn: sa.Connection, person: str, but: str) -> int:
    """End every session of a person but one ('' for none); how many."""
    return conn.execute(sa.delete(_s).where(_s.c.person == person, _s.c.hash != but)).rowcount
