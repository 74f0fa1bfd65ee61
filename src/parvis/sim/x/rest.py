"""Searches, single posts, accounts and rules.

docs.x.com/x-api (OpenAPI 2.167, read 2026-11). The shape of refused rules is that of the network's
list of problems; none was recorded.
"""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from aiohttp import web

from parvis.sim.x.rule import read_rule
from parvis.sim.x.wire import WORLD, Json, problem, refused, say
from parvis.sim.x.world import DAY_MS, EPOCH_MS, Rule, World, iso

INVALID = "One or more parameters to your request was invalid."


class Add(msgspec.Struct):
    """A rule to be."""

    value: str
    tag: str = ""


class Change(msgspec.Struct):
    """One of the two."""

    add: list[Add] | None = None
    delete: dict[str, list[str]] | None = None


def mount(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get("/2/tweets/search/recent", search)
    app.router.add_get("/2/tweets", lookup)
    app.router.add_get("/2/users/by", accounts)
    app.router.add_get("/2/tweets/search/stream/rules", rules)
    app.router.add_post("/2/tweets/search/stream/rules", change)


async def search(request: web.Request) -> web.Response:
    """The newest first, of seven days."""
    if no := refused(request, "search"):
        return no
    world, asked = request.app[WORLD], request.query
    query, many = asked.get("query", ""), asked.get("max_results", "10")
    since, token = asked.get("since_id", "0"), asked.get("next_token", "")
    oldest = (world.clock() - 7 * DAY_MS - EPOCH_MS) << 22
    why = ""
    if not many.isdigit() or not 10 <= int(many) <= 100:
        why = f"The `max_results` query parameter value [{many}] is not between 10 and 100"
    elif not since.isdigit() or 0 < int(since) < oldest:
        at = iso(world.clock() - 7 * DAY_MS)
        why = f"'since_id' must be a tweet id created after [{at}]."
    elif len(query) > world.search_letters:
        why = f"Rule length exceeds the max allowed length of {world.search_letters}"
    try:
        matches = read_rule(query)
    except ValueError as error:
        why = why or str(error)
    if why:
        invalid = problem("invalid-request", "Invalid Request", INVALID, errors=[{"message": why}])
        return say(request, "search", invalid, 400)
    rows = [row for row in _current(world) if int(row["id"]) > int(since)]
    rows = [row for row in rows if int(row["id"]) > oldest]
    rows = [row for row in rows if matches(world.seen(row, stream=False))]
    rows.sort(key=lambda row: -int(row["id"]))
    if token:
        last = int(base64.b16decode(token))
        rows = [row for row in rows if int(row["id"]) < last]
    page = rows[: int(many)]
    if not page:
        return say(request, "search", {"meta": {"result_count": 0}})
    meta: Json = {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
    meta["result_count"] = len(page)
    if len(rows) > len(page):
        meta["next_token"] = base64.b16encode(page[-1]["id"].encode()).decode()
    found = world.answer(page, asked.get("expansions", ""))
    return say(request, "search", {**found, "meta": meta})


def _current(world: World) -> list[Json]:
    found = []
    for row in world.posts.values():
        user = world.user_of(row)
        if user and not user["protected"] and row["id"] == row["edit_history_tweet_ids"][-1]:
            found.append(row)
    return found


async def lookup(request: web.Request) -> web.Response:
    """What is not there is said beside it."""
    if no := refused(request, "lookup"):
        return no
    world = request.app[WORLD]
    ids = request.query.get("ids", "").split(",")
    if not 1 <= len(ids) <= 100 or not all(id_.isdigit() for id_ in ids):
        invalid = problem("invalid-request", "Invalid Request", INVALID)
        return say(request, "lookup", invalid, 400)
    rows: list[Json] = []
    errors: list[Json] = []
    for id_ in ids:
        row = world.posts.get(id_)
        user = world.user_of(row) if row else None
        about = {"resource_id": id_, "resource_type": "tweet", "parameter": "ids", "value": id_}
        if row is None or user is None:
            detail = f"Could not find tweet with ids: [{id_}]."
            errors.append(problem("resource-not-found", "Not Found Error", detail, **about))
        elif user["protected"]:
            detail = f"Sorry, you are not authorized to see the Tweet with ids: [{id_}]."
            kind = "not-authorized-for-resource"
            errors.append(problem(kind, "Authorization Error", detail, **about))
        else:
            rows.append(row)
    found = world.answer(rows, request.query.get("expansions", "")) if rows else {}
    return say(request, "lookup", {**found, **({"errors": errors} if errors else {})})


async def accounts(request: web.Request) -> web.Response:
    """By their handles; each is billed."""
    if no := refused(request, "users"):
        return no
    world = request.app[WORLD]
    found: list[Json] = []
    errors: list[Json] = []
    for handle in request.query.get("usernames", "").split(","):
        if user := world.users.get(handle.casefold()):
            found.append({name: user[name] for name in ("id", "name", "username")})
            world.billed.add((world.clock() // DAY_MS, "author", user["id"]))
        else:
            detail = f"Could not find user with usernames: [{handle}]."
            about = {"resource_type": "user", "parameter": "usernames", "value": handle}
            errors.append(problem("resource-not-found", "Not Found Error", detail, **about))
    told: Json = {"data": found} if found else {}
    return say(request, "users", {**told, **({"errors": errors} if errors else {})})


async def rules(request: web.Request) -> web.Response:
    """All of the account."""
    if no := refused(request, "rules"):
        return no
    world = request.app[WORLD]
    rows = [
        {"id": rule.id, "value": rule.value, "tag": rule.tag}
        for rule in world.rules.values()
        if not rule.ends_ms
    ]
    told: Json = {"data": rows} if rows else {}
    meta = {"sent": iso(world.clock()), "result_count": len(rows)}
    return say(request, "rules", {**told, "meta": meta})


async def change(request: web.Request) -> web.Response:
    """Added or deleted; acts some seconds later."""
    if no := refused(request, "change"):
        return no
    world = request.app[WORLD]
    try:
        asked = msgspec.json.decode(await request.read(), type=Change)
    except msgspec.MsgspecError:
        return say(request, "change", problem("invalid-request", "Invalid Request", INVALID), 400)
    if (asked.add is None) == (asked.delete is None):
        return say(request, "change", problem("invalid-request", "Invalid Request", INVALID), 400)
    dry = request.query.get("dry_run") == "true"
    if asked.delete is not None:
        return _delete(request, world, asked.delete.get("ids", []), dry)
    return _add(request, world, asked.add or [], dry)


def _delete(request: web.Request, world: World, ids: list[str], dry: bool) -> web.Response:
    there = [id_ for id_ in ids if id_ in world.rules and not world.rules[id_].ends_ms]
    if not dry:
        for id_ in there:
            world.rules[id_].ends_ms = world.clock() + round(world.acts_after_s * 1000)
    summary = {"deleted": len(there), "not_deleted": len(ids) - len(there)}
    return say(request, "change", {"meta": {"sent": iso(world.clock()), "summary": summary}})


def _add(request: web.Request, world: World, add: list[Add], dry: bool) -> web.Response:
    data: list[Json] = []
    errors: list[Json] = []
    for each in add:
        error, rule = _rule(world, each)
        if rule is None:
            errors.append(error)
        else:
            data.append({"value": rule.value, "tag": rule.tag, "id": rule.id})
            if not dry:
                world.rules[rule.id] = rule
    invalid = sum(each["title"] == "Invalid Rule" for each in errors)
    summary: dict[str, Any] = {"created": len(data), "not_created": len(errors)}
    summary |= {"valid": len(add) - invalid, "invalid": invalid}
    told: Json = {"meta": {"sent": iso(world.clock()), "summary": summary}}
    told |= {"data": data} if data else {}
    told |= {"errors": errors} if errors else {}
    return say(request, "change", told, 201)


def _rule(world: World, asked: Add) -> tuple[Json, Rule | None]:
    known = [rule for rule in world.rules.values() if not rule.ends_ms]
    for rule in known:
        if rule.value == asked.value:  # whatever its tag
            about = {"value": asked.value, "id": rule.id}
            return problem("duplicate-rules", "DuplicateRule", "Duplicate rule", **about), None
    if len(known) >= world.rule_cap:
        detail = f"Your app has reached its limit of {world.rule_cap} rules."
        return problem("rule-cap", "RulesCapExceeded", detail), None
    try:
        matches = read_rule(asked.value)
        if len(asked.value) > world.rule_letters:
            raise ValueError(f"Rule length exceeds the max allowed length of {world.rule_letters}")
    except ValueError as error:
        return problem("invalid-rules", "Invalid Rule", str(error), value=asked.value), None
    acts_ms = world.clock() + round(world.acts_after_s * 1000)
    return {}, Rule(world.new_id(), asked.value, asked.tag, acts_ms, matches)
