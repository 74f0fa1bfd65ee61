"""The crowd of `sim/crowd.py` on a Mastodon server."""

from __future__ import annotations

from parvis.sim.crowd import Saying
from parvis.sim.mastodon.status import Draft
from parvis.sim.mastodon.world import World

BASE = "https://square.example"


def draft_of(saying: Saying) -> Draft:
    """As a status is drafted."""
    text, author, name, language, spoiler = saying
    return Draft(text=text, author=author, name=name, language=language, spoiler=spoiler)


class Square:
    """Where the crowd posts."""

    def __init__(self, world: World) -> None:
        self._world = world

    def say(self, saying: Saying) -> str:
        """Gives the status's id."""
        return str(self._world.post(draft_of(saying), BASE)["id"])

    def mend(self, id_: str, saying: Saying) -> None:
        """An edit."""
        self._world.edit(id_, saying.text, BASE)

    def take_back(self, id_: str) -> None:
        """A deletion."""
        self._world.delete(id_)
