"""People who do not exist, and what they say. Every word is ours."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from parvis.sim.mastodon.status import Draft
from parvis.sim.mastodon.world import World

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


def utterance(number: int, tag: str) -> Draft:
    """The n-th thing that somebody says; the same for the same number."""
    author, name = PEOPLE[number * 5 % len(PEOPLE)]
    language, words = SAYINGS[number * 7 % len(SAYINGS)]
    rng = random.Random(number)  # noqa: S311 - reproducible, guards nothing
    spoiler = "Spoiler for the evening" if rng.random() < WARNED else ""
    text = f"{words.format(tag=tag)} ({number})"
    return Draft(text=text, author=author, name=name, language=language, spoiler=spoiler)


def crowding(
    world: World, rate: float, tag: str
) -> Callable[[web.Application], AsyncIterator[None]]:
    """While the application runs, the crowd posts `rate` times a second, and edits and deletes a
    little.
    """

    async def talking(app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(_talk(world, rate, tag), name="crowd")
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    return talking


async def _talk(world: World, rate: float, tag: str) -> None:
    base, number = "https://square.example", 0
    rng = random.Random(1)  # noqa: S311 - reproducible, guards nothing
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        status = world.post(utterance(number, tag), base)
        chance = rng.random()
        if chance < DELETED:
            world.delete(status["id"])
        elif chance < DELETED + EDITED:
            world.edit(status["id"], f"{utterance(number, tag).text}, corrected", base)
        number += 1
        await asyncio.sleep(max(began + number / rate - loop.time(), 0))
