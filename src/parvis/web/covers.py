"""What panic was pressed to and the store does not say yet, by wall.

It is laid over everything that leaves the process (messages, snapshots, pages), so that snapshot +
events = fresh snapshot holds as it is seen from outside. Screens are told without an id: nobody
resumes from it, and whoever joins is told it last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from parvis.core.wire import Face, Message, WallFace


class Cover(msgspec.Struct, frozen=True):
    """Covered or not, since when, by whom; `stored` is the sequence from which the store says it
    itself (0: not yet).
    """

    on: bool
    by: str
    since_ms: int
    face: WallFace
    stored: int = 0


class Covers:
    """Those of this process. `say` is called with a wall whose screens must be told."""

    def __init__(self) -> None:
        self.say: Callable[[str], None] = lambda wall: None
        self._held: dict[str, Cover] = {}

    def press(self, face: WallFace, on: bool, by: str, now_ms: int) -> None:
        """From now on the wall is covered, or not, whatever the store says; screens are told."""
        before = self.pending(face.wall)
        since_ms = before.since_ms if before is not None and before.on and on else now_ms
        covered = msgspec.structs.replace(face, panic=on)
        self._held[face.wall] = Cover(on, by, since_ms, covered)
        self.say(face.wall)

    def stored(self, wall: str, seq: int) -> None:
        """The store says it from `seq` on."""
        held = self._held.get(wall)
        if held is not None:
            self._held[wall] = msgspec.structs.replace(held, stored=seq)

    def pending(self, wall: str) -> Cover | None:
        """What this process alone knows."""
        held = self._held.get(wall)
        return held if held is not None and not held.stored else None

    def waiting(self) -> dict[str, Cover]:
        """All that this process alone knows, by wall."""
        return {wall: held for wall, held in self._held.items() if not held.stored}

    def over(self, face: WallFace, seq: int) -> WallFace:
        """The wall's face as the store says it at `seq`, with what is held laid over it."""
        held = self._held.get(face.wall)
        if held is None or 0 < held.stored <= seq or held.on == face.panic:
            return face
        return msgspec.structs.replace(face, panic=held.on)

    def laid(self, wall: str, told: Sequence[tuple[int, Message]]) -> list[tuple[int, Message]]:
        """The messages of a wall, with what is held laid over them."""
        if wall not in self._held:
            return list(told)
        return [
            (seq, Face(self.over(message.wall, seq)) if isinstance(message, Face) else message)
            for seq, message in told
        ]

    def follow(self, wall: str, told: Sequence[tuple[int, Message]], head: int) -> None:
        """The feed has reached `head`: what the store says now is held no longer."""
        held = self._held.get(wall)
        if held is None:
            return
        if 0 < held.stored <= head:
            del self._held[wall]
            return
        for _seq, message in told:
            if isinstance(message, Face):
                face = msgspec.structs.replace(message.wall, panic=held.on)
                held = self._held[wall] = msgspec.structs.replace(held, face=face)

    def last_word(self, wall: str) -> Face | None:
        """What a reader who joins is told last; None when the store says it all."""
        held = self._held.get(wall)
        return Face(held.face) if held is not None else None
