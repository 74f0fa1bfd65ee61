"""An address on the web that an extension declares as data; `web` mounts it behind the same
admission as everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import msgspec

from parvis.core.post import Raw


class Door(msgspec.Struct, frozen=True):
    """`name` is the last part of the address; bodies over `max_bytes` are refused with 413 before
    they are read.
    """

    name: str
    methods: tuple[str, ...] = ("POST",)
    max_bytes: int = 256 * 1024
    about: str = ""
    people: bool = False
    """People knock here, not programs: requests are counted per address, and what is large is taken
    in a few at a time."""


class Knock(msgspec.Struct, frozen=True):
    """A request at a door. Header names are lower case; `now_ms` is the server's clock; `url` the
    public address asked.
    """

    door: str
    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    now_ms: int
    url: str = ""


class Act(msgspec.Struct, frozen=True):
    """What a visitor did with a format. `who` is an opaque random token of the visitor's page, no
    identity.
    """

    action: str
    who: str
    data: dict[str, str]
    at_ms: int


class Once(msgspec.Struct, frozen=True):
    """A receipt is for one post: where the post `key` holds something else than `mark` says (its
    `extra[SENT]`), or is gone, nothing was kept of this request, and it is told `says` (409).
    """

    key: str
    mark: str
    says: str


class Answer(msgspec.Struct, frozen=True):
    """What the door says back. `raws` (sources) or `acts` (formats) are stored before the answer
    leaves.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    raws: tuple[Raw, ...] = ()
    acts: tuple[Act, ...] = ()
    once: Once | None = None


class Consent(msgspec.Struct, frozen=True):
    """What a visitor agrees to by sending; `version` changes with the words."""

    version: str
    lang: str
    text: str
    age: str = ""

    @property
    def mark(self) -> str:
        """Differs with any of the words: a form says by it what its visitor was shown."""
        return sha256(f"{self.text}\n{self.age}".encode()).hexdigest()[:16]


class Invitation(msgspec.Struct, frozen=True):
    """What visitors may send to a source's `door` from the phone page: words of at most `signs`
    characters, pictures, a film of at most `film_bytes` (0: none).
    """

    door: str
    consent: Consent
    signs: int
    pictures: int
    film_bytes: int
    max_bytes: int
    too_long: str
    """Says that a text is too long, with places for {has} and {most}."""
    name: bool = True

    def refuses(self, text: str) -> str:
        """Why a text cannot be taken, in the visitor's language; '' when it can."""
        has = len(text)
        return self.too_long.format(has=has, most=self.signs) if has > self.signs else ""


class Choice(msgspec.Struct, frozen=True):
    """One button of a form: pressing it sends `name=value`."""

    name: str
    value: str
    label: str


class Form(msgspec.Struct, frozen=True):
    """A form for a page without script: the server draws text and buttons that post to `door`."""

    door: str
    title: str
    choices: tuple[Choice, ...] = ()
    note: str = ""
