"""A whole house, asked through its application without a socket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parvis.core.post import DisplayPolicy
from parvis.run.settings import load
from parvis.run.wire_up import House, open_house
from tests.asgi import Answered, ask
from tests.waiting import until

EVENT = """
[[wall]]
id = "square"
title = "The <square>"
lang = "en"
hashtags = ["#parvis"]
mode = "show_first"
[[wall.source]]
id = "hook"
plugin = "webhook"
settings = { open = true }
[[wall.source]]
id = "signed"
plugin = "webhook"
basis = "own_content"
settings = { name = "signed" }
secrets = { secret = "TEST_WEBHOOK_SECRET" }
[[wall.source]]
id = "room"
plugin = "phone"
basis = "consent"
[[wall.format]]
id = "lunch"
plugin = "poll"
settings = { question = "Soup or salad?", answers = ["Soup", "Salad"] }
"""
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjU"
KEY = "k" * 40


@dataclass
class Street:
    """The house and how to knock."""

    house: House

    async def ask(self, path: str, **more: Any) -> Answered:
        return await ask(self.house.app, path, **more)

    async def get(self, path: str, *, key: bool = False, **params: str) -> Answered:
        return await self.ask(path, params=params, headers=bearer() if key else {})

    async def post(
        self, path: str, value: Any, *, key: bool = True, headers: Mapping[str, str] | None = None
    ) -> Answered:
        sent = {"content-type": "application/json", **(bearer() if key else {}), **(headers or {})}
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return await self.ask(path, method="POST", headers=sent, body=body)

    async def tell(self, id_: str, text: str, name: str = "Ada", **more: Any) -> str:
        """Post through the open door; gives the post's key once it is decided."""
        item = {"id": id_, "text": text, "author": {"name": name}, **more}
        answer = await self.post("/in/hook/post", item, key=False)
        assert answer.status == 200, answer.body
        await self.house.road.idle()
        return f"webhook:main:{id_}"

    async def cards(self) -> list[dict[str, Any]]:
        answer = await self.get("/api/walls/square/snapshot")
        return list(json.loads(answer.body)["cards"])

    def allow(self, plugin: str, policy: DisplayPolicy) -> None:
        """Another display policy for the source extension, from now on."""
        import msgspec

        sources = self.house.known.sources
        changed = msgspec.structs.replace(sources[plugin], policy=policy)
        sources[plugin] = changed  # type: ignore[index]


def bearer() -> dict[str, str]:
    return {"authorization": f"Bearer {KEY}"}


async def open_street(folder: Path, store: str = "", **more: Any) -> Street:
    """The house of `EVENT` on a fresh folder, once each source has said how it is; `more`: further
    settings.
    """
    given = {"data": str(folder), "key": KEY, **({"engine": store} if store else {}), **more}
    house = await open_house(load(given, {}))
    await house.declaring.apply(EVENT)
    await house.start()
    house.declaring.runs = True
    await until(lambda: _all_said(house))
    return Street(house)


async def _all_said(house: House) -> bool:
    return len(await house.engine.health("square")) == 3
