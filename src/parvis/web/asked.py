"""What handlers read from a request: the wall, numbers, words, and who asks."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from parvis.core.person import OWNER, Actor
from parvis.core.wall import Wall
from parvis.engine import Engine
from parvis.web.problem import Failed
from parvis.web.tongue import preferred

ACTOR = "parvis.actor"
"""Where a scope holds who asks, once the route has let them in."""


def actor_of(request: Request) -> Actor:
    """Who asks."""
    found: Actor = request.scope.get(ACTOR, OWNER)
    return found


def lang_of(request: Request, wall_lang: str = "en", *, by_query: bool = True) -> str:
    """The language of whoever reads the answer: what they ask for, their own, their browser's,
    else the wall's. Not `by_query` where `?lang=` asks for something else.
    """
    asked = request.query_params.get("lang", "")[:35] if by_query else ""
    asked = asked or actor_of(request).lang
    return asked or preferred(request.headers.get("accept-language", "")) or wall_lang


async def wall_of(engine: Engine, request: Request) -> Wall:
    """The wall that the address names; 404."""
    wall = await engine.wall(request.path_params["wall"])
    if wall is None:
        raise no_wall(request)
    return wall


def no_wall(request: Request) -> Failed:
    """What is said of a wall that is not there."""
    name: Any = request.path_params["wall"]
    return Failed(404, f"There is no wall {str(name)[:80]!r}; GET /api/walls lists them.")


def number(
    request: Request, name: str, default: int | None, *, most: int, least: int = 0
) -> int | None:
    """A whole number of the query; 422."""
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (
        given.isascii() and given.isdecimal() and len(given) < 20 and least <= int(given) <= most
    ):
        raise Failed(422, f"{name} must be a whole number from {least} to {most}.")
    return int(given)


def word(request: Request, name: str, most: int) -> str:
    """A word of the query; 422 when it is too long."""
    given = request.query_params.get(name, "").strip()
    if len(given) > most:
        raise Failed(422, f"{name} must have at most {most} characters.")
    return given


def one_of(request: Request, name: str, allowed: tuple[str, ...], default: str = "") -> list[str]:
    """Words of the query separated by commas, each one of `allowed`; 422."""
    words = [part for part in request.query_params.get(name, default).split(",") if part]
    for each in words:
        if each not in allowed:
            raise Failed(422, f"There is no {name} {each[:40]!r}; use {', '.join(allowed)}.")
    return words


async def must_stand(engine: Engine, wall: str, post: str) -> None:
    """404 unless the post stands on the wall."""
    known = (await engine.known(wall, [post])).get(post)
    if known is None or known.placement is None:
        raise Failed(404, f"There is no post {post} on the wall {wall}; it may be withdrawn.")
