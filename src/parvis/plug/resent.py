"""Messages that are sent again: they may bring what was lost, never undo what came after them."""

from __future__ import annotations

from parvis.plug.recent import Recent

REMEMBERED = 10_000


class Resent:
    """Which message told of an item last, by the senders' ids of both; '' is a message without."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._latest: Recent[str] = Recent(remembered)
        self._seen: Recent[None] = Recent(remembered)

    def is_news(self, item: str, message: str) -> bool:
        """False for an item of a message sent again, where a later message has changed it since.

        Everything else sent again goes through: the first time may not have been stored, and the
        road knows a post that it has.
        """
        if not message:
            self._latest.drop(item)
            return True
        if message in self._seen and (self._latest.get(item) or message) != message:
            return False
        self._latest.put(item, message)
        return True

    def note(self, message: str) -> None:
        """The message was read to its end."""
        if message:
            self._seen.put(message, None)
