"""What a screen says of itself."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

TAB = "tab-"
"""A page of the wall without a screen's name calls itself so; forgotten once it is dark a while."""
TAB_MS = 10 * 60 * 1000

Count = Annotated[int, Meta(ge=0, le=2**53)]
Pixels = Annotated[int, Meta(ge=0, le=100_000)]
Amount = Annotated[float, Meta(ge=0, le=1_000_000)]
Sentence = Annotated[str, Meta(max_length=200)]


class Waiting(msgspec.Struct, frozen=True, omit_defaults=True):
    """Posts that the screen has and not yet shown, and how long the last of them waits."""

    posts: Count = 0
    seconds: Amount = 0.0


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """A screen's state at one moment. `seq` is the last message it applied; `covered_seq` the one
    at which panic covered it (0: not covered); `version` the player's own.
    """

    seq: Count
    box: tuple[Pixels, Pixels] = (0, 0)
    dpr: Amount = 1.0
    layout: Annotated[str, Meta(max_length=40)] = ""
    waiting: Waiting = Waiting()
    link: Literal["up", "cut"] = "up"
    covered_seq: Count = 0
    fps: Amount = 0.0
    errors: Annotated[tuple[Sentence, ...], Meta(max_length=5)] = ()
    version: Annotated[str, Meta(max_length=60)] = ""


class Heard(msgspec.Struct, frozen=True):
    """A screen as it was heard last; `secure`: its page may keep a service worker; `first_ms`: when
    it was heard first.
    """

    id: str
    name: str
    last_ms: int
    report: Report
    browser: str = ""
    secure: bool = False
    first_ms: int = 0
