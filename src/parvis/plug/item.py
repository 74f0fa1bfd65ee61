"""One post as other systems send it: the published shape, for every door and page that parvis asks
others to fill.
"""

from __future__ import annotations

from datetime import datetime
from inspect import cleandoc
from typing import Annotated, Any

import msgspec

from parvis.core.post import CONSENT, MediaType, PostKind
from parvis.plug.batch import MAX_ITEMS, Bad, why_no_json
from parvis.plug.faulty import read_fault

Id = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=200,
        pattern=r"^[^\s\x00-\x1f\x7f]+$",
        description="Your name for the item: the same id again is an edit of the same post.",
    ),
]
Url = Annotated[str, msgspec.Meta(max_length=2000, pattern=r"^https?://[^\s]+$")]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class ItemAuthor(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who wrote it."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    handle: Line = ""
    url: Url | None = None
    avatar: Url | None = None


class ItemMedia(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A picture, film or sound, with its text alternative `alt` and its size in px."""

    url: Url
    type: MediaType = "image"
    alt: Annotated[str, msgspec.Meta(max_length=1500)] = ""
    w: Pixels = 0
    h: Pixels = 0


class Item(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One post. `delete` takes the post of this id off every wall; nothing else is needed then.

    `text` or `media` must be given. `extra` is kept with the post and shown nowhere.
    """

    id: Id
    text: Annotated[str, msgspec.Meta(max_length=20_000)] = ""
    author: ItemAuthor | None = None
    created_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    lang: Annotated[
        str, msgspec.Meta(max_length=35, pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")
    ] = ""
    media: Annotated[tuple[ItemMedia, ...], msgspec.Meta(max_length=10)] = ()
    link: Url | None = None
    kind: PostKind = "post"
    delete: bool = False
    extra: Annotated[
        dict[
            Annotated[str, msgspec.Meta(min_length=1, max_length=40)],
            Annotated[str, msgspec.Meta(max_length=500)],
        ],
        msgspec.Meta(max_length=10),
    ] = {}


_ITEM = msgspec.json.Decoder(Item)

_FORMS = {
    "https": "must be a web address that starts with https:// or http://",
    "A-Za-z": "must be a language tag, such as fr or pt-BR",
    "": "must have no blanks in it",
}


def read_item(body: bytes | msgspec.Raw) -> Item:
    """The item in `body`; raises `Bad` naming the field and what is wrong with it."""
    try:
        item = _ITEM.decode(body)
    except msgspec.ValidationError as error:
        raise Bad(_sentence(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Bad(f"It is not valid JSON ({why_no_json(error)}); send one object.", 400) from error
    if item.id[-1] == "\n":  # a `$` in a pattern lets it through
        raise Bad("id ends in a line break; remove it.")
    for name in ("alias", CONSENT):
        if name in item.extra:
            raise Bad(f"extra may not hold `{name}`, which parvis uses itself; rename it.")
    if not item.delete and not item.media and not item.text.strip():
        raise Bad("text is missing or empty, and there are no media; give one of them.")
    return item


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a body: one item, or a list of up to 100."""
    told = msgspec.json.schema(Item)
    item = told["$ref"]
    for shape in told["$defs"].values():
        shape["description"] = cleandoc(shape["description"]).replace("\n", " ")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What parvis takes by webhook",
        "oneOf": [
            {"$ref": item},
            {"type": "array", "items": {"$ref": item}, "minItems": 1, "maxItems": MAX_ITEMS},
        ],
        "$defs": told["$defs"],
    }


def _sentence(error: str) -> str:
    fault = read_fault(error)
    place = fault.place[:100]
    if fault.of or "[...]" in place:
        place = place.replace("[...]", "") or "extra"
    if fault.kind == "missing":
        return f"{place} is missing; add it."
    if fault.kind == "unknown":
        return f"{place} is unknown; remove it."
    said = fault.says
    if "matching regex" in said:
        said = next(form for sign, form in _FORMS.items() if sign in said)
    said = said[:200].replace("`", "")
    return f"{place or 'The item'}: {said}; correct it."
