"""What all answers have: the token, the limits with their headers, problems as RFC 7807 has them.

docs.x.com/x-api/fundamentals/response-codes-and-errors (read 2026-11).
"""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from parvis.sim.x.world import World

WORLD = web.AppKey("x_world", World)
PROBLEMS = "https://api.x.com/2/problems"
WINDOW_MS = 900_000
Json = dict[str, Any]


def problem(kind: str, title: str, detail: str, **more: Any) -> Json:
    """What went wrong; `kind` '' is `about:blank`."""
    return {
        "title": title,
        "detail": detail,
        "type": f"{PROBLEMS}/{kind}" if kind else "about:blank",
        **more,
    }


def say(request: web.Request, area: str, value: object, status: int = 200) -> web.Response:
    """JSON, with what is left of the window in epoch seconds."""
    kind = "application/json" if status < 400 else "application/problem+json"
    if status >= 400:
        value = {**value, "status": status} if isinstance(value, dict) else value
    headers = {"Content-Type": f"{kind}; charset=utf-8", **limits(request.app[WORLD], area)}
    return web.Response(status=status, body=msgspec.json.encode(value), headers=headers)


def limits(world: World, area: str) -> dict[str, str]:
    """The headers of the window."""
    now_ms = world.clock()
    spent = [at for at in world.spent.get(area, ()) if now_ms - at < WINDOW_MS]
    reset_ms = (spent[0] if spent else now_ms) + WINDOW_MS
    return {
        "x-rate-limit-limit": str(world.limits[area]),
        "x-rate-limit-remaining": str(max(world.limits[area] - len(spent), 0)),
        "x-rate-limit-reset": str(-(-reset_ms // 1000)),
    }


def refused(request: web.Request, area: str) -> web.Response | None:
    """What keeps it from being answered: steered, no token, too much, or nothing left to pay with.

    Counts the request.
    """
    world = request.app[WORLD]
    world.asked.append(f"{request.method} {request.path_qs}")
    if told := world.refusals.answer(area):
        return told
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token not in world.tokens:
        return say(request, area, problem("", "Unauthorized", "Unauthorized"), 401)
    now_ms = world.clock()
    spent = [at for at in world.spent.get(area, ()) if now_ms - at < WINDOW_MS]
    world.spent[area] = spent
    if len(spent) >= world.limits[area]:
        return say(request, area, problem("", "Too Many Requests", "Too Many Requests"), 429)
    spent.append(now_ms)
    if area in ("rules", "change"):
        return None
    if world.broke:
        detail = "Your enrolled account does not have any credits to fulfill this request."
        return say(request, area, problem("credits", "CreditsDepleted", detail), 402)
    if world.capped:
        detail = "Usage cap exceeded: Monthly product cap"
        more = {"period": "Monthly", "scope": "Product"}
        return say(request, area, problem("usage-capped", "UsageCapExceeded", detail, **more), 403)
    return None
