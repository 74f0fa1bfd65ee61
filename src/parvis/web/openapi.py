"""The API's description, OpenAPI 3.1, made from the routes and the structs they take and give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from parvis import __version__
from parvis.plug.problem import Problem
from parvis.web.cookie import HOST
from parvis.web.entry import Entry, answer
from parvis.web.guard import COOKIE

PATH = "/api/openapi.json"
_REF = "#/components/schemas/{name}"
_NAME_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 80}


def describe(entries: Sequence[Entry]) -> dict[str, Any]:
    """The description of every route under /api."""
    shown = [entry for entry in entries if entry.path.startswith("/api/")]
    kinds: list[type] = [Problem]
    for entry in shown:
        kinds += [kind for kind in (entry.takes, entry.gives) if isinstance(kind, type)]
    refs, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    by_kind = dict(zip(kinds, refs, strict=True))
    paths: dict[str, Any] = {}
    for entry in shown:
        paths.setdefault(entry.path, {})[entry.method.lower()] = _operation(entry, by_kind)
    return {
        "openapi": "3.1.0",
        "info": {"title": "parvis", "version": __version__, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": HOST + COOKIE},
            },
        },
    }


def entry_of(entries: Sequence[Entry]) -> Entry:
    """The route that serves the description of `entries` and of itself."""
    made: list[dict[str, Any]] = []

    async def serve(request: Request) -> Response:
        return answer(made[0])

    entry = Entry(
        method="GET", path=PATH, handle=serve, who="anyone", about="This description.", gives=dict
    )
    made.append(describe([*entries, entry]))
    return entry


def _operation(entry: Entry, refs: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": entry.about,
        "operationId": entry.method.lower() + re.sub(r"[^a-z]+", "_", entry.path).rstrip("_"),
        "responses": {
            "200": {"description": "Done.", "content": _content(refs.get(entry.gives, {}))},
            "default": {
                "description": "One sentence that says what is wrong.",
                "content": _content(refs[Problem], "application/problem+json"),
            },
        },
    }
    names = re.findall(r"{(\w+)}", entry.path)
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _NAME_SCHEMA} for name in names
    ]
    parameters += [
        {
            "name": query.name,
            "in": "query",
            "required": query.required,
            "description": query.about,
            "schema": query.schema,
        }
        for query in entry.query
    ]
    if parameters:
        operation["parameters"] = parameters
    if isinstance(entry.takes, str):
        text = {"type": "string", "maxLength": 512 * 1024}
        operation["requestBody"] = {"required": True, "content": _content(text, entry.takes)}
    elif entry.takes is not None:
        operation["requestBody"] = {"required": True, "content": _content(refs[entry.takes])}
    operation["security"] = [] if entry.who == "anyone" else [{"key": []}, {"session": []}]
    if entry.who != "anyone":
        operation["x-role"] = entry.who
    return operation


def _content(schema: Any, kind: str = "application/json") -> dict[str, Any]:
    return {kind: {"schema": schema}}
