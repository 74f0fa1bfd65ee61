"""The simulated network of the demo, and those who post there."""

from __future__ import annotations

import zlib
from collections import deque
from typing import Any

from parvis.run.demo.cast import Cast, Said, Trouble, pictures
from parvis.sim.mastodon.status import Draft
from parvis.sim.mastodon.world import World

TAG = "lanternnight"
HOMES = {
    "en": "quay.example",
    "fr": "quai.example",
    "es": "muelle.example",
    "ar": "river.example",
    "ja": "kawa.example",
}
"""The servers that people come from, by language."""
RECENT = 24
"""Posts that may still be edited or deleted."""


class Network:
    """Posts, edits and deletes on the simulated server at `base`."""

    def __init__(self, world: World, base: str, cast: Cast) -> None:
        self.world = world
        self.base = base
        self.cast = cast
        self._pictures = pictures()
        self._recent: deque[tuple[str, Said]] = deque(maxlen=RECENT)

    def before(self, what: str, ago_s: int) -> None:
        """Something posted so long ago."""
        act, _, lang = what.partition(":")
        if act == "photo":
            said = self.cast.photo(lang)
        elif act == "words":
            said = self.cast.words(lang)
        else:
            said = self.cast.trouble(act)  # type: ignore[arg-type]
        self.post(said, at_ms=self.world.clock() - ago_s * 1000)

    def post(self, said: Said, *, at_ms: int = 0) -> None:
        """One person posts."""
        draft = Draft(
            text=f"{said.text} #{TAG}",
            author=said.handle if "@" in said.handle else f"{said.handle}@{HOMES[said.lang]}",
            name=said.name,
            language=said.lang,
            spoiler=said.warning,
            media=(self._attachment(said.picture),) if said.picture else (),
            at_ms=at_ms,
            followers=_number(said.handle, 40, 2_400),
            favourites=_number(said.text, 0, 60) if at_ms else 0,
            reblogs=_number(said.text, 0, 9) if at_ms else 0,
            replies=_number(said.text, 0, 6) if at_ms else 0,
        )
        status = self.world.post(draft, self.base)
        if not said.warning:
            self._recent.append((status["id"], said))

    def trouble(self, kind: Trouble, times: int = 1) -> None:
        """Somebody misbehaves, or is too eager."""
        for _ in range(times):
            self.post(self.cast.trouble(kind))

    def edit(self) -> bool:
        """The latest post whose facts can be put right is corrected by its author."""
        for at in reversed(range(len(self._recent))):
            id_, said = self._recent[at]
            now = self.cast.corrected(said)
            if now.text != said.text and self.world.edit(id_, f"{now.text} #{TAG}", self.base):
                self._recent[at] = (id_, now)
                return True
        return False

    def delete(self) -> bool:
        """An author takes back what stood for some minutes."""
        while self._recent:
            id_, _ = self._recent.popleft()
            if self.world.delete(id_):
                return True
        return False

    def _attachment(self, name: str) -> dict[str, Any]:
        url, shown = f"{self.base}/pictures/{name}.jpg", self._pictures[name]
        size = {"width": shown.w, "height": shown.h, "aspect": shown.w / shown.h}
        meta = {"original": size, "small": size}
        return {
            "url": url,
            "preview_url": url,
            "description": shown.alt,
            "blurhash": None,
            "meta": meta,
        }


def _number(of: str, least: int, most: int) -> int:
    """The same for the same words, in every run."""
    return least + zlib.crc32(of.encode()) % (most - least)
