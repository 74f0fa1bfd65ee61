"""Pictures and films that a network gives only to whoever holds its key: copied to the shelf,
because their address must not leave the server, or is good for minutes.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Annotated, Literal

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.post import BLOB, Media
from parvis.plug.darkroom import Developed, Unfit
from parvis.plug.plain import one_line
from parvis.plug.recent import Recent
from parvis.plug.tools import Tools

log = logging.getLogger(__name__)

Fetch = Callable[[], Awaitable[bytes]]
"""Brings the file from its network; raises `Refused` or `Later`."""

TRIES = 3
"""So often a file is asked for that its network fails to give; then its post goes without it."""
REMEMBERED = 1_000

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class Copied(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture or film on the shelf, as a raw carries it."""

    type: Literal["image", "video"]
    sha256: Sha256
    mime: Annotated[str, msgspec.Meta(pattern=r"^(image|video)/[a-z0-9]+\Z")]
    w: Pixels = 0
    h: Pixels = 0
    duration_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    poster: Sha256 | None = None
    alt: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class Copier:
    """Copies one source's files. A file that cannot be had, or cannot be shown, costs itself alone:
    its post goes without it.
    """

    def __init__(self, tools: Tools) -> None:
        self._dark = tools.darkroom
        self._shelf = tools.shelf
        self._tries: Recent[int] = Recent(REMEMBERED)
        self._broken = False

    async def picture(self, fetch: Fetch, post: str, name: str, *, alt: str = "") -> Copied | None:
        """The picture on the shelf of `post` (its key). `name` is the network's own for the file:
        the same file of the same post is the same copy. Raises `Later` the first times that the
        network does not give it.
        """
        made = await self._developed(self._dark.picture, fetch, post, name)
        if made is None:
            return None
        kept = await self._shelf.keep(made.body, made.mime, post)
        return Copied("image", kept, made.mime, made.w, made.h, alt=alt[:4000])

    async def film(
        self, fetch: Fetch, post: str, name: str, *, poster: Fetch | None = None, alt: str = ""
    ) -> Copied | None:
        """The film, with its still picture where there is one. As `picture`."""
        made = await self._developed(self._dark.film, fetch, post, name)
        if made is None:
            return None
        still = await self.picture(poster, post, f"{name} poster") if poster else None
        kept = await self._shelf.keep(made.body, made.mime, post)
        return Copied(
            "video",
            kept,
            made.mime,
            made.w,
            made.h,
            made.duration_s,
            still.sha256 if still else None,
            alt[:4000],
        )

    async def _developed(
        self,
        develop: Callable[[bytes, str], Awaitable[Developed]],
        fetch: Fetch,
        post: str,
        name: str,
    ) -> Developed | None:
        mark = f"{post} {name}"
        try:
            body = await fetch()
        except Refused as refused:
            self._say(str(refused))
            return None
        except Later as later:
            tries = (self._tries.get(mark) or 0) + 1
            self._tries.put(mark, tries)
            if tries < TRIES:
                raise
            self._say(str(later))
            return None
        self._say("")
        try:
            return await develop(body, mark)
        except Unfit:
            return None

    def _say(self, trouble: str) -> None:
        """Once when files cannot be had, which the operator must mend, and once when they can."""
        if trouble and not self._broken:
            log.warning("media.not_copied", extra={"says": trouble})
        elif self._broken and not trouble:
            log.info("media.copied_again")
        self._broken = bool(trouble)


def copied_media(values: Iterable[object], *, sensitive: bool = False) -> Iterator[Media]:
    """What a raw carries of `Copied`, as a post shows it; what is none is left out."""
    for value in values:
        try:
            copied = msgspec.convert(value, Copied)
        except msgspec.ValidationError:
            continue
        yield Media(
            type=copied.type,
            url=BLOB + copied.sha256,
            mime=copied.mime,
            alt=one_line(copied.alt, 1500),
            w=copied.w,
            h=copied.h,
            duration_s=copied.duration_s,
            poster=BLOB + copied.poster if copied.poster else "",
            sensitive=sensitive,
        )
