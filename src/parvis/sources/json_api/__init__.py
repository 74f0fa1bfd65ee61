"""Any JSON over HTTP: where the list is, and which value is what, is said in JMESPath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from parvis.core.errors import Refused
from parvis.plug.fields import decode
from parvis.plug.listing import Listing
from parvis.plug.mapped import FIELDS
from parvis.plug.tools import Tools

MOST_LETTERS = 500


class JsonApi(Listing):
    """One address and its mapping (https://jmespath.org/specification.html)."""

    network = "json_api"

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools, _headers(tools))
        given = tools.settings
        self._items = _compiled("items", str(given["items"]) or "@")
        self._fields = {
            name: _compiled(name, str(given[name])) for name in FIELDS if str(given[name]).strip()
        }

    def rows(self, body: bytes, content_type: str) -> Sequence[Mapping[str, object]]:
        """Each item with what its expressions find."""
        try:
            whole = decode(body)
        except ValueError as error:
            raise Refused(f"{self.host} answers with {error}; check the setting url.") from error
        items = _found(self._items, whole)
        if isinstance(items, dict):
            items = [items]
        if not isinstance(items, list):
            raise Refused(
                f"The setting items finds no list in what {self.host} answers; "
                f"its names there are {_names(whole)}."
            )
        return [
            {name: _found(field, item) for name, field in self._fields.items()} for item in items
        ]


def _found(expression: Any, value: object) -> Any:
    try:
        return expression.search(value)
    except (JMESPathError, TypeError, ValueError, RecursionError, OverflowError, AttributeError):
        return None  # a function that does not fit this item's values


def _compiled(setting: str, expression: str) -> Any:
    try:
        return jmespath.compile(expression[:MOST_LETTERS])
    except (JMESPathError, ValueError, RecursionError) as error:
        why = str(error).splitlines()[0].rstrip(".:")
        raise Refused(
            f"The setting {setting} is {expression[:80]!r}, which is no JMESPath ({why}); "
            "write a path such as author.name."
        ) from error


def _names(whole: object) -> str:
    if isinstance(whole, dict) and whole:
        return ", ".join(str(name)[:40] for name in list(whole)[:12])
    return "none"


def _headers(tools: Tools) -> dict[str, str]:
    if not tools.vault.has("token"):
        return {}
    name, token = str(tools.settings["header"]), tools.vault.secret("token")
    bare = name.lower() == "authorization" and " " not in token
    return {name: f"Bearer {token}" if bare else token}


def open_source(tools: Tools) -> JsonApi:
    """Raises `Refused` for an expression that is none."""
    return JsonApi(tools)
