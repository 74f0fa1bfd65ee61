"""Our cookies: read, set and taken away. Over https each carries the `__Host-` prefix and `Secure`,
so that no other host, and no plain page, can set it.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.responses import Response

from parvis.web.admit import Headers

HOST = "__Host-"


def kept(scope: Mapping[str, Any], name: str) -> str:
    """What the request brings of it, or ''."""
    held = SimpleCookie()
    for line in Headers(scope).values("cookie"):
        try:
            held.load(line)
        except CookieError:
            return ""
    named = _named(scope, name)
    return held[named].value if named in held else ""


def keep(scope: Mapping[str, Any], response: Response, name: str, value: str, for_ms: int) -> None:
    """Set it; '' takes it away."""
    response.set_cookie(
        _named(scope, name),
        value,
        max_age=for_ms // 1000 if value else 0,
        path="/",
        secure=_secure(scope),
        httponly=True,
        samesite="strict",
    )


def _named(scope: Mapping[str, Any], name: str) -> str:
    return HOST + name if _secure(scope) else name


def _secure(scope: Mapping[str, Any]) -> bool:
    origin: str = scope["parvis.visitor"].origin
    return origin.startswith("https:")
