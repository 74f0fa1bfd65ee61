"""What we ask for, from the settings a person gave, as rules of the stream and as searches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from parvis.core.errors import Refused
from parvis.plug.hashtags import fold, read_hashtags

HANDLE = re.compile(r"[A-Za-z0-9_]{1,30}")
RULE_LETTERS = 1024
SEARCH_LETTERS = 512
"""The longest rule and the longest search of pay-per-use (fundamentals/rate-limits, 2026-08)."""
_WORDS = re.compile(r"[\w'\u2019.-]+( [\w'\u2019.-]+)*")


class Asking(NamedTuple):
    """The settings, checked; names without `#` and `@`. Money is in dollars."""

    server: str
    tags: tuple[str, ...]
    accounts: tuple[str, ...]
    mentions: tuple[str, ...]
    words: tuple[str, ...]
    replies: bool
    reposts: bool
    limit: int
    ceiling: float
    price_post: float
    price_author: float

    @property
    def label(self) -> str:
        """What is asked for, in sentences."""
        parts = [f"#{tag}" for tag in self.tags]
        parts += [f"@{account}" for account in self.accounts]
        parts += [f"mentions of @{account}" for account in self.mentions]
        parts += [f'"{words}"' for words in self.words]
        return ", ".join(parts)

    @property
    def terms(self) -> tuple[str, ...]:
        """Each thing that is asked for, as the network's operators say it."""
        return (
            *(f"#{tag}" for tag in self.tags),
            *(f"from:{account}" for account in self.accounts),
            *(f"@{account}" for account in self.mentions),
            *(f'"{words}"' for words in self.words),
        )

    @property
    def without(self) -> str:
        """What is left out everywhere; advertisements always are."""
        parts = ["-is:nullcast"]
        if not self.reposts:
            parts.append("-is:retweet")
        if not self.replies:
            parts.append("-is:reply")
        return " ".join(parts)

    def rules(self, mark: str) -> tuple[str, ...]:
        """The rules of the stream. `mark` stands in each as a word that nobody says: the network
        takes a rule's words once for a whole account, whoever else there asks for the same.
        """
        return _packed(self.terms, f'{self.without} -"{mark}"', RULE_LETTERS)

    def searches(self) -> tuple[str, ...]:
        """The same as searches."""
        return _packed(self.terms, self.without, SEARCH_LETTERS)

    def wants(self, text: str, author: str, tags: Iterable[str], named: Iterable[str]) -> bool:
        """Whether a post itself is meant: rules also find who quotes it."""
        if author.casefold() in map(str.casefold, self.accounts):
            return True
        if not {fold(tag) for tag in self.tags}.isdisjoint(map(fold, tags)):
            return True
        mentions = {account.casefold() for account in self.mentions}
        if not mentions.isdisjoint(each.casefold() for each in named):
            return True
        said = text.casefold()
        return any(words.casefold() in said for words in self.words)


def read_asking(settings: dict[str, Any]) -> Asking:
    """Raises `Refused` naming the setting."""
    asking = Asking(
        _server(settings["server"]),
        read_hashtags(settings["tags"], "tags"),
        _handles(settings["accounts"], "accounts"),
        _handles(settings["mentions"], "mentions"),
        tuple(_words(settings["words"])),
        bool(settings["replies"]),
        bool(settings["reposts"]),
        int(settings["limit"]),
        float(settings["ceiling"]),
        float(settings["price_post"]),
        float(settings["price_author"]),
    )
    if not asking.terms:
        raise Refused(
            "The X source has neither tags nor accounts nor mentions nor words; name one or more."
        )
    return asking


def _packed(terms: Sequence[str], end: str, most: int) -> tuple[str, ...]:
    """As few as may be, none longer than `most`."""
    packs: list[list[str]] = [[]]
    for term in terms:
        if packs[-1] and len(f"({' OR '.join([*packs[-1], term])}) {end}") > most:
            packs.append([])
        packs[-1].append(term)
    return tuple(f"({' OR '.join(pack)}) {end}" for pack in packs)


def _handles(given: list[str], setting: str) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for each in given:
        handle = each.strip().removeprefix("@")
        if not HANDLE.fullmatch(handle):
            raise Refused(f"The setting {setting} has {each[:60]!r}; write it as @name.")
        found.setdefault(handle.casefold(), handle)
    return tuple(found.values())


def _words(given: list[str]) -> Iterator[str]:
    for each in dict.fromkeys(" ".join(one.split()) for one in given):
        if not _WORDS.fullmatch(each) or len(each) > 100:
            raise Refused(
                f"The setting words has {each[:60]!r}; write plain words, up to 100 letters,"
                " without signs such as quotes or brackets."
            )
        yield each


def _server(given: str) -> str:
    parts = urlsplit(given.strip())
    if parts.path.strip("/") or parts.query or not parts.netloc:
        raise Refused(
            f"The setting server is {given[:80]!r}; write an address such as https://api.x.com."
        )
    return f"{parts.scheme}://{parts.netloc}"
