"""People at a street: they sign in, and knock with their cookie."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parvis.core.person import Person, Role
from parvis.web.guard import digest
from tests.asgi import Answered
from tests.street import Street

HERE = {"origin": "http://localhost"}
PASSWORD = "lanterns over rose stone"


@dataclass
class Desk:
    """One person's browser."""

    street: Street
    cookie: str = ""
    client: str = "127.0.0.1"

    async def get(self, path: str, **params: str) -> Answered:
        return await self.street.ask(path, params=params, headers=self._headers({}))

    async def post(
        self, path: str, value: Any, headers: Mapping[str, str] | None = None
    ) -> Answered:
        sent = {"content-type": "application/json", **(HERE if headers is None else headers)}
        answer = await self.street.ask(
            path,
            method="POST",
            body=json.dumps(value).encode(),
            headers=self._headers(sent),
            client=(self.client, 50000),
        )
        if "set-cookie" in answer.headers:
            pair = answer.headers["set-cookie"].partition(";")[0]
            self.cookie = pair if pair.partition("=")[2].strip('"') else ""
        return answer

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**more, **({"cookie": self.cookie} if self.cookie else {})}


async def offered(street: Street) -> str:
    """A link's token to the first account."""
    await street.house.engine.offer_first(digest("first"), street.house.clock() + 10**9)
    return "first"


async def owner(street: Street) -> Desk:
    """The first account, signed in."""
    desk = Desk(street)
    answer = await desk.post(
        "/api/first",
        {
            "token": await offered(street),
            "name": "Ada",
            "email": "ada@example.org",
            "password": PASSWORD,
            "lang": "en",
        },
    )
    assert answer.status == 200, answer.body
    return desk


async def colleague(street: Street, name: str, role: Role) -> Desk:
    """Somebody with this role, signed in; their password is no one's."""
    engine = street.house.engine
    person = Person(name, name.title(), f"{name}@example.org", role)
    await engine.invite(person, digest(f"invite {name}"), street.house.clock() + 10**9)
    await engine.accept("no hash", digest(f"invite {name}"))
    await engine.open_session(digest(f"s-{name}"), name, for_ms=10**9, idle_ms=10**9)
    return Desk(street, f"parvis=s-{name}")


def value(answer: Answered, status: int = 200) -> dict[str, Any]:
    """The JSON of an answer with this status."""
    assert answer.status == status, (answer.status, answer.body)
    found: dict[str, Any] = json.loads(answer.body)
    return found
