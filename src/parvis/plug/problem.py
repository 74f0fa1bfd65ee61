"""What went wrong, as doors and the API tell it (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from parvis.plug.door import Answer

PROBLEM_JSON = "application/problem+json"


class Problem(msgspec.Struct, frozen=True):
    """What went wrong; `detail` is one sentence: what, where, how to mend."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    problems: tuple[str, ...] = ()
    first_run: bool | msgspec.UnsetType = msgspec.UNSET


def problem(status: int, detail: str) -> Answer:
    """A door's answer to a request that it does not take."""
    said = Problem(HTTPStatus(status).phrase, status, detail)
    return Answer(status, msgspec.json.encode(said), PROBLEM_JSON)
