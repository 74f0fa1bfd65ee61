"""Errors as problem+json (RFC 9457): one plain sentence each."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from parvis.core.errors import Conflict, Later, Refused
from parvis.plug.problem import PROBLEM_JSON, Problem
from parvis.web.said import told

log = logging.getLogger("parvis.web")


class Several(Refused):
    """Several things are wrong at once; `problems` has one sentence for each."""

    def __init__(self, what: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        one = len(self.problems) == 1
        super().__init__(self.problems[0] if one else f"{what} has {len(problems)} faults:{lines}")


class Failed(Exception):
    """A request that cannot be answered; becomes a problem with this status."""

    def __init__(self, status: int, detail: str, retry_after_s: float = 0.0) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.retry_after_s = retry_after_s


def problem(
    status: int,
    detail: str,
    retry_after_s: float = 0.0,
    problems: tuple[str, ...] = (),
    first_run: bool | None = None,
    lang: str = "en",
) -> Response:
    """The response."""
    headers = {"cache-control": "no-store"}
    if retry_after_s > 0:
        headers["retry-after"] = str(max(1, round(retry_after_s)))
    if status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    said = Problem(HTTPStatus(status).phrase, status, detail, problems=problems)
    if first_run is not None:
        said = msgspec.structs.replace(said, first_run=first_run)
    return Response(msgspec.json.encode(told(said, lang)), status, headers, media_type=PROBLEM_JSON)


def problem_of(error: Exception, lang: str = "en") -> Response:
    """What an error says to the caller; a bug is logged and says nothing of itself."""
    if isinstance(error, Failed):
        return problem(error.status, error.detail, error.retry_after_s, lang=lang)
    if isinstance(error, Conflict):
        return problem(
            409, str(error) or "Somebody else changed it first; read it again.", lang=lang
        )
    if isinstance(error, Later):
        return problem(503, str(error), error.retry_after_s or 1.0, lang=lang)
    if isinstance(error, Refused):
        return problem(422, str(error), problems=getattr(error, "problems", ()), lang=lang)
    log.error("web.bug", exc_info=error, extra={"error": type(error).__name__})
    return problem(500, "Something in parvis itself broke; its log says what.", lang=lang)
