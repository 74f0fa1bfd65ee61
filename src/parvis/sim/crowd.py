"""People who do not exist, and what they say, on whichever network. Every word is ours."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple, Protocol

from aiohttp import web

PEOPLE = (
    ("ada", "Ada Marsh"),
    ("bo@harbour.example", "Bo Lindqvist"),
    ("chidi", "Chidi A."),
    ("dalia@oasis.example", "داليا"),
    ("eun", "은지"),
    ("farid", "Farid 🌿"),
    ("gwen@hills.example", "Gwen of the hills"),
    ("hana", "花"),
)
SAYINGS = (
    ("en", "The doors of #{tag} are open, and the coffee is good."),
    ("en", "Second row, left side: come and say hello! #{tag} 👋🏽"),
    ("fr", "Quelle belle salle pour #{tag} ! On se retrouve à la pause ?"),
    ("fr", "« La place est à tout le monde » : merci pour cette phrase. #{tag}"),
    ("de", "Gleich beginnt der nächste Vortrag. #{tag}"),
    ("es", "¿Quién más ha venido en tren? 🚆 #{tag}"),
    ("ja", "会場がとても広いです。 #{tag}"),
    ("ko", "오늘 발표 정말 좋았어요. #{tag}"),
    ("ar", "مساء الخير من الصف الأول #{tag}"),
    ("he", "ערב טוב מהשורה הראשונה #{tag}"),
    ("en", "Slides are here: https://example.org/talks/2026/on-squares-and-streets #{tag}"),
    ("en", "Thank you @ada for the walk through the old square.\n\nSee you tomorrow. #{tag}"),
    ("en", "A family of three 👩‍👩‍👧 found the way in. #{tag}"),
)
EDITED, DELETED, WARNED = 0.05, 0.03, 0.04
MOST_A_SECOND = 10_000


class Saying(NamedTuple):
    """What somebody says; `author` may have a server behind an @."""

    text: str
    author: str
    name: str
    language: str
    spoiler: str


class Square(Protocol):
    """A network where the crowd is. Each gives or takes the network's own name of a post."""

    def say(self, saying: Saying) -> str:
        """Somebody posts."""
        ...

    def mend(self, id_: str, saying: Saying) -> None:
        """They correct it, where the network lets them."""
        ...

    def take_back(self, id_: str) -> None:
        """They delete it."""
        ...


def utterance(number: int, tag: str) -> Saying:
    """The n-th thing that somebody says; the same for the same number."""
    author, name = PEOPLE[number * 5 % len(PEOPLE)]
    language, words = SAYINGS[number * 7 % len(SAYINGS)]
    rng = random.Random(number)  # noqa: S311 - reproducible, guards nothing
    spoiler = "Spoiler for the evening" if rng.random() < WARNED else ""
    return Saying(f"{words.format(tag=tag)} ({number})", author, name, language, spoiler)


def crowding(
    square: Square, rate: float, tag: str
) -> Callable[[web.Application], AsyncIterator[None]]:
    """While the application runs, the crowd posts `rate` times a second, and edits and deletes a
    little.
    """

    async def talking(app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(_talk(square, rate, tag), name="crowd")
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    return talking


async def _talk(square: Square, rate: float, tag: str) -> None:
    number = 0
    rng = random.Random(1)  # noqa: S311 - reproducible, guards nothing
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        saying = utterance(number, tag)
        id_ = square.say(saying)
        chance = rng.random()
        if chance < DELETED:
            square.take_back(id_)
        elif chance < DELETED + EDITED:
            square.mend(id_, saying._replace(text=f"{saying.text}, corrected"))
        number += 1
        await asyncio.sleep(max(began + number / rate - loop.time(), 0))
