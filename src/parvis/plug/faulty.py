"""What msgspec says of a value that does not fit a struct, taken apart so that sentences can be
made of it.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

_PLACE = re.compile(r"(.*?)(?: - at (?:`(.*)`|the (.*)))?", re.DOTALL)
_FIELD = re.compile(r"Object (missing required|contains unknown) field `(.+?)`", re.DOTALL)


class Faulty(NamedTuple):
    """`place` is the dotted path of what is wrong ('' for the whole); `says` is msgspec's own word
    where the kind is `wrong`. `of` is msgspec's name for a part without a path, such as a key.
    """

    kind: Literal["missing", "unknown", "wrong"]
    place: str
    says: str = ""
    of: str = ""


def read_fault(error: str) -> Faulty:
    """Of the text of a `msgspec.ValidationError`."""
    found = _PLACE.fullmatch(error)
    said, path, of = (found[1], found[2], found[3]) if found else (error, "", "")
    place = (path or "").removeprefix("$").removeprefix(".")
    if field := _FIELD.fullmatch(said):
        place = f"{place}.{field[2]}" if place else field[2]
        return Faulty("missing" if field[1][0] == "m" else "unknown", place, "", of or "")
    return Faulty("wrong", place, said[:1].lower() + said[1:], of or "")
