"""An event file given to the process that already serves the folder, and what comes of it."""

from __future__ import annotations

import time

import msgspec

from parvis.core.errors import Refused
from parvis.run import local_call, welcome
from parvis.run.progress import Wait
from parvis.run.recipe import stays
from parvis.run.settings import Settings
from parvis.web.api.types import Served
from parvis.web.reach import reachable
from parvis.web.room import Applied

ASKING = "asking the parvis that runs"


class Applying:
    """One file on its way to the process that serves; `where` is the file's name. With `new_wall`
    it is given only where there is no wall of that name.
    """

    def __init__(self, settings: Settings, where: str, *, dry: bool, new_wall: str = "") -> None:
        self._folder = settings.folder
        self._where = where
        self._dry = dry
        self._new_wall = new_wall

    def run(self, text: str, *, elsewhere: bool) -> int:
        """Apply it and say what changed, where it is served, and how its sources are.

        `elsewhere`: an address was given, which a process that runs cannot take.
        """
        if not self._where:
            raise Refused(
                f"{self._folder} is already served by parvis; stop it, or give another folder with"
                " --data."
            )
        path = "/api/apply" + ("?dry=1" if self._dry else "")
        if self._is_there():
            applied = Applied((self._new_wall,), ())
            welcome.say(stays(self._new_wall, self._where))
        else:
            applied = msgspec.convert(self._asked("POST", path, text.encode()), Applied)
            say_changed(applied.said, self._where, self._dry)
        now = self._served(applied)
        if elsewhere:
            welcome.say(
                f"It is served at {reachable(now.address)};"
                " --port and --host count at its next start."
            )
        if not self._dry:
            welcome.say(*welcome.addresses(now))
            self._say_sources(now, applied)
        return 0

    def _is_there(self) -> bool:
        if not self._new_wall:
            return False
        now = msgspec.convert(self._asked("GET", "/api/served"), Served)
        return self._new_wall in [wall.id for wall in now.walls]

    def _say_sources(self, now: Served, applied: Applied) -> None:
        lines = welcome.Lines()
        deadline = time.monotonic() + welcome.SOURCES_ANSWER_S
        welcome.say(*lines.news(now))
        while lines.waiting(now) and time.monotonic() < deadline:
            time.sleep(welcome.ASK_AGAIN_S)
            now = self._served(applied)
            welcome.say(*lines.news(now))
        welcome.say(*lines.rest(now))

    def _served(self, applied: Applied) -> Served:
        now = msgspec.convert(self._asked("GET", "/api/served"), Served)
        return welcome.of_walls(now, applied.walls)

    def _asked(self, method: str, path: str, body: bytes = b"") -> object:
        with Wait({ASKING: 3.0}).step(ASKING):
            reply = local_call.call(
                self._folder, method, path, body, content_type="application/toml"
            )
        if reply is None:
            raise Refused(f"The process that served {self._folder} has just stopped; start again.")
        return reply.value()


def say_changed(said: tuple[str, ...], where: str, dry: bool) -> None:
    """What a file changed, or would."""
    if not said:
        welcome.say(f"{where}: nothing to change, all is so already")
        return
    welcome.say(f"{where}: {'would change' if dry else 'changed'}", *(f"  {line}" for line in said))
