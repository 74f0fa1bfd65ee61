"""POST /sim/…: what steers the simulator."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis.sim.feeds.hub import push
from parvis.sim.feeds.publisher import Publisher

FAILURES = ("429", "500", "moved", "gone", "slow", "garbage", "page", "cut")


async def control(request: Request) -> Response:
    """One verb of the steering wheel, and what it did."""
    publisher: Publisher = request.app.state.publisher
    base = str(request.base_url).rstrip("/")
    verb = request.path_params["verb"]
    try:
        told = msgspec.json.decode(await request.body() or b"{}", type=dict[str, Any])
        if verb == "post":
            entry = publisher.add(
                told["title"], told.get("text", ""), told.get("id", ""), told.get("image", "")
            )
        elif verb == "edit":
            entry = publisher.entries[told["id"]]
            entry.title = told.get("title", entry.title)
            entry.text = told.get("text", entry.text)
        elif verb == "delete":
            entry = publisher.entries.pop(told["id"])
            publisher.deleted.add(entry.id)
        elif verb in ("break", "mend"):
            how = str(told["how"]) if verb == "break" else ""
            if how and how not in FAILURES:
                return JSONResponse({"error": f"how is one of {', '.join(FAILURES)}"}, 422)
            publisher.broken, publisher.times = how, int(told.get("times", 0))
            return JSONResponse({"broken": how})
        else:
            return JSONResponse({"error": "post, edit, delete, break or mend"}, 404)
    except (msgspec.DecodeError, KeyError, ValueError) as error:
        return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 422)
    publisher.later(push(publisher, base))
    return JSONResponse(msgspec.to_builtins(entry))
