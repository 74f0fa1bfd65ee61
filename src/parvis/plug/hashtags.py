"""Hashtags as a person sets them and as networks compare them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from parvis.core.errors import Refused

CLOSE = 0.6
_TAG = re.compile(r"[\w·・\u200c]{1,100}")


def read_hashtags(given: Iterable[str], setting: str) -> tuple[str, ...]:
    """The tags of a setting, without #, each once; raises `Refused` naming the setting."""
    found: dict[str, str] = {}
    for each in given:
        tag = unicodedata.normalize("NFKC", each.strip()).removeprefix("#")
        if not _TAG.fullmatch(tag) or tag.isdigit():
            raise Refused(
                f"The setting {setting} has {each[:60]!r}; a hashtag is letters, digits and _ only,"
                " and not all digits."
            )
        found.setdefault(fold(tag), tag)
    return tuple(found.values())


def fold(tag: str) -> str:
    """The form in which a network holds two spellings of a tag for the same."""
    return unicodedata.normalize("NFKC", tag).casefold()


def passes(tags: Iterable[str], every: Iterable[str], none: Iterable[str]) -> bool:
    """Whether a post with these tags has all of `every` and none of `none`."""
    has = {fold(tag) for tag in tags}
    return has.issuperset(map(fold, every)) and has.isdisjoint(map(fold, none))


def nearest(tag: str, known: Iterable[str]) -> str:
    """The known tag that is spelt most like `tag` and is another one; '' when none is close."""
    wanted = fold(tag)
    close = [
        (SequenceMatcher(None, wanted, fold(name)).ratio(), name)
        for name in known
        if fold(name) != wanted
    ]
    best, name = max(close, default=(0.0, ""))
    return name if best >= CLOSE else ""
